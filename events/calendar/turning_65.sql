-- code: E25
-- name: turning_65
-- ja: 65歳到達
-- en: Turning 65
-- class: automatic
-- table: residents
-- when: years 65 eve
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E25; 年齢計算ニ関スル法律: reached at the end of the day before the birthday
-- traps: a birth date corrected after the day has passed; unknown birth dates; 29 February
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E25'
