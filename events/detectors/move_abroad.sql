-- code: E08
-- name: move_abroad
-- ja: 国外転出
-- en: Move abroad
-- class: control
-- table: residents
-- evidence: move_reason, status, effective_date
-- reasons: FOREIGN_OUT
-- urgency: 0
-- together: person
-- source: events.md E08
-- traps: the date may lie ahead; cancelled before it; 任意加入 of the pension may go on
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.move_reason = 'FOREIGN_OUT'
