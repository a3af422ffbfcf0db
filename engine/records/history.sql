-- name: current_versions
-- One row per key of a state table before tonight: its newest version. Most keys have one, of the table's first night.
SELECT h.source_key, h.row_hash, h.gone FROM <table> AS h
WHERE h.municipality_code = $municipality AND h.night < $night
  AND NOT EXISTS (
    SELECT 1 FROM <table> AS c
    WHERE c.municipality_code = $municipality AND c.night < $night AND c.source_key = h.source_key
      AND c.night > (SELECT MIN(m.night) FROM <table> AS m WHERE m.municipality_code = $municipality)
  )
UNION ALL
SELECT h.source_key, ARG_MAX(h.row_hash, h.night) AS row_hash, ARG_MAX(h.gone, h.night) AS gone FROM <table> AS h
WHERE h.municipality_code = $municipality AND h.night < $night
  AND h.source_key IN (
    SELECT c.source_key FROM <table> AS c
    WHERE c.municipality_code = $municipality AND c.night < $night
      AND c.night > (SELECT MIN(m.night) FROM <table> AS m WHERE m.municipality_code = $municipality)
  )
GROUP BY h.source_key

-- name: known_version
f.row_hash IN (SELECT k.row_hash FROM (<current>) AS k WHERE NOT k.gone)

-- name: known_row
f.row_hash IN (SELECT h.row_hash FROM <table> AS h WHERE h.municipality_code = $municipality AND h.night < $night)

-- name: arrived_rows
-- One row per good row of one file, told from those of the night's other files by the file's place among them.
SELECT a.source_key, a.row_hash, a.texts IS NOT NULL AS kept, <place> AS file_place, <business_date> AS business_date
FROM <arrived> AS a WHERE a.reason IS NULL

-- name: new_keys
-- One row per key that no earlier accepted file held (R4: whatever its processing date says), and the first file that has it.
CREATE OR REPLACE TEMP TABLE wanted_rows AS
SELECT s.source_key, MIN(s.file_place) AS file_place
FROM (<staged>) AS s
WHERE s.kept AND NOT EXISTS (
    SELECT 1 FROM <table> AS h
    WHERE h.municipality_code = $municipality AND h.night < $night AND h.source_key = s.source_key
)
GROUP BY s.source_key;

-- name: told_later
EXISTS (SELECT 1 FROM (<staged>) AS s WHERE s.source_key = n.source_key AND s.file_place > n.file_place)

-- name: new_versions
-- One row per key whose newest row differs from what was known, and the file that has it. A row of a file older than what is known
-- says nothing new.
CREATE OR REPLACE TEMP TABLE wanted_rows AS
WITH news AS (
    SELECT n.source_key, n.row_hash, n.file_place, n.business_date FROM (<staged>) AS n
    WHERE n.kept AND n.file_place >= $since_file
      AND NOT (<told_later>)
),
before AS (
    SELECT h.source_key, ARG_MAX(h.row_hash, h.night) AS row_hash, ARG_MAX(h.gone, h.night) AS gone,
           ARG_MAX(h.business_date, h.night) AS business_date
    FROM <table> AS h
    WHERE h.municipality_code = $municipality AND h.night < $night AND h.source_key IN (SELECT n.source_key FROM news AS n)
    GROUP BY h.source_key
)
SELECT n.source_key, n.file_place FROM news AS n LEFT JOIN before AS b ON n.source_key = b.source_key
WHERE b.source_key IS NULL OR ((b.gone OR b.row_hash <> n.row_hash) AND n.business_date >= b.business_date);

-- name: forget_wanted
DROP TABLE IF EXISTS wanted_rows;

-- name: files_wanted
SELECT DISTINCT file_place FROM wanted_rows ORDER BY file_place;

-- name: new_rows
-- One row per wanted row of one file.
SELECT $municipality AS municipality_code, CAST($night AS DATE) AS night, $file_id AS file_id, CAST($business_date AS DATE) AS business_date,
       t.person_id, t.source_key, t.source_order, t.row_hash, <deleted> AS gone, <columns>
FROM (<read_back>) AS t

-- name: met_again
-- One row: how many keys of a state table stand, and how many of them a file has with other texts, good or bad.
SELECT COUNT(*) AS standing, COUNT(a.source_key) AS changed
FROM (<current>) AS k
LEFT JOIN (SELECT DISTINCT a.source_key FROM <arrived> AS a WHERE NOT a.known) AS a ON a.source_key = k.source_key
WHERE NOT k.gone;

-- name: keys_met
-- One row per row of one file that names its key, good or bad.
SELECT a.source_key FROM <arrived> AS a WHERE a.source_key IS NOT NULL

-- name: vanished
-- One row per key of a state table that neither the newest full file nor one after it holds any more: its last version, gone.
SELECT $municipality AS municipality_code, CAST($night AS DATE) AS night, $full_file AS file_id, CAST($full_date AS DATE) AS business_date,
       h.person_id, h.source_key, h.source_order, 'gone' AS row_hash, TRUE AS gone, <columns>
FROM <table> AS h
INNER JOIN (
    SELECT k.source_key, k.row_hash FROM (<current>) AS k
    WHERE NOT k.gone AND NOT EXISTS (SELECT 1 FROM (<met>) AS s WHERE s.source_key = k.source_key)
) AS k ON h.source_key = k.source_key AND h.row_hash = k.row_hash
WHERE h.municipality_code = $municipality AND h.night < $night
QUALIFY ROW_NUMBER() OVER (PARTITION BY h.source_key ORDER BY h.night DESC) = 1

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
