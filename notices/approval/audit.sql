-- name: append
-- One row per link of the chain.
INSERT INTO approval_auditrow (municipality_code, sequence, at, actor, action, subject, details, previous_hash, hash)
VALUES ($municipality, $sequence, $at, $actor, $action, $subject, $details, $previous, $hash);
