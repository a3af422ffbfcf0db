-- code: E26
-- name: turning_75
-- ja: 75歳到達
-- en: Turning 75
-- class: automatic
-- table: residents
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E26: on the birthday itself
-- traps: a birth date corrected after the day has passed; unknown birth dates; 29 February; already insured through a disability
SELECT r.resident_id AS subject_id, r.household_id, '' AS detail, d.day AS effective_on,
       COALESCE(r.birth_date_unknown, FALSE) AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, d.day AS processed_on, d.day AS file_date,
       md5(concat_ws('|', r.municipality_code, 'E26', r.resident_id)) AS change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM now.residents AS r
INNER JOIN calendar_days AS d ON d.birthday_month_day = month(r.birth_date) * 100 + day(r.birth_date)
WHERE r.municipality_code = $municipality AND r.status = 'RESIDENT' AND d.kind = 'day' AND d.year - year(r.birth_date) = 75
  AND (NOT d.corrected_only
       OR (r.resident_id IN (SELECT b.resident_id FROM corrected_births AS b) AND COALESCE(r.resident_since, d.day) <= d.day))
