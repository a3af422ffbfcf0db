-- name: approve
-- One row per item approved with others; where the officer had decided on the same content before, that decision is this one now.
INSERT INTO approval_decision (<columns>) <rows>
ON CONFLICT (item_id, officer, content_hash) DO UPDATE SET
    verdict = excluded.verdict, reason_code = excluded.reason_code, comment = excluded.comment,
    decided_at = excluded.decided_at, voided = excluded.voided;
