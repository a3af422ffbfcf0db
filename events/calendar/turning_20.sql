-- code: E47
-- name: turning_20
-- ja: 20歳到達
-- en: Turning 20
-- class: automatic
-- table: residents
-- when: years 20 eve
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E47; 国民年金法8条
-- traps: a birth date corrected after the day has passed; unknown birth dates; 29 February; a dependent spouse (第3号) needs nothing; who is in 厚生年金 is not in the records
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E47'
  AND NOT EXISTS (
      SELECT 1 FROM people_pension AS p
      WHERE p.municipality_code = $municipality AND p.resident_id = r.resident_id AND p.pension_kind = '3' AND p.lost_on IS NULL)
