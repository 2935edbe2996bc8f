-- Why: intelligence is found by its words, by what it points at, and by the values of its patterns. The same plain
-- tables on both databases, so that both find the same (ADR 0020). What was given before is indexed when the hub starts: it
-- is what has no row here.
CREATE TABLE intel_index (
    object BIGINT NOT NULL PRIMARY KEY REFERENCES intel_object (added),
    name TEXT NOT NULL
);
CREATE TABLE intel_word (
    word TEXT NOT NULL,
    object BIGINT NOT NULL REFERENCES intel_object (added),
    PRIMARY KEY (word, object)
);
CREATE INDEX intel_word_object ON intel_word (object);
-- What an object points at: the property, without positions in lists, and the id.
CREATE TABLE intel_edge (
    object BIGINT NOT NULL REFERENCES intel_object (added),
    property TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (object, property, target)
);
CREATE INDEX intel_edge_target ON intel_edge (target, object);
-- A text of which what matches an indicator's pattern has at least one; empty where it may match without.
CREATE TABLE intel_value (
    value TEXT NOT NULL,
    object BIGINT NOT NULL REFERENCES intel_object (added),
    PRIMARY KEY (value, object)
);
CREATE INDEX intel_value_object ON intel_value (object);
CREATE INDEX intel_object_version ON intel_object (stix_id, version);
