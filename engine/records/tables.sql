-- name: create_history_schema
CREATE SCHEMA IF NOT EXISTS history;

-- name: create_changes_schema
CREATE SCHEMA IF NOT EXISTS changes;

-- name: create_files
-- One row per file a night met, accepted or rejected. `kind` is full, delta or retry (a landed file read again for its quarantined
-- rows); `encoding` is what its manifest declares; `read_by` tells the contract and profile it was read by from others; `dropped`
-- names the columns that the law forbids us and that were left at the door, with a space between.
CREATE TABLE IF NOT EXISTS history.files (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    file_id VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    table_name VARCHAR,
    business_date DATE NOT NULL,
    kind VARCHAR,
    rows BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    baseline BOOLEAN NOT NULL,
    encoding VARCHAR,
    read_by VARCHAR,
    dropped VARCHAR
);

-- name: add_encoding
ALTER TABLE history.files ADD COLUMN IF NOT EXISTS encoding VARCHAR;

-- name: add_read_by
ALTER TABLE history.files ADD COLUMN IF NOT EXISTS read_by VARCHAR;

-- name: add_dropped
ALTER TABLE history.files ADD COLUMN IF NOT EXISTS dropped VARCHAR;

-- name: create_quarantine
-- One row per row that was not loaded, with where it stands and why; never the value.
CREATE TABLE IF NOT EXISTS history.quarantine (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    quarantine_id VARCHAR NOT NULL,
    file_id VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    business_date DATE NOT NULL,
    row_number BIGINT NOT NULL,
    resident_id VARCHAR,
    source_key VARCHAR,
    reason VARCHAR NOT NULL
);

-- name: create_resolutions
-- One row per quarantined row that a later file brought right.
CREATE TABLE IF NOT EXISTS history.resolutions (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    quarantine_id VARCHAR NOT NULL
);

-- name: create_acceptances
-- One row per file that an operator accepted though it was too short to be believed: by whom and why.
CREATE TABLE IF NOT EXISTS history.acceptances (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    file_id VARCHAR NOT NULL,
    officer VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL
);

-- name: create_integrity
-- One row per count of a night's integrity report.
CREATE TABLE IF NOT EXISTS history.integrity (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    kind VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    number BIGINT NOT NULL,
    before BIGINT
);

-- name: create_history_table
-- Append-only: one row per source key (history) or per version of a key (state). `person_id`, `source_key` and
-- `source_order` repeat the contract's person, key and sequence under one name for every table.
CREATE TABLE IF NOT EXISTS <table> (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    file_id VARCHAR NOT NULL,
    business_date DATE NOT NULL,
    person_id VARCHAR NOT NULL,
    source_key VARCHAR NOT NULL,
    source_order BIGINT NOT NULL,
    row_hash VARCHAR NOT NULL,
    gone BOOLEAN NOT NULL,
    <columns>
);

-- name: create_changes_table
-- One row per typed (before, after) pair of one night.
CREATE TABLE IF NOT EXISTS <table> (
    municipality_code VARCHAR NOT NULL,
    night DATE NOT NULL,
    change_id VARCHAR NOT NULL,
    class VARCHAR NOT NULL,
    moved VARCHAR[] NOT NULL,
    subject_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    last_of_night BOOLEAN NOT NULL,
    effective_date DATE,
    effective_unknown BOOLEAN,
    notified_date DATE,
    processed_date DATE,
    file_date DATE NOT NULL,
    file_id VARCHAR NOT NULL,
    before STRUCT(<columns>),
    after STRUCT(<columns>)
);
