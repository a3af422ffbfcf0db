-- name: number_households
-- One row per household on record.
CREATE OR REPLACE TEMP TABLE numbered_households AS
SELECT h.household_id, CAST(ROW_NUMBER() OVER (ORDER BY h.household_id) - 1 AS UINTEGER) AS number
FROM (SELECT DISTINCT r.household_id FROM now.residents AS r WHERE r.household_id IS NOT NULL) AS h;

-- name: number_people
-- One row per person anybody's record names: residents by household first, then who is none.
CREATE OR REPLACE TEMP TABLE numbered_people AS
SELECT p.person_id, CAST(ROW_NUMBER() OVER (ORDER BY p.household NULLS LAST, p.person_id) - 1 AS UINTEGER) AS number
FROM (
    SELECT n.person_id, MIN(n.household) AS household
    FROM (
        SELECT r.resident_id AS person_id, h.number AS household
        FROM now.residents AS r INNER JOIN temp.numbered_households AS h ON h.household_id = r.household_id
        UNION ALL <named>
    ) AS n
    WHERE n.person_id IS NOT NULL
    GROUP BY n.person_id
) AS p;

-- name: named
-- One row per record: the person a column names.
SELECT t.<person> AS person_id, NULL AS household FROM <table> AS t;

-- name: numbered
-- One row per record as of the night.
SELECT t.* <columns> FROM <table> AS t <joins>;

-- name: join_person
LEFT JOIN temp.numbered_people AS <number> ON <number>.person_id = t.<id>;

-- name: join_household
LEFT JOIN temp.numbered_households AS <number> ON <number>.household_id = t.<id>;

-- name: in_order
SELECT n.* FROM (<rows>) AS n ORDER BY n.<person>;

-- name: forget
DROP TABLE IF EXISTS <made>;
