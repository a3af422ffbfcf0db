-- code: E02
-- name: pregnancy
-- ja: 妊娠届
-- en: Pregnancy registered
-- class: staff-only
-- table: pregnancies
-- evidence: registered_on, due_on, fetuses
-- reasons: NEW
-- urgency: 1
-- together: person
-- source: events.md E02
-- traps: an outcome without a birth, or no birth after the expected date, suppresses it; a minor; violence; never named on an envelope
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.registered_on AS effective_on,
       c.after.registered_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       CASE WHEN c.before.pregnancy_no IS NULL THEN 'NEW' ELSE 'CHANGE' END AS reason,
       c.before.pregnancy_no IS NULL OR c.before.registered_on IS DISTINCT FROM c.after.registered_on AS moves
FROM changes.pregnancies AS c
LEFT JOIN now.residents AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.outcome IS NULL
