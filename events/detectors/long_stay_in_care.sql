-- code: E43
-- name: long_stay_in_care
-- ja: 長期入院・施設入所（住所地特例）
-- en: Long stay in a hospital or home
-- class: staff-only
-- table: ltc
-- evidence: domicile_exception
-- reasons: DOMICILE
-- urgency: 0
-- together: person
-- source: events.md E43
-- traps: universities and dormitories have their own rules; a row without a change of it
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.file_date AS effective_on,
       FALSE AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       'DOMICILE' AS reason,
       NOT COALESCE(c.before.domicile_exception, FALSE) AS moves
FROM changes.ltc AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.domicile_exception
