-- name: put_out
-- One row per approved notice; one that was stopped at sending and approved again keeps its row, with what holds now.
INSERT INTO approval_outboxrow (<columns>) <rows>
ON CONFLICT (notice_id) DO UPDATE SET
    municipality_code = excluded.municipality_code, channel = excluded.channel, content_hash = excluded.content_hash,
    not_before = excluded.not_before, not_after = excluded.not_after, created_at = excluded.created_at;
