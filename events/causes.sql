-- name: create_schema
CREATE SCHEMA IF NOT EXISTS events;

-- name: create_holds
-- One row per kind of event a night held, and per sign of its likely cause (`place` from 1; 0 where no column stands out).
CREATE TABLE IF NOT EXISTS events.holds (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    code VARCHAR NOT NULL,
    expected DOUBLE NOT NULL,
    upper_limit INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    place INTEGER NOT NULL,
    file_name VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    rows_with INTEGER NOT NULL,
    rows_tonight INTEGER NOT NULL,
    usual_share DOUBLE,
    said_ja VARCHAR NOT NULL,
    said_en VARCHAR NOT NULL
);

-- name: rows
-- One row: how many changes of a table tonight and the nights since $since brought.
SELECT COUNT(CASE WHEN c.night = $night THEN 1 END) AS tonight,
       COUNT(CASE WHEN c.night < $night THEN 1 END) AS usual
FROM <changes> AS c
WHERE c.municipality_code = $municipality AND c.night >= $since AND c.night <= $night;

-- name: values
-- One row per value of a column before or after the change: in how many changes tonight, and in how many of the nights before.
SELECT CAST(<content>.<column> AS VARCHAR) AS value,
       COUNT(CASE WHEN c.night = $night THEN 1 END) AS tonight, COUNT(CASE WHEN c.night < $night THEN 1 END) AS usual
FROM <changes> AS c
WHERE c.municipality_code = $municipality AND c.night >= $since AND c.night <= $night AND <content>.<column> IS NOT NULL
GROUP BY 1;

-- name: moved
-- One row per column: in how many changes tonight it moved, and in how many of the nights before.
SELECT m.value, COUNT(CASE WHEN m.night = $night THEN 1 END) AS tonight, COUNT(CASE WHEN m.night < $night THEN 1 END) AS usual
FROM (
    SELECT c.night, UNNEST(c.moved) AS value FROM <changes> AS c
    WHERE c.municipality_code = $municipality AND c.night >= $since AND c.night <= $night
) AS m
GROUP BY 1;

-- name: file
-- One row per file of a table that tonight accepted, the largest first.
SELECT f.file_name FROM history.files AS f
WHERE f.municipality_code = $municipality AND f.night = $night AND f.table_name = $table_name AND f.state = 'accepted'
ORDER BY f.rows DESC, f.file_name;
