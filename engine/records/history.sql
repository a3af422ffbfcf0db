-- name: newest_versions
-- One row per key of a state table before tonight: its newest version.
SELECT source_key, person_id, row_hash, gone, business_date
FROM <table>
WHERE municipality_code = $municipality AND night < $night
QUALIFY ROW_NUMBER() OVER (PARTITION BY source_key ORDER BY night DESC) = 1;

-- name: new_keys
-- One row per staged row whose history key no earlier accepted file held (R4: whatever its processing date says).
SELECT $municipality AS municipality_code, CAST($night AS DATE) AS night, s.file_id, s.business_date, s.person_id,
       s.source_key, s.source_order, md5(s.row_text) AS row_hash, <deleted> AS gone, <columns>
FROM staged AS s
WHERE NOT EXISTS (
    SELECT 1 FROM <table> AS h
    WHERE h.municipality_code = $municipality AND h.night < $night AND h.source_key = s.source_key
)
QUALIFY ROW_NUMBER() OVER (PARTITION BY s.source_key ORDER BY s.file_order) = 1;

-- name: new_versions
-- One row per key of a state table whose newest staged row differs from what was known, or that a full file no longer holds.
-- A row of a file older than what is known says nothing new.
WITH known AS (<newest>),
final AS (
    SELECT * FROM staged
    QUALIFY ROW_NUMBER() OVER (PARTITION BY source_key ORDER BY file_order DESC) = 1
),
vanished AS (
    SELECT k.source_key FROM known AS k
    WHERE $full AND NOT k.gone
      AND NOT EXISTS (SELECT 1 FROM staged AS s WHERE s.source_key = k.source_key AND s.file_order >= $full_order)
),
last_seen AS (
    SELECT h.* FROM <table> AS h INNER JOIN vanished AS v ON h.source_key = v.source_key
    WHERE h.municipality_code = $municipality AND h.night < $night
    QUALIFY ROW_NUMBER() OVER (PARTITION BY h.source_key ORDER BY h.night DESC) = 1
)
SELECT $municipality AS municipality_code, CAST($night AS DATE) AS night, s.file_id, s.business_date, s.person_id,
       s.source_key, s.source_order, md5(s.row_text) AS row_hash, FALSE AS gone, <staged_columns>
FROM final AS s
LEFT JOIN known AS k ON s.source_key = k.source_key
WHERE (k.source_key IS NULL OR ((k.gone OR k.row_hash <> md5(s.row_text)) AND s.business_date >= k.business_date))
  AND (NOT $full OR s.file_order >= $full_order)
UNION ALL
SELECT $municipality, CAST($night AS DATE), $full_file, CAST($full_date AS DATE), h.person_id,
       h.source_key, h.source_order, 'gone', TRUE, <gone_columns>
FROM last_seen AS h;

-- name: baseline_nights
-- One row per table: the first night that accepted a file of it.
SELECT table_name, MIN(night) AS night FROM history.files
WHERE municipality_code = $municipality AND state = 'accepted' AND night <= $night
GROUP BY table_name;

-- name: accepted_before
-- One row per table and file content that an earlier night accepted with rows in it.
SELECT DISTINCT table_name, file_id FROM history.files
WHERE municipality_code = $municipality AND night < $night AND state = 'accepted' AND rows > 0;

-- name: newest_fulls
-- One row per table: the business date of its newest full file that an earlier night accepted.
SELECT table_name, MAX(business_date) AS business_date FROM history.files
WHERE municipality_code = $municipality AND night < $night AND state = 'accepted' AND kind = 'full'
GROUP BY table_name;

-- name: files_of_night
SELECT * FROM history.files WHERE municipality_code = $municipality AND night = $night ORDER BY business_date, file_name;

-- name: files_met_before
-- One row per file an earlier night met, accepted or rejected.
SELECT night, business_date, file_name FROM history.files WHERE municipality_code = $municipality AND night < $night;

-- name: open_quarantine
-- One row per quarantined row that no later file has brought right, as of a night.
SELECT q.* FROM history.quarantine AS q
WHERE q.municipality_code = $municipality AND q.night <= $night
  AND NOT EXISTS (
    SELECT 1 FROM history.resolutions AS r
    WHERE r.municipality_code = q.municipality_code AND r.quarantine_id = q.quarantine_id AND r.night <= $night
  )
ORDER BY q.night, q.table_name, q.row_number;
