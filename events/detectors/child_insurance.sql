-- code: E21
-- name: child_insurance
-- ja: 子の健康保険変更
-- en: A child's health insurance changed
-- class: staff-only
-- table: nhi
-- evidence: acquired_on, acquired_reason, lost_on, lost_reason
-- reasons: ENTRY
-- urgency: 0
-- together: household
-- source: events.md E21
-- traps: gaps while a parent changes jobs; a newborn's first entry; corrected or cancelled entries
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, CASE WHEN c.after.lost_on IS NULL THEN 'acquired' ELSE 'lost' END AS detail, COALESCE(c.after.lost_on, c.effective_date) AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.entry_kind AS reason,
       c.before.entry_kind IS NULL OR c.before.acquired_on IS DISTINCT FROM c.after.acquired_on OR c.before.lost_on IS DISTINCT FROM c.after.lost_on AS moves
FROM changes.nhi AS c
LEFT JOIN now.residents AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND COALESCE(c.after.acquired_reason, '') <> 'BIRTH' AND r.status = 'RESIDENT' AND (year(r.birth_date) + 18 + CASE WHEN month(r.birth_date) * 100 + day(r.birth_date) >= 402 THEN 1 ELSE 0 END) * 10000 + 331
          >= year(c.file_date) * 10000 + month(c.file_date) * 100 + day(c.file_date)
