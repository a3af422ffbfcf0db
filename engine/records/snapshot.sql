-- name: tables
-- One row per table or view worth reading outside the night.
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema IN ('history', 'events', 'matches') OR (table_schema = 'now' AND table_name <> 'bound')
ORDER BY table_schema, table_name;

