-- name: attach
ATTACH ':memory:' AS found;

-- name: detach
DETACH found;

-- name: found_states
-- One row per state in which records are read.
CREATE TABLE found.states AS SELECT state, municipality_code, bound_on FROM states;

-- name: found_people
-- One row per person who is a subject, or was ever registered in a subject's household.
CREATE TABLE found.touched_people AS
SELECT h.resident_id AS number FROM history.residents AS h WHERE h.household_id IN (SELECT household_id FROM cases)
UNION SELECT subject_id FROM cases;

-- name: touched
-- One row per version of a record that named one of these people at any time, in a column that says whose it is.
(SELECT <columns> FROM <history> AS h WHERE h.<part> IN (SELECT n.<part> FROM <history> AS n WHERE <named>));

-- name: touched_own
-- One row per version of a record of these people, where whose a record is never changes.
(SELECT <columns> FROM <history> AS n WHERE <named>);

-- name: named
-- Whether a version of a record names one of these people.
n.<person> IN (SELECT number FROM found.touched_people);

-- name: know
-- One row per record as it was known in each state.
CREATE OR REPLACE TABLE <known> AS <rows>;

-- name: found_cases
-- One row per case, in a state of the records: both numbers are known within it.
CREATE OR REPLACE TABLE found.cases AS
SELECT case_id, subject_id, household_id, occurred_on, as_of, detail FROM cases;

-- name: make_facts
-- One row per person, household or case: what rules ask of them.
CREATE OR REPLACE TABLE <table> AS <facts>;

-- name: evaluate
-- One row per case: every value asked for, in the order asked.
SELECT <values> FROM found.known_cases AS c <joins>;

-- name: judged
-- One row per case, with a value for each different thing that was asked.
SELECT * FROM found.judged;
