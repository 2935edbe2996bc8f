-- Why: how people and machines prove who they are. Secrets never stand here, only SHA-256 of random
-- values of 256 bits, which need no salt and no slow hash.
CREATE TABLE enrolment (
    token_hash BLOB NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (person_id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX enrolment_person ON enrolment (person_id);
CREATE TABLE passkey (
    credential_id BLOB NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (person_id),
    label TEXT NOT NULL,
    body BLOB NOT NULL,
    sign_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkey_person ON passkey (person_id);
CREATE TABLE oidc_link (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (person_id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX oidc_link_person ON oidc_link (person_id);
CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (person_id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    idle_micros BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    step_up_at BIGINT
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE api_token (
    token_id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (person_id),
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_token_person ON api_token (person_id);
CREATE TABLE client_certificate (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES organisation (org_id),
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX client_certificate_org ON client_certificate (org_id);
-- A fresh passkey signature over the digest of the very object approved, executed or unsealed.
CREATE TABLE step_up (
    step_up_id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (person_id),
    object_digest BLOB NOT NULL,
    assertion BLOB NOT NULL,
    at BIGINT NOT NULL,
    leaf_id TEXT NOT NULL REFERENCES leaf (leaf_id)
);
CREATE INDEX step_up_object ON step_up (object_digest);
