-- code: E25
-- name: turning_65
-- ja: 65歳到達
-- en: Turning 65
-- class: automatic
-- table: residents
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E25; 年齢計算ニ関スル法律: reached at the end of the day before the birthday
-- traps: a birth date corrected after the day has passed; unknown birth dates; 29 February
SELECT r.resident_id AS subject_id, r.household_id, '' AS detail, d.day AS effective_on,
       COALESCE(r.birth_date_unknown, FALSE) AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, d.day AS processed_on, d.day AS file_date,
       md5(concat_ws('|', r.municipality_code, 'E25', r.resident_id)) AS change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM now.residents AS r
INNER JOIN calendar_days AS d ON d.birthday_month_day = month(r.birth_date) * 100 + day(r.birth_date)
WHERE r.municipality_code = $municipality AND r.status = 'RESIDENT' AND d.kind = 'eve' AND d.year - year(r.birth_date) = 65
  AND (NOT d.corrected_only
       OR (r.resident_id IN (SELECT b.resident_id FROM corrected_births AS b) AND COALESCE(r.resident_since, d.day) <= d.day))
