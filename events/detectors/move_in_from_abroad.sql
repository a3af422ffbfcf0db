-- code: E06
-- name: move_in_from_abroad
-- ja: 国外転入
-- en: Move-in from abroad
-- class: automatic
-- table: residents
-- evidence: move_reason, status, effective_date, resident_type
-- reasons: FOREIGN_IN
-- urgency: 1
-- together: household
-- source: events.md E06
-- traps: a returner keeps the number; no tax data of the year before; cancelled; 職権記載 is none
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.status = 'RESIDENT' AND c.after.move_reason = 'FOREIGN_IN'
