-- code: E51
-- name: name_changed
-- ja: 通称・旧氏・氏名振り仮名の変更
-- en: Alias, former name or reading of the name changed
-- class: control
-- table: residents
-- evidence: move_reason
-- reasons: FORMER_NAME_ENTRY, ALIAS_ENTRY
-- urgency: 0
-- together: person
-- source: events.md E51
-- traps: reveals gender or nationality; print what 氏名優先区分 says; 誤記修正 is E52
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.move_reason IN ('FORMER_NAME_ENTRY', 'ALIAS_ENTRY')
