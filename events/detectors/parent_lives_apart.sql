-- code: E14
-- name: parent_lives_apart
-- ja: 親の別居
-- en: A parent leaves, the child stays
-- class: staff-only
-- table: residents
-- evidence: move_reason, status, household_id
-- reasons: DOMESTIC_OUT, FOREIGN_OUT, MOVE_WITHIN, HH_SPLIT
-- urgency: 1
-- together: household
-- source: events.md E14
-- traps: 単身赴任 is the usual reason; a victim who left with the child; a stay in hospital; who left is never told
SELECT g.child_id AS subject_id, k.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
INNER JOIN people_guardianship AS g ON g.municipality_code = c.municipality_code AND g.adult_id = c.subject_id AND g.guardian_kind = 'PARENT' AND g.to_on IS NULL
INNER JOIN people_now AS k ON k.municipality_code = c.municipality_code AND k.resident_id = g.child_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.before.status = 'RESIDENT'
  AND (c.after.status = 'MOVED_OUT' OR c.before.household_id <> c.after.household_id)
  AND k.status = 'RESIDENT' AND k.household_id = c.before.household_id AND (year(k.birth_date) + 18 + CASE WHEN month(k.birth_date) * 100 + day(k.birth_date) >= 402 THEN 1 ELSE 0 END) * 10000 + 331
          >= year(c.file_date) * 10000 + month(c.file_date) * 100 + day(c.file_date)
