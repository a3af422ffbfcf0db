-- code: E45
-- name: screening_year
-- ja: 20歳女性・40歳の健診年度
-- en: Screening year of 20 (women) and 40
-- class: automatic
-- table: residents
-- when: cohort aged 20, 40 on 04-01 until 03-31
-- evidence: birth_date, sex
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E45; age on 1 April
-- traps: born on 1 April belongs to the earlier cohort; who moves in after the day and before the year ends; died or moved away; screened already this year
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E45'
  AND (r.detail = '40' OR r.sex = '2')
  AND NOT EXISTS (
      SELECT 1 FROM people_screenings AS s
      WHERE s.municipality_code = $municipality AND s.resident_id = r.resident_id
        AND s.fiscal_year = year(r.day) - CASE WHEN month(r.day) < 4 THEN 1 ELSE 0 END)
