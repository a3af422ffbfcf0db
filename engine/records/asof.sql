-- name: create_schema
CREATE SCHEMA IF NOT EXISTS <schema>;

-- name: create_bound
-- One row: whose records the views of this schema show, and as of which night.
CREATE OR REPLACE TABLE <table> AS
SELECT CAST($municipality AS VARCHAR) AS municipality_code, CAST($on AS DATE) AS bound_on;

-- name: create_view
CREATE OR REPLACE VIEW <view> AS <rows>;

-- name: rows
-- One row per person (history tables) or key (state tables), of each bound night: the newest one known on it and not gone.
SELECT * FROM (
    SELECT h.municipality_code, h.night, h.gone, <columns>
    FROM <history> AS h
    INNER JOIN <bound> AS b ON h.municipality_code = b.municipality_code AND h.night <= b.bound_on
    QUALIFY ROW_NUMBER() OVER (PARTITION BY <part> ORDER BY h.source_order DESC, h.night DESC) = 1
) AS newest
WHERE NOT newest.gone;
