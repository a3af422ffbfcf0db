-- name: tables_with_news
-- One row per table that may have got rows tonight and whose first load was an earlier night. A delta without rows brings none.
SELECT f.table_name FROM history.files AS f
WHERE f.municipality_code = $municipality AND f.night <= $night AND f.state = 'accepted'
GROUP BY f.table_name
HAVING MIN(f.night) < $night AND MAX(CASE WHEN f.rows > 0 OR f.kind <> 'delta' THEN f.night END) = $night;

-- name: derive
-- One row per new row of history tonight, beside the row before it in the same person's (or key's) sequence (R1).
WITH sequence AS (
    SELECT h.night, h.file_id, h.business_date, h.person_id, h.source_key, h.row_hash, h.gone, <packed> AS content,
           ROW_NUMBER() OVER (PARTITION BY <part> ORDER BY h.source_order, h.night) AS place
    FROM <table> AS h
    WHERE h.municipality_code = $municipality AND h.night <= $night
      AND <part> IN (SELECT <tonight_part> FROM <table> AS t WHERE t.municipality_code = $municipality AND t.night = $night)
),
paired AS (
    SELECT s.*, p.content AS earlier, COALESCE(p.gone, TRUE) AS earlier_gone,
           LEAD(s.place) OVER (PARTITION BY <sequence_part> ORDER BY s.place) IS NULL AS is_last
    FROM sequence AS s
    LEFT JOIN sequence AS p ON <sequence_part> = <previous_part> AND p.place = s.place - 1
)
SELECT
    $municipality AS municipality_code,
    CAST($night AS DATE) AS night,
    md5(concat_ws('|', $municipality, $table_name, s.source_key, s.row_hash, CAST(s.place AS VARCHAR))) AS change_id,
    CASE
        WHEN s.gone AND <reason> IS NULL THEN 'gone'
        WHEN list_contains($cancelled, <reason>) THEN 'cancelled'
        WHEN list_contains($corrected, <reason>) THEN 'corrected'
        WHEN s.earlier IS NULL OR (s.earlier_gone AND <reason> IS NULL) THEN 'appeared'
        ELSE 'changed'
    END AS class,
    <moved> AS moved,
    s.person_id AS subject_id,
    CAST(s.place AS INTEGER) AS position,
    s.is_last AS last_of_night,
    <effective> AS effective_date,
    <effective_unknown> AS effective_unknown,
    <notified> AS notified_date,
    <processed> AS processed_date,
    s.business_date AS file_date,
    s.file_id,
    s.earlier AS before,
    s.content AS after
FROM paired AS s
WHERE s.night = $night;

-- name: count_classes
-- One row per class over one table's changes of the night.
SELECT class, COUNT(*) AS changes FROM <table> WHERE municipality_code = $municipality AND night = $night GROUP BY class;
