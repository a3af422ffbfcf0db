-- code: E53
-- name: seal_ended
-- ja: 印鑑登録 廃止・失効
-- en: Seal registration ended
-- class: control
-- table: seal_registration
-- evidence: seal_status, changed_on, abolished_reason
-- reasons: ENDED
-- urgency: 0
-- together: person
-- source: events.md E53
-- traps: follows a move or a death by itself
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.changed_on AS effective_on,
       c.after.changed_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       CASE WHEN c.after.seal_status = 'REGISTERED' THEN 'REGISTERED' ELSE 'ENDED' END AS reason,
       c.before.seal_status IS DISTINCT FROM c.after.seal_status AS moves
FROM changes.seal_registration AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed')
