-- code: E29
-- name: birth_to_single_parent
-- ja: 児扶受給世帯に出生
-- en: Birth in a household with the child-rearing allowance
-- class: staff-only
-- table: residents
-- evidence: move_reason, birth_date, household_id
-- reasons: BIRTH
-- urgency: 1
-- together: household
-- source: events.md E29
-- traps: the father may be a partner (E27); twins; cancelled
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.after.birth_date AS effective_on,
       COALESCE(c.after.birth_date_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.status = 'RESIDENT' AND c.after.move_reason = 'BIRTH' AND EXISTS (
      SELECT 1 FROM people_child_rearing_allowance AS b INNER JOIN people_now AS m ON m.municipality_code = b.municipality_code AND m.resident_id = b.claimant_id
      WHERE b.municipality_code = c.municipality_code AND b.grant_status IN ('FULL', 'PARTIAL', 'SUSPENDED') AND m.status = 'RESIDENT' AND m.household_id = c.after.household_id)
