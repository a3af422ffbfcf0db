-- code: E19
-- name: child_joins_household
-- ja: 児童の同居開始（養子・孫・里子）
-- en: A child comes to live with others than its parents
-- class: staff-only
-- table: residents
-- evidence: move_reason, household_id, rel1
-- reasons: MOVE_WITHIN, HH_CHANGE, HH_MERGE, DOMESTIC_IN, FOREIGN_IN
-- urgency: 2
-- together: household
-- source: events.md E19
-- traps: 里親・施設 are paid elsewhere; a visiting student; moves with a parent
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
  AND (c.before.household_id IS NULL OR c.before.household_id <> c.after.household_id OR c.before.status <> 'RESIDENT')
  AND EXISTS (
      SELECT 1 FROM people_before AS h
      WHERE h.municipality_code = c.municipality_code AND h.household_id = c.after.household_id AND h.status = 'RESIDENT' AND h.resident_id <> c.subject_id)
  AND NOT EXISTS (
      SELECT 1 FROM people_guardianship AS g INNER JOIN people_now AS a ON a.municipality_code = g.municipality_code AND a.resident_id = g.adult_id
      WHERE g.municipality_code = c.municipality_code AND g.child_id = c.subject_id AND g.guardian_kind = 'PARENT' AND g.to_on IS NULL
        AND a.status = 'RESIDENT' AND a.household_id = c.after.household_id)
