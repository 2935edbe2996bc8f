-- Why: governed things are the replay of their events. The reference to `leaf` makes an event
-- without a leaf impossible, whoever writes it.
CREATE TABLE event (
    topic TEXT NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    leaf_id TEXT NOT NULL REFERENCES leaf (leaf_id),
    body BLOB NOT NULL,
    PRIMARY KEY (topic, id, version)
);
CREATE INDEX event_leaf ON event (leaf_id);
-- A long history is read from its last snapshot. It can be dropped at any time.
CREATE TABLE snapshot (
    topic TEXT NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    shape BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (topic, id)
);
