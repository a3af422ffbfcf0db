-- code: E27
-- name: partner_in_household
-- ja: 単親要件喪失の疑い
-- en: A partner in a single parent's household
-- class: staff-only
-- table: residents
-- evidence: rel1, household_id
-- reasons: PARTNER
-- urgency: 1
-- together: person
-- source: events.md E27
-- traps: flatmates, parents and siblings at one address; the same address in another household is not looked at; a case for staff, never a letter
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, '' AS detail, c.effective_date AS effective_on,
       COALESCE(c.effective_unknown, FALSE) AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       CASE WHEN c.class IN ('appeared', 'changed') THEN 'PARTNER' ELSE 'FIX' END AS reason,
       c.before.rel1 IS DISTINCT FROM c.after.rel1 OR c.before.household_id IS DISTINCT FROM c.after.household_id AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.after.status = 'RESIDENT' AND c.after.rel1 IN ('HUSBAND', 'WIFE', 'HUSBAND_UNREGISTERED', 'WIFE_UNREGISTERED') AND EXISTS (
      SELECT 1 FROM people_child_rearing_allowance AS b INNER JOIN people_now AS m ON m.municipality_code = b.municipality_code AND m.resident_id = b.claimant_id
      WHERE b.municipality_code = c.municipality_code AND b.grant_status IN ('FULL', 'PARTIAL', 'SUSPENDED') AND m.status = 'RESIDENT' AND m.household_id = c.after.household_id)
