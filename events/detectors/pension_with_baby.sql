-- code: E38
-- name: pension_with_baby
-- ja: 1歳未満の子と国年1号取得
-- en: Joined the National Pension (第1号) with a child under one
-- class: automatic
-- table: pension
-- evidence: pension_kind, kind_changed_on
-- reasons: 1
-- urgency: 0
-- together: person
-- source: events.md E38
-- traps: 第3号; the mother is exempt already; the child is one; another item of the row changes
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.kind_changed_on AS effective_on,
       c.after.kind_changed_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.pension_kind AS reason,
       c.before.pension_kind IS DISTINCT FROM c.after.pension_kind OR c.before.lost_on IS NOT NULL AS moves
FROM changes.pension AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.lost_on IS NULL AND r.status = 'RESIDENT'
  AND EXISTS (
      SELECT 1 FROM people_guardianship AS g INNER JOIN people_now AS k ON k.municipality_code = g.municipality_code AND k.resident_id = g.child_id
      WHERE g.municipality_code = c.municipality_code AND g.adult_id = c.subject_id AND g.guardian_kind = 'PARENT' AND g.to_on IS NULL
        AND k.status = 'RESIDENT' AND CAST(k.birth_date + INTERVAL 1 YEAR AS DATE) > COALESCE(c.after.kind_changed_on, c.file_date))
