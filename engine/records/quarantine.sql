-- name: open_quarantine
-- One row per quarantined row that no later file has brought right, as of a night.
SELECT q.* FROM history.quarantine AS q
WHERE q.municipality_code = $municipality AND q.night <= $night
  AND NOT EXISTS (
    SELECT 1 FROM history.resolutions AS r
    WHERE r.municipality_code = q.municipality_code AND r.quarantine_id = q.quarantine_id AND r.night <= $night
  )
ORDER BY q.night, q.table_name, q.row_number;

-- name: resolved_by
-- One row per quarantined row of an earlier night that a file of tonight brings right.
SELECT DISTINCT q.quarantine_id FROM (<open>) AS q
WHERE q.night < $night AND q.table_name = $table_name
  AND ($whole OR q.source_key IN (SELECT a.source_key FROM <arrived> AS a WHERE a.reason IS NULL))
ORDER BY q.quarantine_id;

-- name: files_to_try_again
-- One row per accepted file with rows still set aside as of a night, and by which rules it was last read.
SELECT f.file_id, f.file_name, f.table_name, f.business_date, ARG_MAX(f.read_by, f.night) AS read_by, ANY_VALUE(f.encoding) AS encoding
FROM history.files AS f
WHERE f.municipality_code = $municipality AND f.night <= $night AND f.state = 'accepted'
  AND f.file_id IN (SELECT q.file_id FROM (<open>) AS q)
GROUP BY f.file_id, f.file_name, f.table_name, f.business_date
ORDER BY f.business_date, f.file_name;

-- name: open_with_files
-- One row per row that is set aside, with the name of its file.
SELECT q.*, f.file_name FROM (<open>) AS q
INNER JOIN (
    SELECT DISTINCT f.municipality_code, f.file_id, f.business_date, f.file_name FROM history.files AS f WHERE f.kind <> 'retry'
) AS f ON f.municipality_code = q.municipality_code AND f.file_id = q.file_id AND f.business_date = q.business_date
ORDER BY q.night, q.table_name, q.row_number;
