-- name: standing_and_met
-- One row: how many keys of a table stand before tonight, and how many of them a file names, in a good row or a bad one.
SELECT COUNT(*) AS standing, COUNT(a.source_key) AS met
FROM (
    SELECT h.source_key FROM <table> AS h
    WHERE h.municipality_code = $municipality AND h.night < $night
    GROUP BY h.source_key HAVING NOT ARG_MAX(h.gone, h.night)
) AS k
LEFT JOIN (SELECT DISTINCT r.source_key FROM <arrived> AS r WHERE r.source_key IS NOT NULL) AS a ON a.source_key = k.source_key;

-- name: rows_kept
-- One row: how many rows a table holds before tonight, at least one for each key that stands.
SELECT COUNT(*) AS kept FROM <table> AS h WHERE h.municipality_code = $municipality AND h.night < $night;

-- name: deliveries
-- One row per table and date: how many rows its deltas brought, good and bad, as nights before this one read them.
SELECT f.table_name, f.business_date, CAST(SUM(f.rows + f.quarantined) AS BIGINT) AS rows FROM history.files AS f
WHERE f.municipality_code = $municipality AND f.night < $night AND f.business_date >= $since
  AND f.state = 'accepted' AND f.kind = 'delta' AND NOT f.baseline
GROUP BY f.table_name, f.business_date
ORDER BY f.table_name, f.business_date;

-- name: deltas_tonight
-- One row per table and date: how many rows the deltas brought that tonight accepted.
SELECT f.table_name, f.business_date, CAST(SUM(f.rows + f.quarantined) AS BIGINT) AS rows FROM history.files AS f
WHERE f.municipality_code = $municipality AND f.night = $night AND f.state = 'accepted' AND f.kind = 'delta' AND NOT f.baseline
GROUP BY f.table_name, f.business_date
ORDER BY f.table_name, f.business_date;

-- name: accepted
-- One row per file that an operator accepted as it is.
SELECT DISTINCT a.file_id FROM history.acceptances AS a WHERE a.municipality_code = $municipality AND a.night <= $night;

-- name: accept
INSERT INTO history.acceptances VALUES ($municipality, $night, $file_id, $officer, $reason, $asked_at);

-- name: refused_before
-- One row per file that an earlier night refused, an operator has accepted since, and no night before tonight has read since then.
SELECT DISTINCT f.file_id, f.file_name, f.business_date, f.kind, f.encoding FROM history.files AS f
INNER JOIN history.acceptances AS a
    ON a.municipality_code = f.municipality_code AND a.file_id = f.file_id AND a.night <= $night
WHERE f.municipality_code = $municipality AND f.night < $night AND f.state = 'rejected'
  AND NOT EXISTS (
    SELECT 1 FROM history.files AS r
    WHERE r.municipality_code = $municipality AND r.night >= a.night AND r.night < $night AND r.file_id = f.file_id
  )
ORDER BY f.business_date, f.file_name;
