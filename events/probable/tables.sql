-- name: create_schema
CREATE SCHEMA IF NOT EXISTS events;

-- name: create_probable
-- One row per subject scored on a night. Not an event: no rule, programme or notice reads this table; only staff tasks do.
CREATE TABLE IF NOT EXISTS events.probable (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    probable_id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    household_id VARCHAR NOT NULL,
    seen_on DATE NOT NULL,
    probability DOUBLE NOT NULL,
    chosen BOOLEAN NOT NULL,
    spoke VARCHAR NOT NULL,
    model VARCHAR NOT NULL
);

-- name: chosen_this_week
-- One row: how many subjects of a model were given to staff on the six nights before.
SELECT COUNT(*) AS chosen FROM events.probable AS p
WHERE p.municipality_code = $municipality AND p.code = $code AND p.chosen AND p.night < $night AND p.night >= $since;

-- name: tonight
-- One row per subject given to staff tonight, the likeliest first.
SELECT p.* FROM events.probable AS p
WHERE p.municipality_code = $municipality AND p.night = $night AND p.chosen
ORDER BY p.code, p.probability DESC, p.probable_id;
