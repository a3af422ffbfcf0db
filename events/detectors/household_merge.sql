-- code: E15
-- name: household_merge
-- ja: 世帯合併・世帯変更
-- en: Households merged or changed
-- class: staff-only
-- table: residents
-- evidence: move_reason, household_id
-- reasons: HH_MERGE, HH_CHANGE
-- urgency: 0
-- together: household
-- source: events.md E15
-- traps: after a corrected building name; cancelled; nothing changed
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       c.before.household_id IS DISTINCT FROM c.after.household_id AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.before.status = 'RESIDENT' AND c.after.status = 'RESIDENT' AND c.after.move_reason IN ('HH_MERGE', 'HH_CHANGE')
