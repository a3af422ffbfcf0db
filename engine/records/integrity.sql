-- name: create_registered
-- One row per person in the register as of the night, whatever their status.
CREATE OR REPLACE TEMP TABLE registered_people AS
SELECT h.person_id, ARG_MAX(h.status, h.source_order) AS status, ARG_MAX(h.household_id, h.source_order) AS household_id,
       COALESCE(ARG_MAX(h.rel1, h.source_order) = 'HEAD', FALSE) AS is_head, ARG_MAX(h.birth_date, h.source_order) AS birth_date
FROM history.residents AS h
WHERE h.municipality_code = $municipality AND h.night <= $night
GROUP BY h.person_id
HAVING NOT ARG_MAX(h.gone, h.source_order);

-- name: forget_registered
DROP TABLE registered_people;

-- name: rows_of_table
-- One row: how many rows of a table stand as of the night, and how many of them are about people the register does not know.
SELECT COUNT(*) AS rows, COUNT(*) FILTER (WHERE r.person_id IS NULL) AS not_registered
FROM (
    SELECT MAX(h.person_id) AS person_id FROM <table> AS h
    WHERE h.municipality_code = $municipality AND h.night <= $night
    GROUP BY <part>
    HAVING NOT ARG_MAX(h.gone, <newest>)
) AS standing
LEFT JOIN registered_people AS r ON r.person_id = standing.person_id;

-- name: households_without_head
SELECT COUNT(*) FROM (
    SELECT r.household_id FROM registered_people AS r WHERE r.status = 'RESIDENT'
    GROUP BY r.household_id HAVING COUNT(*) FILTER (WHERE r.is_head) = 0
) AS headless;

-- name: households_with_heads
SELECT COUNT(*) FROM (
    SELECT r.household_id FROM registered_people AS r WHERE r.status = 'RESIDENT'
    GROUP BY r.household_id HAVING COUNT(*) FILTER (WHERE r.is_head) > 1
) AS several;

-- name: children_without_guardian
-- One row: minors (born after the day) who live here and for whom nobody is named as guardian.
SELECT COUNT(*) FROM registered_people AS r
WHERE r.status = 'RESIDENT' AND r.birth_date > $born_after
  AND NOT EXISTS (
    SELECT 1 FROM (
        SELECT h.person_id FROM history.guardianship AS h WHERE h.municipality_code = $municipality AND h.night <= $night
        GROUP BY h.source_key, h.person_id HAVING NOT ARG_MAX(h.gone, h.night)
    ) AS g WHERE g.person_id = r.person_id
  );

-- name: quarantined_by_reason
-- One row per table and reason: rows set aside that nothing brought right yet, and people known to be in them.
SELECT q.table_name, q.reason, COUNT(*) AS rows, COUNT(DISTINCT q.resident_id) AS people FROM (<open>) AS q
GROUP BY q.table_name, q.reason ORDER BY q.table_name, q.reason;

-- name: delivered
-- One row per table: rows that came with tonight's files.
SELECT f.table_name, SUM(f.rows) AS rows FROM history.files AS f
WHERE f.municipality_code = $municipality AND f.night = $night AND f.state = 'accepted' AND f.table_name IS NOT NULL
GROUP BY f.table_name;

-- name: findings_before
-- One row per finding of the newest night before this one that has any.
SELECT i.kind, i.table_name, i.detail, i.number FROM history.integrity AS i
WHERE i.municipality_code = $municipality
  AND i.night = (SELECT MAX(j.night) FROM history.integrity AS j WHERE j.municipality_code = $municipality AND j.night < $night);

-- name: findings
-- One row per finding of one night.
SELECT i.night, i.kind, i.table_name, i.detail, i.number, i.before FROM history.integrity AS i
WHERE i.municipality_code = $municipality AND i.night = $night
ORDER BY i.kind, i.table_name, i.detail;

-- name: newest_night
SELECT MAX(i.night) FROM history.integrity AS i WHERE i.municipality_code = $municipality;
