-- code: E16
-- name: new_head
-- ja: 世帯主変更
-- en: Head of household changed
-- class: control
-- table: residents
-- evidence: move_reason, rel1
-- reasons: HEAD_CHANGE
-- urgency: 0
-- together: household
-- source: events.md E16
-- traps: follows by itself when a head leaves or dies; never an event of its own
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       c.before.rel1 IS DISTINCT FROM c.after.rel1 AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.move_reason = 'HEAD_CHANGE'
