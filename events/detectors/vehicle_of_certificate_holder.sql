-- code: E35
-- name: vehicle_of_certificate_holder
-- ja: 手帳保有者の軽自動車取得
-- en: Light vehicle acquired by a certificate holder
-- class: automatic
-- table: light_vehicle_tax
-- evidence: acquired_on, relief_kind
-- reasons: ACQUIRED
-- urgency: 0
-- together: person
-- source: events.md E35
-- traps: the owner is a relative; relief on another car already; the same car's row changes
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.acquired_on AS effective_on,
       c.after.acquired_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       'ACQUIRED' AS reason,
       c.before.resident_id IS DISTINCT FROM c.after.resident_id OR c.before.acquired_on IS DISTINCT FROM c.after.acquired_on AS moves
FROM changes.light_vehicle_tax AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.scrapped_on IS NULL
  AND EXISTS (
      SELECT 1 FROM people_disability AS d
      WHERE d.municipality_code = c.municipality_code AND d.resident_id = c.subject_id AND d.holder_status = 'ACTIVE')
  AND NOT EXISTS (
      SELECT 1 FROM people_light_vehicle_tax AS v
      WHERE v.municipality_code = c.municipality_code AND v.resident_id = c.subject_id AND v.vehicle_id <> c.after.vehicle_id
        AND v.scrapped_on IS NULL AND v.relief_kind = 'DISABILITY')
