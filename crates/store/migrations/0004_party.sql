-- Why: organisations and people are reference data: the row is the truth, a leaf tells of each change.
-- Roles and flags are rows, so that one can ask who holds one.
CREATE TABLE organisation (
    org_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    sector_code TEXT,
    sector_table_version TEXT,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE TABLE organisation_flag (
    org_id TEXT NOT NULL REFERENCES organisation (org_id),
    flag TEXT NOT NULL,
    PRIMARY KEY (org_id, flag)
);
CREATE TABLE person (
    person_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES organisation (org_id),
    display_name TEXT NOT NULL,
    clearance_level TEXT,
    clearance_until BIGINT,
    clearance_source TEXT,
    standing TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX person_org ON person (org_id, person_id);
CREATE TABLE person_role (
    person_id TEXT NOT NULL REFERENCES person (person_id),
    role TEXT NOT NULL,
    PRIMARY KEY (person_id, role)
);
