-- Why: what is shared is released to countries, and cleared by compartments (取扱区分): who reads has both.
ALTER TABLE organisation ADD COLUMN country TEXT NOT NULL DEFAULT 'JP';
ALTER TABLE person ADD COLUMN compartments TEXT NOT NULL DEFAULT '';

-- Why: a reader who polls must miss nothing, so "date added" is given in the order of commits. This row is
-- changed by every transaction that adds: the second one waits for the first.
CREATE TABLE intel_clock (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    last_added BIGINT NOT NULL
);
INSERT INTO intel_clock (one, last_added) VALUES (1, 0);

-- What a marking definition means, by its id and by whoever gave it: a definition counts for what its own giver
-- marks with it, or anybody could define what another's marking means. Definitions do not change (STIX 2.1,
-- section 7.2.1).
CREATE TABLE intel_marking (
    marking_id TEXT NOT NULL,
    producer TEXT NOT NULL,
    handling BLOB NOT NULL,
    PRIMARY KEY (marking_id, producer)
);
-- Who may see an object is decided once for each set of markings of one producer, not once for each object.
CREATE TABLE intel_label (
    label BIGINT NOT NULL PRIMARY KEY,
    producer TEXT NOT NULL,
    markings TEXT NOT NULL,
    UNIQUE (producer, markings)
);
-- Every version of every object as it came. `added` is its number and when it was first added.
CREATE TABLE intel_object (
    added BIGINT NOT NULL PRIMARY KEY,
    stix_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    version_text TEXT NOT NULL,
    kind TEXT NOT NULL,
    spec_version TEXT NOT NULL,
    revoked BIGINT NOT NULL,
    label BIGINT NOT NULL REFERENCES intel_label (label),
    producer TEXT NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL,
    leaf_id TEXT NOT NULL REFERENCES leaf (leaf_id),
    UNIQUE (stix_id, producer, version)
);
-- Which collection has it, since when. `superseded` says that another version may stand in its place.
CREATE TABLE intel_entry (
    collection TEXT NOT NULL,
    added BIGINT NOT NULL,
    object BIGINT NOT NULL REFERENCES intel_object (added),
    stix_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    superseded BIGINT NOT NULL,
    PRIMARY KEY (collection, added)
);
CREATE UNIQUE INDEX intel_entry_object ON intel_entry (object, collection);
CREATE INDEX intel_entry_version ON intel_entry (collection, stix_id, version);
-- What became of a request to add (TAXII 2.1, section 4.3).
CREATE TABLE intel_status (
    status_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX intel_status_at ON intel_status (at);
