-- code: E34
-- name: tax_free_now
-- ja: 課税→非課税・所得減
-- en: No longer taxed
-- class: staff-only
-- table: resident_tax
-- evidence: fiscal_year, tax_status, assessed_on
-- reasons: ASSESSED
-- urgency: 0
-- together: person
-- source: events.md E34
-- traps: 未申告 is not untaxed; taxed by another city; assessed again in the year; the new year's rows come in June
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, CAST(c.after.fiscal_year AS VARCHAR) AS detail, COALESCE(c.after.assessed_on, c.file_date) AS effective_on,
       FALSE AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       CASE WHEN COALESCE(c.after.undeclared, FALSE) OR COALESCE(c.after.taxed_elsewhere, FALSE) THEN 'UNKNOWN' ELSE 'ASSESSED' END AS reason,
       c.before.tax_status = '1' OR (c.before.tax_status IS NULL AND p.tax_status = '1') AS moves
FROM changes.resident_tax AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
LEFT JOIN people_resident_tax_before AS p ON p.municipality_code = c.municipality_code AND p.resident_id = c.subject_id AND p.fiscal_year = c.after.fiscal_year - 1
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.tax_status = '0' AND r.status = 'RESIDENT'
