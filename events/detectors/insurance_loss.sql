-- code: E28
-- name: insurance_loss
-- ja: 離職・社保喪失
-- en: Loss of employees' insurance (a job may have been lost)
-- class: automatic
-- table: nhi
-- evidence: acquired_on, acquired_reason
-- reasons: ENTRY
-- urgency: 1
-- together: person
-- source: events.md E28
-- traps: corrected or cancelled entries; other reasons for joining; why somebody left is unknown to the city
SELECT c.subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.entry_kind AS reason,
       c.before.acquired_on IS DISTINCT FROM c.after.acquired_on OR c.before.acquired_reason IS DISTINCT FROM c.after.acquired_reason AS moves
FROM changes.nhi AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.acquired_reason = 'EMPLOYEE_INSURANCE_LOSS'
