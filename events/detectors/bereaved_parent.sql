-- code: E17
-- name: bereaved_parent
-- ja: ひとり親化（死別）
-- en: A parent widowed with a child
-- class: staff-only
-- table: residents
-- evidence: move_reason, status, effective_date
-- reasons: DEATH
-- urgency: 0
-- together: person
-- source: events.md E17
-- traps: the survivor is not the child's parent; cancelled; a survivor's pension; two weeks of quiet
SELECT o.adult_id AS subject_id, a.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
INNER JOIN people_guardianship_before AS g ON g.municipality_code = c.municipality_code AND g.adult_id = c.subject_id AND g.guardian_kind = 'PARENT' AND g.to_on IS NULL
INNER JOIN people_now AS k ON k.municipality_code = c.municipality_code AND k.resident_id = g.child_id
INNER JOIN people_guardianship_before AS o ON o.municipality_code = c.municipality_code AND o.child_id = g.child_id AND o.adult_id <> c.subject_id AND o.guardian_kind = 'PARENT' AND o.to_on IS NULL
INNER JOIN people_now AS a ON a.municipality_code = c.municipality_code AND a.resident_id = o.adult_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.status = 'DEAD' AND c.after.move_reason = 'DEATH'
  AND a.status = 'RESIDENT' AND k.status = 'RESIDENT' AND k.household_id = a.household_id AND a.household_id = c.before.household_id
  AND (year(k.birth_date) + 18 + CASE WHEN month(k.birth_date) * 100 + day(k.birth_date) >= 402 THEN 1 ELSE 0 END) * 10000 + 331
          >= year(c.file_date) * 10000 + month(c.file_date) * 100 + day(c.file_date)
