-- code: E05
-- name: move_in
-- ja: 国内転入
-- en: Move-in
-- class: automatic
-- table: residents
-- evidence: move_reason, status, effective_date, resident_since
-- reasons: DOMESTIC_IN
-- urgency: 1
-- together: household
-- source: events.md E05
-- traps: a returner keeps the number (re-entry is real); 職権記載 is none; cancelled; four rows are one family
SELECT c.subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason, TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.status = 'RESIDENT'
  AND c.after.move_reason NOT IN ('BIRTH', 'FOREIGN_IN')
  AND (c.after.move_reason = 'DOMESTIC_IN' OR c.before.status IS NULL OR c.before.status <> 'RESIDENT')
