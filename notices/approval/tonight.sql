-- name: happenings
-- One row per event whose state was decided tonight and not again since: an older night run again leaves it to the later one.
SELECT e.event_id, e.code, e.class AS event_class, e.subject_ids, e.household_id, e.occurred_on, e.detected_on, e.evidence,
       s.state, s.reason
FROM events.states AS s
INNER JOIN events.events AS e ON e.event_id = s.event_id AND e.municipality_code = s.municipality_code
WHERE s.municipality_code = $municipality AND s.night = $night AND e.night <= $night
  AND NOT EXISTS (
    SELECT 1 FROM events.states AS later
    WHERE later.event_id = s.event_id AND later.municipality_code = s.municipality_code AND later.night > s.night
  )
ORDER BY e.event_id;

-- name: matches
-- One row per match of tonight.
SELECT * FROM matches.matches WHERE municipality_code = $municipality AND night = $night ORDER BY match_id;

-- name: people
-- One row per person asked for, as the newest records know them.
SELECT resident_id, status, birth_date FROM now.residents
WHERE municipality_code = $municipality AND resident_id IN (SELECT UNNEST($people))
ORDER BY resident_id;

-- name: adopted
-- One row per person asked for whose family register shows an adoption or its end since a date (law.md L6).
SELECT resident_id FROM now.family_register
WHERE municipality_code = $municipality AND resident_id IN (SELECT UNNEST($people))
  AND register_event IN ('ADOPTION', 'DISSOLUTION') AND register_event_on >= $since
ORDER BY resident_id;
