-- name: newest_delivery
-- One row per table: the business date of its newest accepted file, as of a night.
SELECT table_name, MAX(business_date) AS business_date FROM history.files
WHERE municipality_code = $municipality AND night <= $night AND state = 'accepted'
GROUP BY table_name;

-- name: rejected_since
-- One row per rejected file of a table whose business date is not older than a date.
SELECT reason FROM history.files
WHERE municipality_code = $municipality AND night <= $night AND table_name = $table_name AND state = 'rejected'
  AND business_date >= $since
ORDER BY business_date DESC;
