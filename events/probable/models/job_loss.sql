-- name: seeds
-- One row per NHI entry first seen in ($since, $until] that says no reason, of somebody who was not insured on another date before.
SELECT n.person_id AS seed_person, n.night AS seen_on FROM (
    SELECT e.*, LAG(e.acquired_on) OVER (PARTITION BY e.person_id ORDER BY e.source_order, e.night) AS acquired_before
    FROM readable_nhi AS e WHERE e.municipality_code = $municipality AND e.night <= $until
) AS n
WHERE n.night > $since AND n.acquired_on IS DISTINCT FROM n.acquired_before
  AND COALESCE(n.acquired_reason, 'OTHER') = 'OTHER' AND n.lost_on IS NULL AND NOT n.gone;

-- name: features
-- One row per seed whose person still lives here and is insured, aged 18 to 64: the subject, then the features.
WITH entries AS (
    SELECT s.seed_id, n.person_id, n.acquired_on, n.lost_on FROM members AS s
    INNER JOIN readable_nhi AS n ON n.municipality_code = s.municipality_code AND n.person_id = s.person_id AND n.night <= s.as_of
    QUALIFY ROW_NUMBER() OVER (PARTITION BY s.seed_id, n.person_id ORDER BY n.source_order DESC, n.night DESC) = 1
),
kinds AS (
    SELECT s.seed_id, p.pension_kind, p.kind_changed_on,
           LAG(p.pension_kind) OVER (PARTITION BY s.seed_id ORDER BY p.night) AS kind_before
    FROM placed AS s
    INNER JOIN readable_pension AS p ON p.municipality_code = s.municipality_code AND p.person_id = s.seed_person AND p.night <= s.as_of
    QUALIFY ROW_NUMBER() OVER (PARTITION BY s.seed_id ORDER BY p.night DESC) = 1
),
family AS (
    SELECT m.seed_id, COUNT(*) AS people,
           SUM(CASE WHEN m.person_id <> m.seed_person AND e.acquired_on = own.acquired_on AND e.lost_on IS NULL THEN 1 ELSE 0 END) AS joined
    FROM members AS m
    INNER JOIN entries AS own ON own.seed_id = m.seed_id AND own.person_id = m.seed_person
    LEFT JOIN entries AS e ON e.seed_id = m.seed_id AND e.person_id = m.person_id
    WHERE m.status = 'RESIDENT'
    GROUP BY m.seed_id
)
SELECT m.seed_id, m.person_id AS subject_id,
       CASE WHEN m.age BETWEEN 22 AND 59 THEN 1 ELSE 0 END AS from_22_to_59,
       CASE WHEN m.age >= 60 THEN 1 ELSE 0 END AS from_60,
       CASE WHEN m.age < 26 THEN 1 ELSE 0 END AS under_26,
       CASE WHEN m.rel1 = 'HEAD' THEN 1 ELSE 0 END AS head,
       CASE WHEN f.people = 1 THEN 1 ELSE 0 END AS alone,
       CASE WHEN day(e.acquired_on) = 1 THEN 1 ELSE 0 END AS first_of_month,
       LEAST(GREATEST(date_diff('day', e.acquired_on, m.seen_on), 0), 63) / 7.0 AS late_weeks,
       CASE WHEN k.pension_kind = '1' AND abs(date_diff('day', k.kind_changed_on, e.acquired_on)) <= 31 THEN 1 ELSE 0 END AS pension_first_kind,
       CASE WHEN k.pension_kind = '3' OR k.kind_before = '3' THEN 1 ELSE 0 END AS was_third_kind,
       LEAST(f.joined, 3) AS others_joined
FROM members AS m
INNER JOIN entries AS e ON e.seed_id = m.seed_id AND e.person_id = m.person_id AND e.lost_on IS NULL
INNER JOIN family AS f ON f.seed_id = m.seed_id
LEFT JOIN kinds AS k ON k.seed_id = m.seed_id
WHERE m.person_id = m.seed_person AND m.status = 'RESIDENT' AND m.age BETWEEN 18 AND 64;

-- name: outcomes
-- One row per seed whose outcome was ever recorded: the first night that showed it.
SELECT s.seed_id, MIN(n.night) AS recorded_on FROM placed AS s
INNER JOIN readable_nhi AS n ON n.municipality_code = s.municipality_code AND n.person_id = s.seed_person AND n.night >= s.seen_on
WHERE n.involuntary_relief
GROUP BY s.seed_id
