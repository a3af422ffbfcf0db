-- code: E26
-- name: turning_75
-- ja: 75歳到達
-- en: Turning 75
-- class: automatic
-- table: residents
-- when: years 75 day
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E26; on the birthday itself
-- traps: a birth date corrected after the day has passed; unknown birth dates; 29 February; already insured through a disability
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E26'
