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

-- name: judge
-- One row per person registered in a household: what was asked.
SELECT * FROM (
    SELECT c.subject_id, c.household_id, c.members, <about> <values>
    FROM (
        SELECT p.subject_id, p.household_id, h.members <carried> <found>
        FROM temp.people AS p INNER JOIN temp.households AS h ON h.household_id = p.household_id
    ) AS c
    <joins>
) AS j
WHERE <which>;
