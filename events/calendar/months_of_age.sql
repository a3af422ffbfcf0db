-- code: E39
-- name: months_of_age
-- ja: 月齢到達
-- en: Months of age reached
-- class: automatic
-- table: residents
-- evidence: birth_date
-- urgency: 0
-- together: person
-- source: events.md E39
-- traps: died or moved away; born on the 29th to 31st: the last day of a shorter month
SELECT r.resident_id AS subject_id, r.household_id, CAST(m.months AS VARCHAR) AS detail, d.day AS effective_on,
       COALESCE(r.birth_date_unknown, FALSE) AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, d.day AS processed_on, d.day AS file_date,
       md5(concat_ws('|', r.municipality_code, 'E39', r.resident_id, CAST(m.months AS VARCHAR))) AS change_id, 'calendar' AS change_class,
       'AGE' AS reason, TRUE AS moves
FROM now.residents AS r
INNER JOIN calendar_months AS m ON r.birth_date BETWEEN m.born_from AND m.born_to
INNER JOIN (SELECT DISTINCT day FROM calendar_days) AS d ON d.day = m.day
WHERE r.municipality_code = $municipality AND r.status = 'RESIDENT'
