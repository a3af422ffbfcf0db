-- name: last_counted
-- At most one row: the newest earlier night whose residents were counted, and how many there were.
SELECT l.night, l.residents FROM events.living AS l
WHERE l.municipality_code = $municipality AND l.night < $night ORDER BY l.night DESC LIMIT 1;

-- name: residents
-- One row: how many residents there are.
SELECT COUNT(*) AS residents FROM now.residents WHERE municipality_code = $municipality AND status = 'RESIDENT';

-- name: more_residents
-- One row: how many more residents there are tonight than on the night `since`. Only who got rows meanwhile can differ.
SELECT COUNT(CASE WHEN r.side = 'now' THEN 1 END) - COUNT(CASE WHEN r.side = 'then' THEN 1 END) AS more FROM (
    SELECT 'now' AS side FROM people_now AS p
    WHERE p.status = 'RESIDENT' AND p.person_id IN (SELECT n.person_id FROM people_rows AS n WHERE n.night > $since)
    UNION ALL
    SELECT 'then' AS side FROM (
        SELECT p.status, p.gone FROM people_rows AS p
        WHERE p.night <= $since AND p.person_id IN (SELECT n.person_id FROM people_rows AS n WHERE n.night > $since)
        QUALIFY ROW_NUMBER() OVER (PARTITION BY p.person_id ORDER BY p.source_order DESC, p.night DESC) = 1
    ) AS o
    WHERE o.status = 'RESIDENT' AND NOT o.gone
) AS r;

-- name: copy_overdue
-- One row per pregnancy that ended otherwise (`ended`), or whose child should have been registered by `overdue`.
CREATE OR REPLACE TEMPORARY TABLE people_overdue AS
SELECT p.resident_id, p.registered_on, COALESCE(p.outcome, 'UNKNOWN') <> 'UNKNOWN' AS ended FROM now.pregnancies AS p
WHERE p.municipality_code = $municipality
  AND (p.outcome IN ('MISCARRIAGE', 'STILLBIRTH', 'ABORTION') OR (p.due_on <= $overdue AND COALESCE(p.outcome, 'UNKNOWN') = 'UNKNOWN'));

-- name: copy_named
-- One row per person whom tonight's rows of any table name, who got rows of the register since the last count, or whose child is overdue.
CREATE OR REPLACE TEMPORARY TABLE people_named AS
SELECT h.person_id FROM history.residents AS h WHERE h.municipality_code = $municipality AND h.night > $since AND h.night <= $night
UNION
SELECT o.resident_id AS person_id FROM people_overdue AS o
UNION
<subjects>;

-- name: subjects
-- One row per row of tonight in one table: whom it names.
SELECT c.subject_id AS person_id FROM <changes> AS c WHERE c.municipality_code = $municipality AND c.night = $night

-- name: copy_families
-- One row per person whose parents are looked at: whom tonight names, and their children.
CREATE OR REPLACE TEMPORARY TABLE people_families AS
SELECT n.person_id FROM people_named AS n
UNION
SELECT g.child_id AS person_id FROM history.guardianship AS g
WHERE g.municipality_code = $municipality AND g.night <= $night AND g.adult_id IN (SELECT n.person_id FROM people_named AS n);

-- name: copy_rows
-- Every row up to tonight of a table that is about some people; `stands`: it stands tonight, `stood`: it stood the night before.
CREATE OR REPLACE TEMPORARY TABLE <rows> AS
SELECT h.municipality_code, h.night, h.source_order, h.gone, <columns>,
       NOT h.gone AND ROW_NUMBER() OVER (PARTITION BY <part> ORDER BY h.source_order DESC, h.night DESC) = 1 AS stands,
       NOT h.gone AND h.night < $night AND ROW_NUMBER() OVER (
           PARTITION BY <part> ORDER BY CASE WHEN h.night < $night THEN 0 ELSE 1 END, h.source_order DESC, h.night DESC) = 1 AS stood
FROM <table> AS h
WHERE h.municipality_code = $municipality AND h.night <= $night AND <whose>;

-- name: view_now
-- What of these rows stands tonight.
CREATE OR REPLACE TEMPORARY VIEW <view> AS SELECT r.* FROM <rows> AS r WHERE r.stands;

-- name: view_before
-- What of these rows stood the night before.
CREATE OR REPLACE TEMPORARY VIEW <view> AS SELECT r.* FROM <rows> AS r WHERE r.stood;

-- name: named_in_row
h.<column> IN (SELECT p.person_id FROM <people> AS p)

-- name: named_in_a_version
-- Of a key that passes from one person to another, every version is looked at.
h.source_key IN (
    SELECT k.source_key FROM <table> AS k
    WHERE k.municipality_code = $municipality AND k.night <= $night AND k.<column> IN (SELECT p.person_id FROM <people> AS p))

-- name: copy_concerned
-- One row per person the night can be about: whom it names, their children, their and their children's parents, everybody ever in a household
-- of tonight's rows of the register, and everybody with one of `calendar_days` (newcomers and who was corrected got rows tonight).
CREATE OR REPLACE TEMPORARY TABLE people_concerned AS
WITH households AS (
    SELECT c.before.household_id AS household_id FROM changes.residents AS c WHERE c.municipality_code = $municipality AND c.night = $night
    UNION
    SELECT c.after.household_id AS household_id FROM changes.residents AS c WHERE c.municipality_code = $municipality AND c.night = $night
)
SELECT f.person_id FROM people_families AS f
UNION
SELECT g.adult_id AS person_id FROM people_guardianship_rows AS g WHERE g.stands OR g.stood
UNION
SELECT b.child_id AS person_id FROM people_child_allowance_before AS b
UNION
SELECT h.person_id FROM history.residents AS h
WHERE h.municipality_code = $municipality AND h.night <= $night AND h.household_id IN (SELECT o.household_id FROM households AS o)
UNION
SELECT h.person_id FROM history.residents AS h
WHERE h.municipality_code = $municipality AND h.night <= $night
  AND h.birth_date IN (SELECT d.value FROM calendar_days AS d WHERE d.whose = 'all' AND d.basis = 'birth_date')
UNION
SELECT h.person_id FROM history.residents AS h
WHERE h.municipality_code = $municipality AND h.night <= $night
  AND h.resident_since IN (SELECT d.value FROM calendar_days AS d WHERE d.whose = 'all' AND d.basis = 'resident_since')
UNION
SELECT h.person_id FROM history.residents AS h
WHERE h.municipality_code = $municipality AND h.night <= $night
  AND h.visa_until IN (SELECT d.value FROM calendar_days AS d WHERE d.whose = 'all' AND d.basis = 'visa_until');
