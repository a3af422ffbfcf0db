-- name: read_csv
-- One row per line that is one, in the file's order; the others are kept aside by the reader.
SELECT * FROM read_csv($path, columns = $columns, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
                       nullstr = '', strict_mode = true, store_rejects = true);

-- name: rejects
-- One row per line that is no row, with its first fault.
SELECT CAST(line AS BIGINT) AS line, MIN(CAST(error_type AS VARCHAR)) AS error_type,
       BOOL_OR(CAST(error_type AS VARCHAR) = 'UNQUOTED VALUE' AND contains(rtrim(csv_line, chr(10) || chr(13)), chr(10))) AS several_lines
FROM reject_errors GROUP BY line ORDER BY line;
