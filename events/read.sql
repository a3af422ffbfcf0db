-- name: candidates
-- What one detector sees tonight, with its code.
SELECT <code> AS code, seen.subject_id, seen.household_id, seen.detail, seen.effective_on, seen.date_unknown, seen.notified_on,
       seen.processed_on, seen.file_date, seen.change_id, seen.reason, seen.moves
FROM (<select>) AS seen

-- name: corrected_births
-- One row per person whose birth date was put right tonight: an age may turn out to have been reached already.
SELECT DISTINCT c.subject_id AS resident_id FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night AND c.class <> 'cancelled' AND c.before.status IS NOT NULL
  AND (c.before.birth_date IS DISTINCT FROM c.after.birth_date
       OR COALESCE(c.before.birth_date_unknown, FALSE) <> COALESCE(c.after.birth_date_unknown, FALSE));

-- name: tables_with_news
-- One row per table that may have got rows tonight. A delta without rows brings none.
SELECT DISTINCT f.table_name FROM history.files AS f
WHERE f.municipality_code = $municipality AND f.night = $night AND f.state = 'accepted' AND (f.rows > 0 OR f.kind <> 'delta');

-- name: reached
-- One row per resident and event of `calendar_days`: one pass serves all of them.
-- On a day of a missed night nobody counts who came with a later file.
WITH due AS (
    SELECT r.resident_id, r.household_id, r.sex, r.birth_date, COALESCE(r.birth_date_unknown, FALSE) AS birth_date_unknown,
           r.resident_since, r.visa_until
    FROM people_now AS r
    WHERE r.municipality_code = $municipality AND r.status = 'RESIDENT'
),
based AS (
    SELECT due.*, 'birth_date' AS basis, due.birth_date AS value FROM due
    UNION ALL
    SELECT due.*, 'resident_since' AS basis, due.resident_since AS value FROM due
    UNION ALL
    SELECT due.*, 'visa_until' AS basis, due.visa_until AS value FROM due
),
newcomers AS (
    SELECT c.subject_id, MAX(c.change_id) AS change_id, MIN(c.file_date) AS came_with FROM changes.residents AS c
    WHERE c.municipality_code = $municipality AND c.night = $night AND c.after.status = 'RESIDENT' AND c.class <> 'cancelled'
      AND (c.before.status IS NULL OR c.before.status <> 'RESIDENT') 
      AND c.after.move_reason NOT IN ('BIRTH', 'EX_OFFICIO_ENTRY_NATURALISE', 'EX_OFFICIO_ENTRY_LOSS_OF_NATIONALITY')
    GROUP BY c.subject_id
)
SELECT d.code, d.detail, d.day, d.basis, b.resident_id, b.household_id, b.sex, b.birth_date, b.birth_date_unknown, b.resident_since,
       CASE WHEN d.whose = 'newcomers' THEN n.change_id
            ELSE md5(concat_ws('|', $municipality, d.code, b.resident_id, d.detail, CAST(d.day AS VARCHAR))) END AS change_id
FROM based AS b
INNER JOIN calendar_days AS d ON d.basis = b.basis AND d.value = b.value
LEFT JOIN newcomers AS n ON n.subject_id = b.resident_id
WHERE (d.whose = 'all' AND (n.subject_id IS NULL OR n.came_with <= d.day))
   OR (d.whose = 'newcomers' AND n.subject_id IS NOT NULL)
   OR (d.whose = 'corrected' AND b.resident_id IN (SELECT c.resident_id FROM corrected_births AS c)
       AND COALESCE(b.resident_since, d.day) <= d.day);

-- name: unborn
-- One row per pregnancy of `people_overdue` that ended otherwise or whose child nobody registered: (mother, registered on).
SELECT o.resident_id, o.registered_on FROM people_overdue AS o
WHERE o.ended OR NOT EXISTS (
    SELECT 1 FROM people_guardianship AS g INNER JOIN people_now AS k
        ON k.municipality_code = g.municipality_code AND k.resident_id = g.child_id
    WHERE g.adult_id = o.resident_id AND k.birth_date >= o.registered_on);

