-- name: readable
-- One row per row of history, with the columns the register of the model grants and the keys that join them; nothing else can be read.
CREATE OR REPLACE TEMPORARY VIEW <view> AS
SELECT h.municipality_code, h.night, h.gone, h.source_order, h.person_id, <columns> FROM <history> AS h;

-- name: placed
-- One row per seed: the household its person was in on the night it is scored.
CREATE OR REPLACE TEMPORARY TABLE placed AS
SELECT $municipality AS municipality_code,
       md5(concat_ws('|', $municipality, $code, s.seed_person, CAST(s.seen_on AS VARCHAR))) AS seed_id,
       s.seed_person, s.seen_on, CAST(s.seen_on + CAST($wait AS INTEGER) AS DATE) AS as_of, r.household_id
FROM (<seeds>) AS s
INNER JOIN history.residents AS r ON r.municipality_code = $municipality AND r.person_id = s.seed_person
    AND r.night <= s.seen_on + CAST($wait AS INTEGER)
QUALIFY ROW_NUMBER() OVER (PARTITION BY s.seed_person, s.seen_on ORDER BY r.source_order DESC, r.night DESC) = 1;

-- name: members
-- One row per seed and person whose newest register row on the night it is scored is in that household; age in completed years.
CREATE OR REPLACE TEMPORARY TABLE members AS
SELECT p.*, r.person_id, r.gone, <columns>,
       year(p.as_of) - year(r.birth_date)
       - CASE WHEN month(p.as_of) * 100 + day(p.as_of) < month(r.birth_date) * 100 + day(r.birth_date) THEN 1 ELSE 0 END AS age
FROM placed AS p
INNER JOIN (
    SELECT DISTINCT q.seed_id, h.person_id FROM placed AS q
    INNER JOIN history.residents AS h ON h.municipality_code = q.municipality_code AND h.household_id = q.household_id
) AS who ON who.seed_id = p.seed_id
INNER JOIN readable_residents AS r ON r.municipality_code = p.municipality_code AND r.person_id = who.person_id AND r.night <= p.as_of
QUALIFY ROW_NUMBER() OVER (PARTITION BY p.seed_id, r.person_id ORDER BY r.source_order DESC, r.night DESC) = 1
    AND r.household_id = p.household_id;

-- name: scored
-- One row per subject to be scored: the features, and the first night that recorded the outcome, if any.
SELECT f.*, p.seen_on, p.as_of, p.household_id, o.recorded_on
FROM (<features>) AS f
INNER JOIN placed AS p ON p.seed_id = f.seed_id
LEFT JOIN (<outcomes>) AS o ON o.seed_id = f.seed_id
ORDER BY p.as_of, f.seed_id;

-- name: groups
-- One row per person asked for: what the model card counts errors by. Read for the card alone, never by a model.
SELECT r.person_id AS subject_id, r.sex, CASE WHEN r.nationality = 'JPN' THEN 'JPN' ELSE 'other' END AS nationality, r.birth_date
FROM history.residents AS r INNER JOIN wanted AS w ON w.subject_id = r.person_id
WHERE r.municipality_code = $municipality
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.person_id ORDER BY r.source_order DESC, r.night DESC) = 1;
