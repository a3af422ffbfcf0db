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

-- name: known
-- One row per event of nights up to $night, with its newest state up to then.
SELECT e.*, s.state, s.reason, s.night AS state_night
FROM events.events AS e
LEFT JOIN (
    SELECT * FROM events.states WHERE municipality_code = $municipality AND night <= $night
    QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY night DESC) = 1
) AS s ON s.event_id = e.event_id
WHERE e.municipality_code = $municipality AND e.night <= $night;

-- name: candidates
-- What one detector sees tonight.
SELECT * FROM (<select>) AS seen;

-- name: voiding
-- One row per change tonight that takes back or corrects an earlier entry of a person (R2).
SELECT c.subject_id, c.class, c.after.move_reason AS reason, c.position, c.moved,
       c.before.effective_date AS effective_before, c.effective_date AS effective_after,
       c.before.birth_date AS born_before, c.after.birth_date AS born_after, c.change_id, c.file_date,
       c.notified_date AS notified_on, c.processed_date AS processed_on
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night AND c.class IN ('cancelled', 'corrected')
ORDER BY c.subject_id, c.position;

-- name: voiding_nhi
-- One row per NHI entry tonight that cancels the person's earlier one.
SELECT c.subject_id FROM changes.nhi AS c
WHERE c.municipality_code = $municipality AND c.night = $night AND c.class = 'cancelled';

-- name: deaths
-- One row per person whose newest death entry of the last nights stands.
SELECT DISTINCT c.subject_id FROM changes.residents AS c
INNER JOIN now.residents AS r ON r.resident_id = c.subject_id AND r.municipality_code = c.municipality_code
WHERE c.municipality_code = $municipality AND c.night > $since AND c.night <= $night
  AND c.after.move_reason = 'DEATH' AND r.status = 'DEAD';

-- name: unnamed
-- One row per resident whose name is not registered yet.
SELECT resident_id FROM now.residents WHERE municipality_code = $municipality AND (name IS NULL OR name = '');

-- name: residents
-- One row: how many residents there are.
SELECT COUNT(*) AS residents FROM now.residents WHERE municipality_code = $municipality AND status = 'RESIDENT';

-- name: volumes
-- One row per night and code since the first loaded night: how many events were detected.
SELECT night, code, COUNT(*) AS events FROM events.events
WHERE municipality_code = $municipality AND night < $night GROUP BY night, code;

-- name: nights
-- One row per night loaded before tonight; the first one is the baseline.
SELECT DISTINCT night FROM history.files WHERE municipality_code = $municipality AND night < $night ORDER BY night;

-- name: evidence
-- One row per change: what stood before and after, as JSON.
SELECT change_id, to_json(before) AS before, to_json(after) AS after, file_date FROM <table>
WHERE municipality_code = $municipality AND night = $night;
