-- code: E18
-- name: deleted_ex_officio
-- ja: 職権消除・失踪
-- en: Deleted ex officio
-- class: control
-- table: residents
-- evidence: move_reason, status
-- reasons: EX_OFFICIO_DELETE
-- urgency: 0
-- together: person
-- source: events.md E18
-- traps: entered again weeks later; no death; naturalisation is E41
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       c.before.status IS DISTINCT FROM c.after.status AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.move_reason = 'EX_OFFICIO_DELETE'
