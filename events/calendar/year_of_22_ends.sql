-- code: E37
-- name: year_of_22_ends
-- ja: 22歳年度末・第3子繰下げ
-- en: Fiscal year of 22 ends
-- class: automatic
-- table: residents
-- when: cohort turning 22 on 02-01 until 03-31
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E37
-- traps: born on 1 April belongs to the earlier cohort; who moves in after the day and before the year ends; died or moved away; who graduates early or is not supported is not in the records
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E37'
