-- name: seeds
-- One row per person whose death was first seen in ($since, $until].
SELECT r.person_id AS seed_person, r.night AS seen_on FROM (
    SELECT e.*, LAG(e.status) OVER (PARTITION BY e.person_id ORDER BY e.source_order, e.night) AS status_before
    FROM readable_residents AS e WHERE e.municipality_code = $municipality AND e.night <= $until
) AS r
WHERE r.night > $since AND r.status = 'DEAD' AND r.status_before = 'RESIDENT' AND NOT r.gone;

-- name: features
-- One row per seed that left exactly one person of 60 or over at home: the subject, then the features.
WITH left_here AS (
    SELECT m.seed_id, COUNT(*) AS people FROM members AS m WHERE m.status = 'RESIDENT' GROUP BY m.seed_id
),
dead AS (
    SELECT m.seed_id FROM members AS m WHERE m.person_id = m.seed_person AND m.status = 'DEAD'
),
levels AS (
    SELECT m.seed_id, l.cert_status FROM members AS m
    INNER JOIN readable_ltc AS l ON l.municipality_code = m.municipality_code AND l.person_id = m.person_id AND l.night <= m.as_of
    WHERE m.person_id <> m.seed_person AND m.status = 'RESIDENT'
    QUALIFY ROW_NUMBER() OVER (PARTITION BY m.seed_id, m.person_id ORDER BY l.night DESC) = 1
),
heads AS (
    SELECT s.seed_id, r.person_id, r.rel1 FROM placed AS s
    INNER JOIN readable_residents AS r ON r.municipality_code = s.municipality_code AND r.household_id = s.household_id AND r.night < s.seen_on
    QUALIFY ROW_NUMBER() OVER (PARTITION BY s.seed_id, r.person_id ORDER BY r.source_order DESC, r.night DESC) = 1
)
SELECT m.seed_id, m.person_id AS subject_id,
       CASE WHEN m.age >= 80 THEN 1 ELSE 0 END AS over_80,
       CASE WHEN m.age < 70 THEN 1 ELSE 0 END AS under_70,
       CASE WHEN date_diff('day', m.resident_since, m.as_of) < 2922 THEN 1 ELSE 0 END AS newcomer,
       LEAST(GREATEST(date_diff('day', m.resident_since, m.as_of), 0), 14610) / 3652.5 AS decades_here,
       CASE WHEN l.cert_status = 'CERTIFIED' THEN 1 ELSE 0 END AS certified,
       CASE WHEN h.rel1 = 'HEAD' THEN 1 ELSE 0 END AS was_head
FROM members AS m
INNER JOIN left_here AS n ON n.seed_id = m.seed_id AND n.people = 1
INNER JOIN dead AS d ON d.seed_id = m.seed_id
LEFT JOIN levels AS l ON l.seed_id = m.seed_id
LEFT JOIN heads AS h ON h.seed_id = m.seed_id AND h.person_id = m.person_id
WHERE m.person_id <> m.seed_person AND m.status = 'RESIDENT' AND m.age >= 60 AND m.resident_since IS NOT NULL;

-- name: outcomes
-- One row per seed whose survivor was ever registered for watch-over visits: the first night that showed it.
SELECT m.seed_id, MIN(p.night) AS recorded_on FROM members AS m
INNER JOIN readable_programme_status AS p ON p.municipality_code = m.municipality_code AND p.person_id = m.person_id
WHERE m.person_id <> m.seed_person AND p.programme = 'watch_over' AND p.programme_state = 'RECEIVING' AND NOT p.gone
GROUP BY m.seed_id
