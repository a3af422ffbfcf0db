-- name: create_schema
CREATE SCHEMA IF NOT EXISTS events;

-- name: create_events
-- One row per event, in the partition of the night that detected it. Never changed later; its states are.
CREATE TABLE IF NOT EXISTS events.events (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    event_id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    class VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    subject_ids VARCHAR[] NOT NULL,
    household_id VARCHAR NOT NULL,
    occurred_on DATE,
    notified_on DATE,
    processed_on DATE,
    detected_on DATE NOT NULL,
    change_ids VARCHAR[] NOT NULL,
    evidence VARCHAR NOT NULL,
    urgency INTEGER NOT NULL
);

-- name: create_states
-- One row per event and night its state was set; the newest one counts.
CREATE TABLE IF NOT EXISTS events.states (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    event_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

-- name: create_living
-- One row per night: how many residents there were, so that the next night need not count them all.
CREATE TABLE IF NOT EXISTS events.living (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    residents BIGINT NOT NULL
);

-- name: known
-- One row per event of nights up to $night, with its newest state up to then.
SELECT e.*, s.state, s.reason, s.night AS state_night
FROM events.events AS e
LEFT JOIN (
    SELECT * FROM events.states WHERE municipality_code = $municipality AND night <= $night
    QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY night DESC) = 1
) AS s ON s.event_id = e.event_id
WHERE e.municipality_code = $municipality AND e.night <= $night;
