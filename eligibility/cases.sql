-- name: drop_touched
DROP TABLE IF EXISTS <touched>;

-- name: touch_households
-- One row per person who is a subject or is registered in a subject's household.
CREATE OR REPLACE TEMP TABLE <touched> AS
SELECT r.* FROM <source> AS r
WHERE r.resident_id IN (SELECT subject_id FROM cases) OR r.household_id IN (SELECT household_id FROM cases);

-- name: touch_persons
-- One row per record that names a subject in either of the columns that say whose it is.
CREATE OR REPLACE TEMP TABLE <touched> AS
SELECT r.* FROM <source> AS r
WHERE r.<person> IN (SELECT subject_id FROM cases) OR r.<other> IN (SELECT subject_id FROM cases);

-- name: touch_members
-- One row per record of a subject or of anybody registered in a subject's household.
CREATE OR REPLACE TEMP TABLE <touched> AS
SELECT r.* FROM <source> AS r
WHERE r.<person> IN (SELECT subject_id FROM cases) OR r.<other> IN (SELECT subject_id FROM cases)
OR r.<person> IN (SELECT m.resident_id FROM <residents> AS m WHERE m.household_id IN (SELECT household_id FROM cases))
OR r.<other> IN (SELECT m.resident_id FROM <residents> AS m WHERE m.household_id IN (SELECT household_id FROM cases));

-- name: evaluate
-- One row per case: every value asked for, in the order asked.
SELECT c.case_id, <values>
FROM cases AS c
<joins>
ORDER BY c.case_id;
