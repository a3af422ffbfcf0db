-- code: E31
-- name: care_level
-- ja: 要介護認定 新規・区分変更
-- en: Care level certified or changed
-- class: automatic
-- table: ltc
-- evidence: cert_status, care_level, cert_from
-- reasons: CERTIFIED
-- urgency: 0
-- together: person
-- source: events.md E31
-- traps: 更新 with the same level; 申請中 is not certified yet; the start lies in the past; brought along by a move-in
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, '' AS detail, c.after.cert_from AS effective_on,
       c.after.cert_from IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       CASE WHEN c.after.cert_status = 'CERTIFIED' THEN 'CERTIFIED' ELSE 'NOT_YET' END AS reason,
       c.after.care_level IS NOT NULL AND c.before.care_level IS DISTINCT FROM c.after.care_level AS moves
FROM changes.ltc AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND c.after.lost_on IS NULL
