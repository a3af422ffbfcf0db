-- code: E24
-- name: year_of_18_ends
-- ja: 18歳年度末
-- en: Fiscal year of 18 ends
-- class: automatic
-- table: residents
-- when: cohort turning 18 on 02-01 until 03-31
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E24
-- traps: born on 1 April belongs to the earlier cohort; who moves in after the day and before the year ends; died or moved away; still counts as an elder sibling if confirmed
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E24'
