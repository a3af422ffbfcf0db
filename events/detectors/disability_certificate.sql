-- code: E30
-- name: disability_certificate
-- ja: 障害者手帳の交付・等級変更
-- en: Disability certificate issued or its grade changed
-- class: automatic
-- table: disability
-- evidence: handbook_kind, grade, issued_on
-- reasons: ISSUED
-- urgency: 0
-- together: person
-- source: events.md E30
-- traps: 再交付・更新 with the same grade; brought along by a move-in; a row that still carries the reason of years ago
SELECT c.subject_id, COALESCE(r.household_id, '') AS household_id, c.after.handbook_kind AS detail, c.effective_date AS effective_on,
       FALSE AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       CASE WHEN c.before.grade IS NULL AND c.after.issue_reason IN ('NEW', 'GRADE_CHANGE') THEN 'ISSUED'
            WHEN c.before.grade IS NOT NULL AND c.before.grade <> c.after.grade THEN 'ISSUED'
            WHEN c.after.issue_reason = 'NEW' THEN 'ISSUED'
            ELSE 'REISSUE' END AS reason,
       c.before.grade IS DISTINCT FROM c.after.grade OR c.before.issued_on IS DISTINCT FROM c.after.issued_on AS moves
FROM changes.disability AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.holder_status = 'ACTIVE'
