-- code: E07
-- name: move_out
-- ja: 転出
-- en: Move-out
-- class: control
-- table: residents
-- evidence: move_reason, status, effective_date
-- reasons: DOMESTIC_OUT
-- urgency: 0
-- together: person
-- source: events.md E07
-- traps: the date may lie ahead; cancelled before it; 予定 and 確定 are two rows of one move
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.move_reason = 'DOMESTIC_OUT'
