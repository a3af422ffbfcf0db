-- code: E32
-- name: assistance_begins
-- ja: 生活保護 開始
-- en: Public assistance begins
-- class: staff-only
-- table: public_assistance
-- evidence: started_on
-- reasons: BEGAN
-- urgency: 0
-- together: person
-- source: events.md E32
-- traps: 停止 and 再開 are none; looked at by few
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.started_on AS effective_on,
       c.after.started_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       'BEGAN' AS reason,
       c.before.started_on IS DISTINCT FROM c.after.started_on AS moves
FROM changes.public_assistance AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.ended_on IS NULL
