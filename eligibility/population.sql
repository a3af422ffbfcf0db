-- name: open_table
-- One row per record of a table as of the snapshot's night, with the columns that rules read and no other; ids are numbers.
CREATE OR REPLACE VIEW <table> AS SELECT <columns> FROM <rows>;

-- name: people
-- One row per resident: what a preview groups by. `members` counts the people registered together.
SELECT r.resident_id AS subject_id, r.household_id, r.birth_date, r.sex, r.rel1, substr(r.addr_code, 1, 6) AS area, h.members
FROM numbered.residents AS r
INNER JOIN (
    SELECT m.household_id, COUNT(*) AS members FROM numbered.residents AS m WHERE m.status = 'RESIDENT' GROUP BY m.household_id
) AS h ON h.household_id = r.household_id
WHERE r.status = 'RESIDENT';

-- name: create_schema
CREATE SCHEMA IF NOT EXISTS <schema>;

-- name: asked
-- One row per person asked about, by number.
SELECT UNNEST(CAST($asked AS UINTEGER[])) AS person;

-- name: tables
-- One row per table that can be read.
SELECT t.table_name FROM information_schema.tables AS t WHERE t.table_schema = $schema ORDER BY t.table_name;

-- name: count
-- One row: how many records a table has.
SELECT <name> AS table_name, COUNT(*) AS records FROM <table>;

-- name: judge
-- One row per person registered in a household: what was asked. Nothing is explained before it is known who is let in.
SELECT c.subject_id, c.household_id, c.members <about> <said>
FROM (
    SELECT c.* <verdicts>
    FROM (
        SELECT p.subject_id, p.household_id, h.members <carried> <found>
        FROM temp.people AS p INNER JOIN temp.households AS h ON h.household_id = p.household_id
        LEFT JOIN temp.pairs AS t ON t.k = p.subject_id
        WHERE <whom>
    ) AS c
    <joins>
) AS c
<joins>
WHERE <which>;