-- name: register_entries
-- One row per change so far of everybody whose register a row of tonight cancels or corrects, in the order of
-- their history, in which a late row has its place whatever night brought it (R2).
SELECT c.subject_id, c.change_id, c.night = $night AS tonight, c.after.move_reason AS reason, c.moved,
       c.before.effective_date AS effective_before, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS effective_unknown,
       c.after.birth_date AS born_on, COALESCE(c.after.birth_date_unknown, FALSE) AS born_unknown,
       c.before.processed_date AS processed_before, c.processed_date AS processed_on, c.notified_date AS notified_on
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night <= $night
  AND c.subject_id IN (
      SELECT t.subject_id FROM changes.residents AS t
      WHERE t.municipality_code = $municipality AND t.night = $night
        AND (t.class = 'cancelled' OR t.after.move_reason = 'TYPO_FIX'
             OR (t.before.birth_date IS NOT NULL AND t.before.birth_date IS DISTINCT FROM t.after.birth_date)))
ORDER BY c.subject_id, c.after.hist_no, c.after.hist_sub, c.night;

-- name: nhi_entries
-- The same of the NHI.
SELECT c.subject_id, c.change_id, c.night = $night AS tonight, c.after.entry_kind AS reason, c.moved,
       c.before.acquired_on AS effective_before, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS effective_unknown,
       CAST(NULL AS DATE) AS born_on, FALSE AS born_unknown,
       c.before.processed_date AS processed_before, c.processed_date AS processed_on, c.notified_date AS notified_on,
       c.before.lost_on AS ends_before, c.after.lost_on AS ends_on
FROM changes.nhi AS c
WHERE c.municipality_code = $municipality AND c.night <= $night
  AND c.subject_id IN (
      SELECT t.subject_id FROM changes.nhi AS t
      WHERE t.municipality_code = $municipality AND t.night = $night AND t.class IN ('cancelled', 'corrected'))
ORDER BY c.subject_id, c.after.hist_no, c.night;

-- name: reversals
-- Of a system that keeps one row a key and numbers none: one row per row of tonight that takes back an earlier one, and that one. It takes
-- back the newest that brought what it removes: the key says again what it said before, or is gone soon after it appeared.
SELECT t.subject_id, t.change_id AS by_change, t.notified_date, t.processed_date, c.change_id, c.night
FROM <changes> AS t
INNER JOIN <changes> AS c ON c.municipality_code = t.municipality_code AND c.position < t.position AND <same_key>
WHERE t.municipality_code = $municipality AND t.night = $night AND c.night <= $night AND <stood>
  AND ((t.class = 'changed' AND c.class = 'changed' AND <back_again> AND NOT (<untouched>))
       OR (t.class = 'gone' AND c.class = 'appeared' AND c.file_date >= $since))
QUALIFY ROW_NUMBER() OVER (PARTITION BY t.change_id ORDER BY c.position DESC) = 1

-- name: taken_back
-- For each of these pairs the earlier row and then the one that takes it back.
WITH pairs AS (
    <pairs>
),
entries AS (
    SELECT p.*, p.change_id AS own_change, p.night = $night AS tonight, 'ROW' AS reason, 1 AS place FROM pairs AS p
    UNION ALL
    SELECT p.*, p.by_change AS own_change, TRUE AS tonight, 'REVERSAL' AS reason, 2 AS place FROM pairs AS p
)
SELECT e.subject_id, e.own_change AS change_id, e.tonight, e.reason, CAST([] AS VARCHAR[]) AS moved,
       CAST(NULL AS DATE) AS effective_before, CAST(NULL AS DATE) AS effective_on, FALSE AS effective_unknown,
       CAST(NULL AS DATE) AS born_on, FALSE AS born_unknown,
       CAST(NULL AS DATE) AS processed_before, e.processed_date AS processed_on, e.notified_date AS notified_on
