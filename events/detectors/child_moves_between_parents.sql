-- code: E20
-- name: child_moves_between_parents
-- ja: 監護者変更
-- en: A child moves from one parent to the other
-- class: staff-only
-- table: residents
-- evidence: move_reason, household_id
-- reasons: MOVE_WITHIN, HH_CHANGE, HH_MERGE, HH_SPLIT
-- urgency: 2
-- together: household
-- source: events.md E20
-- traps: both ways within a month; the parent it left is never told; moves with a parent
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.status = 'RESIDENT' AND c.after.move_reason NOT IN ('BIRTH', 'MINOR_FIX')
  AND (year(c.after.birth_date) + 18 + CASE WHEN month(c.after.birth_date) * 100 + day(c.after.birth_date) >= 402 THEN 1 ELSE 0 END) * 10000 + 331
          >= year(c.file_date) * 10000 + month(c.file_date) * 100 + day(c.file_date)
  AND c.before.status = 'RESIDENT' AND c.before.household_id <> c.after.household_id
  AND EXISTS (
      SELECT 1 FROM people_guardianship AS g INNER JOIN people_now AS a ON a.municipality_code = g.municipality_code AND a.resident_id = g.adult_id
      WHERE g.municipality_code = c.municipality_code AND g.child_id = c.subject_id AND g.guardian_kind = 'PARENT' AND g.to_on IS NULL
        AND a.status = 'RESIDENT' AND a.household_id = c.before.household_id)
  AND EXISTS (
      SELECT 1 FROM people_guardianship AS g INNER JOIN people_before AS a ON a.municipality_code = g.municipality_code AND a.resident_id = g.adult_id
      WHERE g.municipality_code = c.municipality_code AND g.child_id = c.subject_id AND g.guardian_kind = 'PARENT' AND g.to_on IS NULL
        AND a.status = 'RESIDENT' AND a.household_id = c.after.household_id)
