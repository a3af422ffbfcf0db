-- code: E49
-- name: guardianship_of_adult
-- ja: 後見開始・終了
-- en: Adult guardianship begun or ended
-- class: control
-- table: residents
-- evidence: ward_flag
-- reasons: WARD
-- urgency: 0
-- together: person
-- source: events.md E49
-- traps: the guardian lives elsewhere; a new row without a change of it
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, CASE WHEN c.after.ward_flag THEN 'began' ELSE 'ended' END AS detail, c.file_date AS effective_on,
       FALSE AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       'WARD' AS reason,
       COALESCE(c.before.ward_flag, FALSE) <> COALESCE(c.after.ward_flag, FALSE) AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.before.status IS NOT NULL AND c.class <> 'cancelled'
