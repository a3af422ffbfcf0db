-- code: E41
-- name: residence_period
-- ja: 在留期間満了接近・在留資格変更・帰化
-- en: Period of stay about to end, status of residence changed, naturalised
-- class: staff-only
-- table: residents
-- when: 60 days before visa_until
-- evidence: visa_until, visa_code, resident_type
-- reasons: EXPIRY, STATUS, NATURALISED
-- urgency: 1
-- together: person
-- source: events.md E41
-- traps: 特例期間 of two months; naturalised: the foreigner's row ends and a Japanese one begins under the same number, no death and no birth; a longer stay was granted meanwhile
SELECT r.resident_id AS subject_id, r.household_id, 'expiry' AS detail, r.day AS effective_on, FALSE AS date_unknown,
       CAST(NULL AS DATE) AS notified_on, r.day AS processed_on, r.day AS file_date, r.change_id, 'calendar' AS change_class,
       'EXPIRY' AS reason, TRUE AS moves
FROM reached AS r
WHERE r.code = 'E41'
UNION ALL
SELECT c.subject_id, c.after.household_id, CASE WHEN c.before.resident_type = '2' AND c.after.resident_type = '1' THEN 'naturalised' ELSE 'status' END,
       COALESCE(c.effective_date, c.file_date), COALESCE(c.effective_unknown, FALSE),
       c.notified_date, c.processed_date, c.file_date, c.change_id, c.class,
       CASE WHEN c.before.resident_type = '2' AND c.after.resident_type = '1' THEN 'NATURALISED'
            WHEN c.after.move_reason = 'TYPO_FIX' OR c.class = 'cancelled' THEN 'FIX'
            ELSE 'STATUS' END,
       c.before.visa_code IS DISTINCT FROM c.after.visa_code OR c.before.resident_type IS DISTINCT FROM c.after.resident_type
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night AND c.before.resident_type = '2' AND c.after.status = 'RESIDENT'
