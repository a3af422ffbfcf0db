-- name: open_table
-- One row per record of a table as of the snapshot's night, with the columns that rules read and no other.
CREATE VIEW <table> AS SELECT <columns> FROM read_parquet(<file>);

-- name: people
-- One row per resident: what a preview groups by. `members` counts the people registered together.
SELECT r.resident_id AS subject_id, r.household_id, r.birth_date, r.sex, r.rel1, substr(r.addr_code, 1, 6) AS area, h.members
FROM now.residents AS r
INNER JOIN (
    SELECT m.household_id, COUNT(*) AS members FROM now.residents AS m WHERE m.status = 'RESIDENT' GROUP BY m.household_id
) AS h ON h.household_id = r.household_id
WHERE r.status = 'RESIDENT'
ORDER BY r.resident_id;

-- name: create_schema
CREATE SCHEMA IF NOT EXISTS <schema>;

-- name: set_people_aside
-- One row per person who lives with one of those asked about.
CREATE OR REPLACE TABLE <people> AS
SELECT r.* FROM <residents> AS r
WHERE r.household_id IN (SELECT o.household_id FROM <residents> AS o WHERE o.resident_id IN (SELECT UNNEST(CAST($asked AS VARCHAR[]))));

-- name: set_records_aside
-- One row per record of these people, by either of the columns that say whose it is.
CREATE OR REPLACE TABLE <aside> AS
SELECT t.* FROM <records> AS t
WHERE t.<person> IN (SELECT r.resident_id FROM <people> AS r) OR t.<other> IN (SELECT r.resident_id FROM <people> AS r);

-- name: count
-- One row: how many rows a table has.
SELECT COUNT(*) AS records FROM <table>;

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
