-- Invented registers for the benchmark of detection, one query a table: the first night's rows of a city of $count people. Ages 0 to 99,
-- two to a household; every query answers with the table's columns, and what history adds is added by the benchmark.

-- name: residents
SELECT CAST(i AS VARCHAR) AS resident_id, 1 AS hist_no, 0 AS hist_sub, CAST(i // 2 AS VARCHAR) AS household_id, 'RESIDENT' AS status,
       'DOMESTIC_IN' AS move_reason, CAST(1 + i % 2 AS VARCHAR) AS sex, '奈良 ' || CAST(i AS VARCHAR) AS name,
       CAST($night - CAST(hash(i) % 36000 AS INTEGER) AS DATE) AS birth_date,
       CAST($night - CAST(hash(i + 7) % 9000 AS INTEGER) AS DATE) AS resident_since,
       CASE WHEN i % 50 = 0 THEN CAST($night + CAST(hash(i) % 1000 AS INTEGER) AS DATE) END AS visa_until
FROM range($count) AS people (i)

-- name: guardianship
-- Both parents of everybody under 18.
SELECT CAST(i AS VARCHAR) AS child_id, CAST((i + n) % $count AS VARCHAR) AS adult_id, 'PARENT' AS guardian_kind
FROM range($count) AS people (i), range(1, 3) AS parents (n) WHERE hash(i) % 36000 < 6570

-- name: child_allowance
SELECT CAST((i + 1) % $count AS VARCHAR) AS claimant_id, CAST(i AS VARCHAR) AS child_id, 'RECEIVING' AS benefit_status
FROM range($count) AS people (i) WHERE hash(i) % 36000 < 6570

-- name: pregnancies
SELECT CAST(i AS VARCHAR) AS resident_id, 1 AS pregnancy_no, CAST($night - 100 AS DATE) AS registered_on, CAST($night + 100 AS DATE) AS due_on
FROM range($count) AS people (i) WHERE i % 160 = 0

-- name: child_rearing_allowance
SELECT CAST(i AS VARCHAR) AS claimant_id, 'FULL' AS grant_status FROM range($count) AS people (i) WHERE i % 110 = 0

-- name: disability
SELECT CAST(i AS VARCHAR) AS resident_id, 'PHYSICAL' AS handbook_kind, 'NEW' AS issue_reason, CAST(1 + i % 6 AS VARCHAR) AS grade,
       'ACTIVE' AS holder_status, CAST($night - 900 AS DATE) AS issued_on
FROM range($count) AS people (i) WHERE i % 20 = 0

-- name: light_vehicle_tax
SELECT 'v' || CAST(i AS VARCHAR) AS vehicle_id, CAST(i AS VARCHAR) AS resident_id, CAST($night - 900 AS DATE) AS acquired_on, 'NONE' AS relief_kind
FROM range($count) AS people (i) WHERE i % 4 = 0

-- name: pension
SELECT CAST(i AS VARCHAR) AS resident_id, '1' AS pension_kind, CAST($night - 900 AS DATE) AS kind_changed_on
FROM range($count) AS people (i) WHERE i % 8 = 0

-- name: screenings
SELECT CAST(i AS VARCHAR) AS resident_id, 'SPECIFIC' AS screening, 2025 AS fiscal_year, CAST($night - 200 AS DATE) AS screened_on
FROM range($count) AS people (i) WHERE i % 10 = 0

-- name: nhi
SELECT CAST(i AS VARCHAR) AS resident_id, 1 AS hist_no, 'MOVE_IN' AS acquired_reason, CAST($night - 900 AS DATE) AS acquired_on,
       CAST($night - 900 AS DATE) AS processed_date, 'ENTRY' AS entry_kind
FROM range($count) AS people (i) WHERE i % 5 = 0

-- name: ltc
SELECT CAST(i AS VARCHAR) AS resident_id, '1' AS category, 'CERTIFIED' AS cert_status, '2' || CAST(1 + i % 5 AS VARCHAR) AS care_level,
       CAST($night - 300 AS DATE) AS cert_from
FROM range($count) AS people (i) WHERE i % 15 = 0

-- name: family_register
SELECT CAST(i AS VARCHAR) AS resident_id, 'BIRTH' AS register_event, CAST($night - 9000 AS DATE) AS register_event_on
FROM range($count) AS people (i)

-- name: public_assistance
SELECT CAST(i AS VARCHAR) AS resident_id, CAST($night - 300 AS DATE) AS started_on FROM range($count) AS people (i) WHERE i % 60 = 0

-- name: resident_tax
SELECT CAST(i AS VARCHAR) AS resident_id, 2026 AS fiscal_year, '1' AS tax_status FROM range($count) AS people (i) WHERE i % 2 = 0

-- name: property_tax
SELECT 'p' || CAST(i AS VARCHAR) AS property_id, CAST(i AS VARCHAR) AS resident_id, TRUE AS representative, 'NEW' AS change_reason,
       CAST($night - 3000 AS DATE) AS changed_on
FROM range($count) AS people (i) WHERE i % 4 = 0

-- name: seal_registration
SELECT CAST(i AS VARCHAR) AS resident_id, 'REGISTERED' AS seal_status FROM range($count) AS people (i) WHERE i % 3 = 0
