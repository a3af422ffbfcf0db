-- code: E10
-- name: death
-- ja: 死亡
-- en: Death
-- class: automatic
-- table: residents
-- evidence: move_reason, status, effective_date
-- reasons: DEATH
-- urgency: 0
-- together: person
-- source: events.md E10
-- traps: cancelled (増); 失踪 is not a death; a day nobody knows
SELECT c.subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason, TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.move_reason = 'DEATH' AND c.after.status = 'DEAD'
