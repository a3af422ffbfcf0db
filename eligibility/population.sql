-- name: open_table
-- One row per record of a table as of the snapshot's night, with the columns that rules read and no other.
CREATE TABLE <table> AS SELECT <columns> FROM read_parquet(<file>);

-- name: people
-- One row per resident: what a preview groups by. `members` counts the people registered together.
SELECT r.resident_id AS subject_id, r.household_id, r.birth_date, r.sex, r.rel1, substr(r.addr_code, 1, 6) AS area, h.members
FROM now.residents AS r
INNER JOIN (
    SELECT m.household_id, COUNT(*) AS members FROM now.residents AS m WHERE m.status = 'RESIDENT' GROUP BY m.household_id
) AS h ON h.household_id = r.household_id
WHERE r.status = 'RESIDENT'
ORDER BY r.resident_id;

-- name: moment
-- One row: the date for which everybody is judged, as if the event were that very day.
CREATE OR REPLACE TEMP TABLE moment AS SELECT CAST($on AS DATE) AS as_of, CAST($on AS DATE) AS occurred_on, '' AS detail;

-- name: make_facts
-- One row per person or household: what rules ask of their records and members.
CREATE OR REPLACE TABLE <table> AS <facts>;

-- name: judge_all
-- One row per resident: a verdict of each programme, 2 eligible, 1 possible, 0 ineligible.
CREATE OR REPLACE TEMP TABLE judged_all AS
SELECT c.subject_id, c.household_id, <values>
FROM (
    SELECT r.resident_id AS subject_id, r.household_id, m.as_of, m.occurred_on, m.detail
    FROM now.residents AS r CROSS JOIN moment AS m
    WHERE r.status = 'RESIDENT' AND r.household_id IS NOT NULL
) AS c
<joins>;

-- name: let_in
-- One row per resident whom one programme lets in.
SELECT subject_id, household_id, CASE WHEN <verdict> = 2 THEN 'eligible' ELSE 'possible' END AS verdict
FROM judged_all WHERE <verdict> > 0 ORDER BY subject_id;
