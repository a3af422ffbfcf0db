-- code: E09
-- name: move_within
-- ja: 転居
-- en: Move within the city
-- class: automatic
-- table: residents
-- evidence: move_reason, effective_date, address_since
-- reasons: MOVE_WITHIN
-- urgency: 0
-- together: household
-- source: events.md E09
-- traps: 住居表示実施 is a 軽微な修正; corrected building names; a row in which the address stays; cancelled
SELECT c.subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       c.before.addr_code IS DISTINCT FROM c.after.addr_code OR c.before.addr_line IS DISTINCT FROM c.after.addr_line
           OR c.before.addr_building IS DISTINCT FROM c.after.addr_building AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.before.status = 'RESIDENT' AND c.after.status = 'RESIDENT'
  AND (c.after.move_reason = 'MOVE_WITHIN'
       OR c.before.addr_code IS DISTINCT FROM c.after.addr_code
       OR c.before.addr_line IS DISTINCT FROM c.after.addr_line)
