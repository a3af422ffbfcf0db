-- code: E33
-- name: allowance_claimant_gone
-- ja: 児童手当受給者の異動
-- en: The claimant of a child allowance is gone
-- class: staff-only
-- table: residents
-- evidence: move_reason, status, effective_date
-- reasons: DOMESTIC_OUT, FOREIGN_OUT, DEATH
-- urgency: 2
-- together: household
-- source: events.md E33
-- traps: both parents change at once; the child leaves too; cancelled
SELECT b.child_id AS subject_id, k.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
INNER JOIN people_child_allowance_before AS b ON b.municipality_code = c.municipality_code AND b.claimant_id = c.subject_id AND b.benefit_status = 'RECEIVING'
INNER JOIN people_now AS k ON k.municipality_code = c.municipality_code AND k.resident_id = b.child_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.status IN ('MOVED_OUT', 'DEAD') AND k.status = 'RESIDENT'
