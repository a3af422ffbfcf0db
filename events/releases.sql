-- name: create_schema
CREATE SCHEMA IF NOT EXISTS events;

-- name: create_releases
-- One row per kind and night that an operator released; it counts from `from_night` on.
CREATE TABLE IF NOT EXISTS events.releases (
    municipality_code VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    held_night DATE NOT NULL,
    from_night DATE NOT NULL,
    officer VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    released_at TIMESTAMP WITH TIME ZONE NOT NULL
);

-- name: held
-- One row: how many events of a kind that a night found are held on the eve of another.
SELECT COUNT(*) AS held FROM events.events AS e
INNER JOIN (
    SELECT * FROM events.states WHERE municipality_code = $municipality AND night < $before
    QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY night DESC) = 1
) AS s ON s.event_id = e.event_id
WHERE e.municipality_code = $municipality AND e.code = $code AND e.night = $night AND s.state = 'held';

-- name: insert
INSERT INTO events.releases VALUES ($municipality, $code, $night, $from_night, $officer, $reason, $released_at);

-- name: released
-- One row per kind and night released by a night.
SELECT DISTINCT code, held_night FROM events.releases WHERE municipality_code = $municipality AND from_night <= $night;
