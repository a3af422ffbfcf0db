-- name: open_view
-- One row per row of a table of the snapshot, read where it lies.
CREATE VIEW <table> AS SELECT * FROM read_parquet(<file>);
