-- code: E22
-- name: last_year_before_school
-- ja: 就学前年度
-- en: Last year before school
-- class: automatic
-- table: residents
-- when: cohort turning 6 on 10-01 until 03-31
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E22; 学校教育法施行令2条: the school register is made as of 1 October
-- traps: born on 1 April belongs to the earlier cohort; who moves in after the day and before the year ends; died or moved away; for foreigners school is a choice
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E22'
