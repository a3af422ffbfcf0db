-- code: E52
-- name: cancellation
-- ja: 異動の取消し・誤記修正
-- en: Entry cancelled or corrected
-- class: control
-- table: residents
-- evidence: move_reason, status, effective_date
-- reasons: CANCEL_MINUS, CANCEL_PLUS, CANCEL_FIX, TYPO_FIX
-- urgency: 0
-- together: person
-- source: events.md E52; R2
-- traps: the cancelled row stays and is not named; what it was about is settled by R2
SELECT c.subject_id AS subject_id, c.after.household_id AS household_id, c.after.move_reason AS detail, c.file_date AS effective_on,
       FALSE AS date_unknown,
       c.notified_date AS notified_on, c.processed_date AS processed_on, c.file_date, c.change_id, c.class AS change_class,
       c.after.move_reason AS reason,
       TRUE AS moves
FROM changes.residents AS c
WHERE c.municipality_code = $municipality AND c.night = $night
  AND (c.class = 'cancelled' OR c.after.move_reason = 'TYPO_FIX')
