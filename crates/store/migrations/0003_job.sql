-- Why: what a change sets off outside the database is written with it and done later, by whichever
-- process takes the lease. `due_at` is when a waiting job may start and when a lease runs out alike.
CREATE TABLE job (
    job_id TEXT NOT NULL PRIMARY KEY,
    queue TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    attempts_max BIGINT NOT NULL,
    worker TEXT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX job_due ON job (queue, due_at, job_id) WHERE state = 'open';
