-- code: E13
-- name: household_split
-- ja: 世帯分離
-- en: Household split
-- class: staff-only
-- table: residents
-- evidence: move_reason, household_id
-- reasons: HH_SPLIT
-- urgency: 0
-- together: household
-- source: events.md E13
-- traps: a split on paper makes nobody a single parent; a move is no split; cancelled
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       c.before.household_id IS DISTINCT FROM c.after.household_id AND c.before.addr_code IS NOT DISTINCT FROM c.after.addr_code AND c.before.addr_line IS NOT DISTINCT FROM c.after.addr_line AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.before.status = 'RESIDENT' AND c.after.status = 'RESIDENT' AND c.after.move_reason = 'HH_SPLIT'
