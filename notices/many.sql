-- name: from_json
-- One row per object of the list `$rows`, its values of the kinds of that table's columns.
SELECT <columns> FROM json_populate_recordset(CAST(NULL AS <table>), CAST($rows AS JSON));
