-- name: approve
-- One row per item approved with others; where the officer had decided on the same content before, that decision is this one now.
INSERT INTO approval_decision (item_id, officer, verdict, reason_code, comment, content_hash, voided, decided_at)
VALUES ($item, $officer, 'approve', '', '', $content_hash, FALSE, $at)
ON CONFLICT (item_id, officer, content_hash) DO UPDATE SET
    verdict = excluded.verdict, reason_code = excluded.reason_code, comment = excluded.comment,
    decided_at = excluded.decided_at, voided = excluded.voided;
