-- name: append
-- One row per link of the chain.
INSERT INTO approval_auditrow (<columns>) <rows>;
