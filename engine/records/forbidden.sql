-- name: weighted_digits
-- The weighted sum of the first eleven digits (番号法総務省令 5条).
CREATE OR REPLACE TEMP MACRO weighted_digits(x) AS
    6 * TRY_CAST(substr(x, 1, 1) AS INTEGER) + 5 * TRY_CAST(substr(x, 2, 1) AS INTEGER) + 4 * TRY_CAST(substr(x, 3, 1) AS INTEGER)
    + 3 * TRY_CAST(substr(x, 4, 1) AS INTEGER) + 2 * TRY_CAST(substr(x, 5, 1) AS INTEGER) + 7 * TRY_CAST(substr(x, 6, 1) AS INTEGER)
    + 6 * TRY_CAST(substr(x, 7, 1) AS INTEGER) + 5 * TRY_CAST(substr(x, 8, 1) AS INTEGER) + 4 * TRY_CAST(substr(x, 9, 1) AS INTEGER)
    + 3 * TRY_CAST(substr(x, 10, 1) AS INTEGER) + 2 * TRY_CAST(substr(x, 11, 1) AS INTEGER);

-- name: is_individual_number
-- Whether a text is twelve digits whose last is the check digit of an Individual Number.
CREATE OR REPLACE TEMP MACRO is_individual_number(x) AS
    CASE WHEN regexp_matches(x, '^[0-9]{12}$')
         THEN TRY_CAST(substr(x, 12, 1) AS INTEGER)
              = CASE WHEN weighted_digits(x) % 11 <= 1 THEN 0 ELSE 11 - weighted_digits(x) % 11 END
         ELSE FALSE END;
