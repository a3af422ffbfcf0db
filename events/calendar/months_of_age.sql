-- code: E39
-- name: months_of_age
-- ja: 月齢到達
-- en: Months of age reached
-- class: automatic
-- table: residents
-- when: months 2, 4, 6, 10, 19, 42
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E39
-- traps: a birth date corrected after the day has passed; died or moved away; born on the 29th to 31st: the last day of a shorter month
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E39'
