-- name: of_events
-- One row per match of tonight that an event brought.
SELECT * FROM matches.matches WHERE municipality_code = $municipality AND night = $night AND event_code <> 'SWEEP';