FROM entries AS e
ORDER BY e.subject_id, e.by_change, e.place;

-- name: known
-- One row per event of earlier nights that waits or concerns one of `people`, with its newest state before tonight.
SELECT e.*, s.state, s.reason FROM events.events AS e
LEFT JOIN (
    SELECT * FROM events.states WHERE municipality_code = $municipality AND night < $night
    QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY night DESC) = 1
) AS s ON s.event_id = e.event_id
WHERE e.municipality_code = $municipality AND e.night < $night
  AND (s.state = 'waiting' OR e.event_id IN (
      SELECT of_each.event_id FROM (
          SELECT event_id, UNNEST(subject_ids) AS subject_id FROM events.events
          WHERE municipality_code = $municipality AND night < $night
      ) AS of_each
      WHERE of_each.subject_id IN (SELECT p.subject_id FROM people AS p))
  OR e.event_id IN (
      SELECT of_each.event_id FROM (
          SELECT event_id, UNNEST(change_ids) AS change_id FROM events.events
          WHERE municipality_code = $municipality AND night < $night
      ) AS of_each
      WHERE of_each.change_id IN (SELECT t.change_id FROM touched AS t))
  OR (s.state = 'held' AND e.event_id IN (
      SELECT h.event_id FROM events.events AS h
      INNER JOIN events.releases AS r ON r.municipality_code = h.municipality_code AND r.code = h.code AND r.held_night = h.night
      WHERE h.municipality_code = $municipality AND r.from_night <= $night))
  OR (e.code = 'E02' AND s.state <> 'suppressed'))
ORDER BY e.night, e.event_id;

-- name: standing
-- One row per one of `people` who is dead, or whose name is not registered yet.
SELECT r.resident_id, r.status = 'DEAD' AS dead, r.unnamed FROM (
    SELECT h.resident_id, h.status, h.gone, h.name IS NULL OR h.name = '' AS unnamed FROM history.residents AS h
    WHERE h.municipality_code = $municipality AND h.night <= $night AND h.person_id IN (SELECT p.subject_id FROM people AS p)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY h.person_id ORDER BY h.source_order DESC, h.night DESC) = 1
) AS r
WHERE NOT r.gone AND (r.status = 'DEAD' OR r.unnamed);

-- name: first_night
-- One row: the first night that loaded a file, that is the baseline; NULL when none did.
SELECT MIN(night) AS night FROM history.files
WHERE municipality_code = $municipality AND night <= $night AND state = 'accepted';

-- name: volumes
-- One row per earlier night and code: how many events were detected, and whether they were held as a flood.
SELECT e.night, e.code, COUNT(*) AS events, MAX(CASE WHEN s.state = 'held' AND s.reason = 'volume' THEN 1 ELSE 0 END) AS held
FROM events.events AS e
LEFT JOIN events.states AS s ON s.event_id = e.event_id AND s.night = e.night AND s.municipality_code = e.municipality_code
WHERE e.municipality_code = $municipality AND e.night < $night AND e.night >= $since GROUP BY e.night, e.code;

-- name: stood
-- One row per change of one table asked for: what stood before and after in the columns that are shown, as JSON.
SELECT <table_name> AS table_name, c.change_id, to_json(struct_pack(before := struct_pack(<before>), after := struct_pack(<after>))) AS stood, c.file_date
FROM <changes> AS c
INNER JOIN wanted AS w ON w.change_id = c.change_id AND w.table_name = <table_name>
WHERE c.municipality_code = $municipality AND c.night <= $night

-- name: stands
-- One row per resident asked for, as of the night: what the register says in the columns that are shown, as JSON.
SELECT p.person_id AS subject_id, to_json(struct_pack(<columns>)) AS stands FROM people_now AS p
WHERE p.person_id IN (SELECT w.subject_id FROM wanted AS w);
