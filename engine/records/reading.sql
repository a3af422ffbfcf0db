-- name: scan_csv
read_csv($path, columns = $columns, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '',
         strict_mode = true, store_rejects = true, rejects_scan = 'scans_of_feed', rejects_table = 'rejects_of_feed')

-- name: scan_parquet
read_parquet($path)

-- name: forget_rejects
DROP TABLE IF EXISTS rejects_of_feed; DROP TABLE IF EXISTS scans_of_feed;

-- name: rejects
-- One row per line that is no row, with its first fault.
SELECT CAST(line AS BIGINT) AS line, MIN(CAST(error_type AS VARCHAR)) AS error_type,
       BOOL_OR(CAST(error_type AS VARCHAR) = 'UNQUOTED VALUE' AND contains(rtrim(csv_line, chr(10) || chr(13)), chr(10))) AS several_lines
FROM rejects_of_feed GROUP BY line ORDER BY line;
