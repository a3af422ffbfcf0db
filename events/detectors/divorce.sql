-- code: E11
-- name: divorce
-- ja: 離婚
-- en: Divorce
-- class: staff-only
-- table: family_register
-- evidence: register_event, register_event_on
-- reasons: DIVORCE
-- urgency: 0
-- together: household
-- source: events.md E11
-- traps: the old name is not always taken back; couples that stay together; who has custody is never inferred
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.register_event_on AS effective_on,
       c.after.register_event_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.register_event AS reason,
       c.before.register_event IS DISTINCT FROM c.after.register_event OR c.before.register_event_on IS DISTINCT FROM c.after.register_event_on AS moves
FROM changes.family_register AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.register_event IN ('DIVORCE')
