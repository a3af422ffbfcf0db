-- code: E36
-- name: house_changed
-- ja: 家屋 新増築・改修・所有者変更
-- en: House built, extended, renovated or of another owner
-- class: automatic
-- table: property_tax
-- evidence: changed_on, change_reason
-- reasons: NEW, EXTENSION, RENOVATION, OWNER_CHANGE
-- urgency: 0
-- together: person
-- source: events.md E36
-- traps: a company owns it; co-owners: the representative alone; the owner is dead; demolished; another item of the row changes
SELECT c.subject_id AS subject_id, COALESCE(r.household_id, '') AS household_id, lower(COALESCE(c.after.change_reason, '')) AS detail, c.after.changed_on AS effective_on,
       c.after.changed_on IS NULL AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.change_reason AS reason,
       c.before.changed_on IS DISTINCT FROM c.after.changed_on OR c.before.change_reason IS DISTINCT FROM c.after.change_reason AS moves
FROM changes.property_tax AS c
LEFT JOIN people_now AS r ON r.municipality_code = c.municipality_code AND r.resident_id = c.subject_id
WHERE c.municipality_code = $municipality AND c.night = $night
  AND c.class IN ('appeared', 'changed') AND COALESCE(c.after.representative, TRUE) AND r.status = 'RESIDENT'
