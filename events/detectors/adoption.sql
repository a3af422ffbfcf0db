-- code: E04
-- name: adoption
-- ja: 養子縁組・離縁
-- en: Adoption or its dissolution
-- class: staff-only
-- table: family_register
-- evidence: register_event, register_event_on
-- reasons: ADOPTION, DISSOLUTION
-- urgency: 0
-- together: person
-- source: events.md E04
-- traps: never reveal former parents; 特別養子 looks like a move; another item of the row changes
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, lower(c.after.register_event) AS detail, c.after.register_event_on AS effective_on,
       c.after.register_event_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.register_event AS reason,
       c.before.register_event IS DISTINCT FROM c.after.register_event OR c.before.register_event_on IS DISTINCT FROM c.after.register_event_on AS moves
FROM changes.family_register AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.register_event IN ('ADOPTION', 'DISSOLUTION')
