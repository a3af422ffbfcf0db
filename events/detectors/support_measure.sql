-- code: E50
-- name: support_measure
-- ja: 支援措置の開始・変更・終了
-- en: Support measure begun, changed or ended
-- class: control
-- table: support_measures
-- evidence: measure_kind, role
-- reasons: 1, 2, 3
-- urgency: 0
-- together: person
-- source: events.md E50; law.md L1, L2
-- traps: an end date that passes ends nothing; absence from the file ends nothing; 仮支援措置 counts
SELECT c.subject_id, COALESCE(r.household_id, '') AS household_id, c.after.measure_kind AS detail,
       c.file_date AS effective_on, FALSE AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.measure_kind AS reason,
       c.before.measure_kind IS DISTINCT FROM c.after.measure_kind OR c.before.role IS DISTINCT FROM c.after.role
           OR c.before.case_no IS DISTINCT FROM c.after.case_no OR c.before.to_on IS DISTINCT FROM c.after.to_on AS moves
FROM changes.support_measures AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night AND c.class IN ('appeared', 'changed')
