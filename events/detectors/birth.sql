-- code: E01
-- name: birth
-- ja: 出生
-- en: Birth
-- class: automatic
-- table: residents
-- evidence: move_reason, birth_date, household_id
-- reasons: BIRTH
-- urgency: 2
-- together: household
-- source: events.md E01
-- traps: cancelled (減); registered late; twins are one event; the baby dies within days; the name comes later
SELECT c.subject_id, c.after.household_id AS household_id, '' AS detail, c.after.birth_date AS effective_on,
       COALESCE(c.after.birth_date_unknown, FALSE) OR COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason, TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.move_reason = 'BIRTH'
