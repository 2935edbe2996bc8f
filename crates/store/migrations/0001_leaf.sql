-- Why: a leaf is written in the transaction of the change it tells of, and waits here until the
-- sequencer has given it its place in the ledger. `leaf_hash` (RFC 9162 section 2.1.1) is unique, so
-- that a crash between the log's write and ours is repaired by comparing hashes, and nothing doubles.
CREATE TABLE leaf (
    leaf_id TEXT NOT NULL PRIMARY KEY,
    leaf_hash BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL,
    queued_at BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    ledger_index BIGINT UNIQUE,
    receipt BLOB
);
CREATE INDEX leaf_waiting ON leaf (queued_at, ordinal, leaf_id) WHERE ledger_index IS NULL;
