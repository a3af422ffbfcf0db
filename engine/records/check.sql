-- name: create_arrived
-- One row per readable row of a file, in its order: its key, its fingerprint, and its texts unless history has accepted just these
-- already. Only a row that is not known can be doubtful, and only a doubtful one have a fault of its own.
CREATE OR REPLACE TEMP TABLE <arrived> AS
SELECT f.source_key, f.person_id, f.row_hash, f.elsewhere, f.known, f.doubtful,
       CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS numbers, CASE WHEN f.known THEN NULL ELSE <texts> END AS texts
FROM (
    SELECT f.*, CASE WHEN f.known THEN FALSE ELSE COALESCE(<doubt>, FALSE) END AS doubtful
    FROM (
        SELECT f.*, COALESCE(<known>, FALSE) AS known
        FROM (
            SELECT f.*, <source_key> AS source_key, <person> AS person_id, md5(<row_text>) AS row_hash, <elsewhere> AS elsewhere
            FROM (SELECT <named> FROM <scan>) AS f
        ) AS f
    ) AS f
) AS f;

-- name: create_nothing_arrived
-- The same of a file with a header alone: no row.
CREATE OR REPLACE TEMP TABLE <arrived> (
    source_key VARCHAR, person_id VARCHAR, row_hash VARCHAR, elsewhere BOOLEAN, known BOOLEAN, doubtful BOOLEAN,
    reason VARCHAR, numbers VARCHAR, texts VARCHAR[]
);

-- name: counts
-- One row: the readable rows of a file, those with a key, about how many keys (never more than there are), those of another
-- municipality, the doubtful and the known ones.
SELECT COUNT(*) AS rows, COUNT(source_key) AS with_key, COUNT(DISTINCT CASE WHEN source_key IS NOT NULL THEN hash(source_key) END) AS keys,
       COUNT(*) FILTER (WHERE elsewhere) AS elsewhere, COUNT(*) FILTER (WHERE doubtful) AS doubtful, COUNT(*) FILTER (WHERE known) AS known
FROM <arrived>;

-- name: judge
-- Doubtful rows get their first fault, and the columns in which they hold an Individual Number where none may be. (An update of a
-- list would move the row; of a text it does not.)
UPDATE <arrived> SET reason = judged.reason, numbers = judged.numbers
FROM (
    SELECT f.place, <reason> AS reason, <numbers> AS numbers
    FROM (SELECT a.rowid AS place, <named> FROM <arrived> AS a WHERE a.doubtful) AS f
) AS judged
WHERE <arrived>.rowid = judged.place;

-- name: numbers_by_column
SELECT held.name, COUNT(*) AS hits FROM (SELECT UNNEST(string_split(numbers, ' ')) AS name FROM <arrived>) AS held GROUP BY held.name ORDER BY held.name;

-- name: count_values
SELECT COUNT(<column>) FROM (SELECT <named> FROM <scan>) AS f;

-- name: set_twice_aside
UPDATE <arrived> SET reason = 'key_twice_in_file'
WHERE reason IS NULL AND source_key IN (SELECT source_key FROM <arrived> GROUP BY source_key HAVING COUNT(*) > 1);

-- name: set_aside
-- One row per row with a fault: its place among the readable rows, from 0.
SELECT rowid AS place, person_id AS resident_id, source_key, reason FROM <arrived> WHERE reason IS NOT NULL ORDER BY rowid;

-- name: forget
DROP TABLE IF EXISTS <arrived>;

-- name: read_back
-- One row per row of one file that `wanted_rows` asks of it: its texts as values.
SELECT f.source_key, f.person_id, f.row_hash, <source_order> AS source_order, <columns>
FROM (
    SELECT a.source_key, a.person_id, a.row_hash, <named>
    FROM <arrived> AS a INNER JOIN wanted_rows AS w ON a.source_key = w.source_key
    WHERE w.file_place = $file_place AND a.reason IS NULL
) AS f
