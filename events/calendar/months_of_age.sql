-- code: E39
-- name: months_of_age
-- ja: 月齢到達
-- en: Months of age reached
-- class: automatic
-- table: residents
-- evidence: birth_date
-- reasons: AGE
-- urgency: 0
-- together: person
-- source: events.md E39
-- traps: a birth date corrected after the day has passed; died or moved away; born on the 29th to 31st: the last day of a shorter month
SELECT r.resident_id AS subject_id, r.household_id, CAST(m.months AS VARCHAR) AS detail, m.day AS effective_on,
       COALESCE(r.birth_date_unknown, FALSE) AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, m.day AS processed_on, m.day AS file_date,
       md5(concat_ws('|', r.municipality_code, 'E39', r.resident_id, CAST(m.months AS VARCHAR))) AS change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM now.residents AS r
INNER JOIN calendar_months AS m ON r.birth_date BETWEEN m.born_from AND m.born_to
WHERE r.municipality_code = $municipality AND r.status = 'RESIDENT'
  AND (NOT m.corrected_only
       OR (r.resident_id IN (SELECT b.resident_id FROM corrected_births AS b) AND COALESCE(r.resident_since, m.day) <= m.day))
