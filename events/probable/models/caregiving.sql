-- name: seeds
-- One row per person whose certification was first seen in ($since, $until], uncertified before.
SELECT l.person_id AS seed_person, l.night AS seen_on FROM (
    SELECT e.*, LAG(e.cert_status) OVER (PARTITION BY e.person_id ORDER BY e.night) AS status_before
    FROM readable_ltc AS e WHERE e.municipality_code = $municipality AND e.night <= $until
) AS l
WHERE l.night > $since AND l.cert_status = 'CERTIFIED' AND COALESCE(l.status_before, 'NONE') <> 'CERTIFIED' AND NOT l.gone;

-- name: features
-- One row per seed whose person lives here with another adult and is still certified: the subject, then the features.
WITH levels AS (
    SELECT s.seed_id, l.care_level, l.cert_status FROM placed AS s
    INNER JOIN readable_ltc AS l ON l.municipality_code = s.municipality_code AND l.person_id = s.seed_person AND l.night <= s.as_of
    QUALIFY ROW_NUMBER() OVER (PARTITION BY s.seed_id ORDER BY l.night DESC) = 1
),
adults AS (
    SELECT m.seed_id, COUNT(*) AS others, SUM(CASE WHEN m.age BETWEEN 40 AND 74 THEN 1 ELSE 0 END) AS of_working_age
    FROM members AS m WHERE m.person_id <> m.seed_person AND m.status = 'RESIDENT' AND m.age >= 18
    GROUP BY m.seed_id
)
SELECT m.seed_id, m.person_id AS subject_id,
       CASE WHEN l.care_level < '20' THEN 1 ELSE 0 END AS support_only,
       CASE WHEN l.care_level BETWEEN '22' AND '24' THEN 1 ELSE 0 END AS level_2_to_4,
       CASE WHEN l.care_level >= '23' THEN 1 ELSE 0 END AS needs_level_3,
       CASE WHEN l.care_level = '25' THEN 1 ELSE 0 END AS heaviest,
       CASE WHEN m.age >= 85 THEN 1 ELSE 0 END AS over_85,
       CASE WHEN a.others = 1 THEN 1 ELSE 0 END AS one_other,
       LEAST(a.others, 4) - 1 AS more_adults,
       CASE WHEN a.of_working_age > 0 THEN 1 ELSE 0 END AS grown_child_age,
       CASE WHEN a.of_working_age = 0 THEN 1 ELSE 0 END AS old_partner
FROM members AS m
INNER JOIN levels AS l ON l.seed_id = m.seed_id AND l.cert_status = 'CERTIFIED' AND l.care_level IS NOT NULL
INNER JOIN adults AS a ON a.seed_id = m.seed_id
WHERE m.person_id = m.seed_person AND m.status = 'RESIDENT';

-- name: outcomes
-- One row per seed with a co-resident who was ever registered as a carer: the first night that showed it.
SELECT m.seed_id, MIN(p.night) AS recorded_on FROM members AS m
INNER JOIN readable_programme_status AS p ON p.municipality_code = m.municipality_code AND p.person_id = m.person_id
WHERE m.person_id <> m.seed_person AND p.programme = 'family_carer' AND p.programme_state = 'RECEIVING' AND NOT p.gone
GROUP BY m.seed_id
