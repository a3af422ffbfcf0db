-- name: create_schema
CREATE SCHEMA IF NOT EXISTS warehouse;

-- name: create_marks
-- One row per finished stage of a night; its summary is what the stage reported.
CREATE TABLE IF NOT EXISTS warehouse.marks (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    stage VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    PRIMARY KEY (municipality_code, night, stage)
);

-- name: delete_partition
DELETE FROM <table> WHERE municipality_code = $municipality AND night = $night;

-- name: insert_rows
INSERT INTO <table> BY NAME <rows>;

-- name: select_incoming
SELECT * FROM incoming_rows;

-- name: select_all
SELECT * FROM <table>;

-- name: delete_mark
DELETE FROM warehouse.marks WHERE municipality_code = $municipality AND night = $night AND stage = $stage;

-- name: insert_mark
INSERT INTO warehouse.marks (municipality_code, night, stage, summary) VALUES ($municipality, $night, $stage, $summary);

-- name: select_mark
SELECT summary FROM warehouse.marks WHERE municipality_code = $municipality AND night = $night AND stage = $stage;

-- name: select_last_mark
SELECT max(night) FROM warehouse.marks WHERE municipality_code = $municipality AND night < $before AND stage = $stage;
