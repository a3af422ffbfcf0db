-- code: E54
-- name: assistance_ends
-- ja: 生活保護 廃止
-- en: Public assistance ends
-- class: staff-only
-- table: public_assistance
-- evidence: ended_on
-- reasons: ENDED
-- urgency: 2
-- together: person
-- source: events.md E54
-- traps: 停止 is no end; after a death or a move there is nobody to help
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.ended_on AS effective_on,
       FALSE AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       'ENDED' AS reason,
       c.before.ended_on IS DISTINCT FROM c.after.ended_on AS moves
FROM changes.public_assistance AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.ended_on IS NOT NULL AND r.status = 'RESIDENT'
