-- The staging schema: clean postings, rejected rows, the queue and the ledger. This file is applied in one transaction, and
-- again whenever it changes, so every statement can be repeated. A staging table of the Python pipeline is upgraded and keeps
-- its rows. The indexes of the staging table are created afterwards, because this transaction has locks that readers wait for.

\ir schema/create_schema.sql

-- The schema cache: the version of each script that was applied last.
CREATE TABLE IF NOT EXISTS :"staging".etl_scripts (
    name       TEXT PRIMARY KEY,
    checksum   TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
ALTER TABLE :"staging".etl_scripts ADD COLUMN IF NOT EXISTS version INTEGER;

-- Clean postings. An older table gets the columns that it does not have; its rows stay. `processed_to_dwh` belongs to the
-- loader of the warehouse.
CREATE TABLE IF NOT EXISTS :"staging".staging_jobs (:{staging DEFINITION});
\ir schema/add_columns.sql

\ir schema/widen_columns.sql
\ir schema/mark_changed_rows.sql
\ir schema/stamp_published_rows.sql
\ir schema/comment_columns.sql
COMMENT ON TABLE :"staging".staging_jobs IS 'Clean job postings, one row for each posting. A row is written once, with all of its columns';

-- Rejected rows, each with its reason. After a run, a row is here or in staging. It is in both only if a foreign key or a trigger
-- did not let it leave staging (rule_set = 'kept_in_staging').
CREATE TABLE IF NOT EXISTS :"staging".etl_rejects (
    job_id      TEXT PRIMARY KEY,
    source_hash BIGINT NOT NULL,
    rule_set    TEXT NOT NULL,
    phase       TEXT NOT NULL,
    field       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    value       TEXT,
    run_id      UUID NOT NULL,
    rejected_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
ALTER TABLE :"staging".etl_rejects ADD COLUMN IF NOT EXISTS removed_at TIMESTAMPTZ;

-- Finds the rejected rows that had to stay in staging, which each run processes again.
CREATE INDEX IF NOT EXISTS etl_rejects_kept_idx ON :"staging".etl_rejects (job_id) WHERE rule_set = 'kept_in_staging';

-- The ledger of runs. An older table gets the new columns, and its entries stay.
CREATE TABLE IF NOT EXISTS :"staging".etl_runs (
    run_id      UUID PRIMARY KEY,
    started_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ,
    state       TEXT NOT NULL,
    host        TEXT NOT NULL,
    pid         INTEGER NOT NULL,
    error_code  TEXT,
    message     TEXT,
    results     JSONB
);
ALTER TABLE :"staging".etl_runs
    ADD COLUMN IF NOT EXISTS attempt  INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS as_of    TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS settings JSONB,
    ADD COLUMN IF NOT EXISTS retry_of UUID,
    ADD COLUMN IF NOT EXISTS fills    TEXT,
    DROP CONSTRAINT IF EXISTS etl_runs_state_check,
    ADD CONSTRAINT etl_runs_state_check CHECK (state IN ('running', 'done', 'failed', 'abandoned', 'refused'));

-- The phases of each attempt.
CREATE TABLE IF NOT EXISTS :"staging".etl_phases (
    run_id      UUID NOT NULL,
    attempt     INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    phase       TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed', 'skipped', 'stopped')),
    why         TEXT,
    changed_at  TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    results     JSONB,
    PRIMARY KEY (run_id, attempt, seq)
);

-- Every transition of a run or a phase, and of a batch that failed, in the order in which the transitions were written.
CREATE TABLE IF NOT EXISTS :"staging".etl_events (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    run_id   UUID NOT NULL,
    attempt  INTEGER NOT NULL,
    event    TEXT NOT NULL,
    phase    TEXT,
    batch_no BIGINT,
    detail   TEXT
);
CREATE INDEX IF NOT EXISTS etl_events_run_idx ON :"staging".etl_events (run_id);

-- The processes that work on a run's queue, with their heartbeat.
CREATE TABLE IF NOT EXISTS :"staging".etl_workers (
    worker       UUID PRIMARY KEY,
    run_id       UUID NOT NULL,
    name         TEXT NOT NULL,
    host         TEXT NOT NULL,
    pid          INTEGER NOT NULL,
    backend      INTEGER NOT NULL,
    started_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    heartbeat_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    ended_at     TIMESTAMPTZ
);

-- The plan of each run. `rejected` grows while the batches of the run are published. The quality gate of all processes of the
-- run reads it.
CREATE TABLE IF NOT EXISTS :"staging".etl_plans (
    run_id          UUID PRIMARY KEY,
    planned_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    raw             BIGINT NOT NULL,
    planned         BIGINT NOT NULL,
    unchanged       BIGINT NOT NULL,
    rejected_before BIGINT NOT NULL,
    left_rows       BIGINT NOT NULL,
    batches         BIGINT NOT NULL,
    rejected        BIGINT NOT NULL DEFAULT 0
);
ALTER TABLE :"staging".etl_plans
    ADD COLUMN IF NOT EXISTS rows_unfinished     BIGINT,
    ADD COLUMN IF NOT EXISTS rejected_unfinished BIGINT,
    ADD COLUMN IF NOT EXISTS refreshed_as_of     TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS known_xid           BIGINT,
    ADD COLUMN IF NOT EXISTS bound_to            TEXT,
    ADD COLUMN IF NOT EXISTS compared_all        BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS counted             BIGINT,
    ADD COLUMN IF NOT EXISTS removed             BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS changed             BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS replayed            BIGINT NOT NULL DEFAULT 0;

-- The queue: one row for each batch, so that lanes of several processes can share it.
CREATE TABLE IF NOT EXISTS :"staging".etl_batches (
    run_id      UUID NOT NULL,
    batch_no    BIGINT NOT NULL,
    row_count   BIGINT NOT NULL,
    rule_set    TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'queued',
    claimed_by  TEXT,
    claimed_at  TIMESTAMPTZ,
    done_at     TIMESTAMPTZ,
    new         BIGINT,
    updated     BIGINT,
    unchanged   BIGINT,
    rejected    BIGINT,
    left_rows   BIGINT,
    PRIMARY KEY (run_id, batch_no)
);
ALTER TABLE :"staging".etl_batches
    ADD COLUMN IF NOT EXISTS worker       UUID,
    ADD COLUMN IF NOT EXISTS failed_phase TEXT,
    ADD COLUMN IF NOT EXISTS error_code   TEXT,
    ADD COLUMN IF NOT EXISTS message      TEXT,
    ADD COLUMN IF NOT EXISTS spilled_to   TEXT,
    ADD COLUMN IF NOT EXISTS first_block  BIGINT,
    ADD COLUMN IF NOT EXISTS end_block    BIGINT,
    ADD COLUMN IF NOT EXISTS is_new       BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS warnings     JSONB,
    ADD COLUMN IF NOT EXISTS removed      BIGINT,
    ADD COLUMN IF NOT EXISTS partition    OID,
    ADD COLUMN IF NOT EXISTS partition_no INTEGER,
    DROP CONSTRAINT IF EXISTS etl_batches_state_check,
    ADD CONSTRAINT etl_batches_state_check CHECK (state IN ('queued', 'claimed', 'done', 'failed', 'superseded'));
CREATE INDEX IF NOT EXISTS etl_batches_queued_idx ON :"staging".etl_batches (run_id, batch_no) WHERE state = 'queued';

-- The rows that the active run has to process. Only one run at a time uses this table, because a run needs the run lock. The
-- table is unlogged, so it is empty after a crash of the server. The next run then finds the same work again by comparing raw
-- rows with staging.
CREATE UNLOGGED TABLE IF NOT EXISTS :"staging".etl_work (
    batch_no    BIGINT NOT NULL,
    job_id      TEXT NOT NULL,
    source_hash BIGINT NOT NULL,
    PRIMARY KEY (batch_no, job_id)
);
ALTER TABLE :"staging".etl_work
    DROP COLUMN IF EXISTS salary_min, DROP COLUMN IF EXISTS salary_max, DROP COLUMN IF EXISTS salary_type,
    DROP COLUMN IF EXISTS salary_period, DROP COLUMN IF EXISTS due_date, DROP COLUMN IF EXISTS warnings,
    ADD COLUMN IF NOT EXISTS was_rejected BOOLEAN NOT NULL DEFAULT false;

-- The parsed salaries and deadlines of this work, one row for each distinct text. A hash index accepts a text of any length.
CREATE TABLE IF NOT EXISTS :"staging".etl_salaries (
    text          TEXT NOT NULL,
    salary_min    NUMERIC,
    salary_max    NUMERIC,
    salary_type   TEXT,
    salary_period TEXT,
    warning       TEXT
);
CREATE TABLE IF NOT EXISTS :"staging".etl_deadlines (
    text       TEXT NOT NULL,
    days       INTEGER,
    end_of_day TIMESTAMPTZ,
    warning    TEXT
);
ALTER TABLE :"staging".etl_salaries
    ADD COLUMN IF NOT EXISTS salary_monthly_min NUMERIC,
    ADD COLUMN IF NOT EXISTS salary_monthly_max NUMERIC;
ALTER TABLE :"staging".etl_deadlines
    ADD COLUMN IF NOT EXISTS minutes      INTEGER,
    ADD COLUMN IF NOT EXISTS is_whole_day BOOLEAN;
-- Each plan empties these two tables. They have no key, so a publication FOR ALL TABLES refuses their DELETE unless the old row
-- identifies itself. TRUNCATE would do as well, but it would wait for every reader, such as pg_dump.
ALTER TABLE :"staging".etl_salaries  REPLICA IDENTITY FULL;
ALTER TABLE :"staging".etl_deadlines REPLICA IDENTITY FULL;
CREATE INDEX IF NOT EXISTS etl_salaries_text_idx  ON :"staging".etl_salaries  USING hash (text);
CREATE INDEX IF NOT EXISTS etl_deadlines_text_idx ON :"staging".etl_deadlines USING hash (text);

\ir schema/comment_ledger.sql
