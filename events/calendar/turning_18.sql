-- code: E48
-- name: turning_18
-- ja: 18歳 成年・選挙権
-- en: Turning 18
-- class: automatic
-- table: residents
-- when: years 18 eve
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E48; 公職選挙法9条、年齢計算ニ関スル法律
-- traps: a birth date corrected after the day has passed; unknown birth dates; 29 February; 公民権停止 is never looked at
SELECT r.resident_id AS subject_id, r.household_id, r.detail, r.day AS effective_on, r.birth_date_unknown AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E48'
