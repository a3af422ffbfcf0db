-- code: E46
-- name: turning_70
-- ja: 70歳到達
-- en: Turning 70
-- class: automatic
-- table: residents
-- when: years 70 eve; months 3 of resident_since
-- evidence: birth_date, resident_since
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E46; three months of residence
-- traps: a birth date corrected after the day has passed; unknown birth dates; 29 February; moved in less than three months ago: on the day three months are full
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E46'
  AND ((r.basis = 'birth_date' AND COALESCE(r.resident_since, r.birth_date) <= CAST(r.day - INTERVAL 3 MONTH AS DATE))
       OR (r.basis = 'resident_since'
           AND (year(r.day + INTERVAL 1 DAY) * 10000 + month(r.day + INTERVAL 1 DAY) * 100 + day(r.day + INTERVAL 1 DAY)
                - year(r.birth_date) * 10000 - month(r.birth_date) * 100 - day(r.birth_date)) // 10000 >= 70
           AND (year(r.resident_since + INTERVAL 1 DAY) * 10000 + month(r.resident_since + INTERVAL 1 DAY) * 100
                + day(r.resident_since + INTERVAL 1 DAY)
                - year(r.birth_date) * 10000 - month(r.birth_date) * 100 - day(r.birth_date)) // 10000 < 70))
