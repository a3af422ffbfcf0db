-- name: create_schema
CREATE SCHEMA IF NOT EXISTS matches;

-- name: create_matches
-- One row per settled event, programme and subject, in the partition of the night that matched it.
CREATE TABLE IF NOT EXISTS matches.matches (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    match_id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    event_code VARCHAR NOT NULL,
    programme VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    household_id VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    excluded VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    office VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    sensitivity VARCHAR NOT NULL,
    criteria VARCHAR NOT NULL,
    amount VARCHAR NOT NULL,
    deadline_on DATE,
    last_loss_free_on DATE,
    late BOOLEAN NOT NULL,
    facts VARCHAR NOT NULL,
    occurred_on DATE,
    verify VARCHAR[] NOT NULL
);

-- name: settled_tonight
-- One row per subject of an automatic event that settled tonight, with the household they are in by now, or were in at the event.
WITH settled AS (
    SELECT e.event_id, e.code, e.detail, e.occurred_on, e.detected_on, u.subject_id, e.household_id
    FROM events.events AS e
    INNER JOIN events.states AS s ON s.event_id = e.event_id AND s.municipality_code = e.municipality_code AND s.night = $night AND s.state = 'settled'
    CROSS JOIN UNNEST(e.subject_ids) AS u (subject_id)
    WHERE e.municipality_code = $municipality AND e.night <= $night AND e.class = 'automatic'
),
newest AS (
    SELECT h.resident_id, h.household_id, h.gone FROM history.residents AS h
    WHERE h.municipality_code = $municipality AND h.night <= $night AND h.person_id IN (SELECT subject_id FROM settled)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY h.person_id ORDER BY h.source_order DESC, h.night DESC) = 1
)
SELECT e.event_id, e.code, e.detail, e.occurred_on, e.detected_on, e.subject_id, COALESCE(r.household_id, e.household_id) AS household_id
FROM settled AS e
LEFT JOIN newest AS r ON r.resident_id = e.subject_id AND NOT r.gone
ORDER BY e.event_id, e.subject_id;
