//! The files.

use crate::Script;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $($(#[$doc])* pub const $name: Script = Script::new(concat!("sql/", $file), include_str!(concat!("../", $file)));)*
        /// Every file, for tests that read them all.
        pub const ALL: &[Script] = &[$($name),*];
    };
}

scripts! {
    /// The staging table, queue, rejects and ledger.
    SCHEMA_STAGING = "schema_staging.sql";
    /// Functions for salary and deadline, callable by others.
    STORED_PROCEDURES = "stored_procedures.sql";
    /// The raw table, for `demo` and `import --create`.
    SCHEMA_RAW_JOBS = "schema_raw_jobs.sql";
    /// Where lines that could not be imported go.
    SCHEMA_IMPORT = "schema_import.sql";
    /// The fingerprint of a raw row; a part of others.
    FINGERPRINT = "fingerprint.sql";
    /// The indexes of staging beside its key; a part of the schema, and made again behind a first load.
    STAGING_INDEXES = "staging_indexes.sql";
    /// Takes those indexes away, and autovacuum with them.
    DROP_INDEXES = "drop_indexes.sql";
    /// Which of the indexes are not there.
    MISSING_INDEXES = "missing_indexes.sql";
    /// Lets autovacuum see to staging again.
    RESUME_AUTOVACUUM = "resume_autovacuum.sql";
    /// How the work may be planned.
    PLAN_EXTENT = "plan_extent.sql";
    /// As of which transaction all raw rows are known to stand as they are.
    LAST_COMPARED = "last_compared.sql";
    /// The raw rows that may have to be done.
    PLAN_CANDIDATES = "plan_candidates.sql";
    /// Plans all raw rows, as ranges of blocks.
    PLAN_RANGES = "plan_ranges.sql";
    /// The salaries and deadlines of all raw rows.
    PLAN_ALL_TEXTS = "plan_all_texts.sql";
    /// Finds what is to do.
    PLAN_WORK = "plan_work.sql";
    /// Writes down the rows that are to do.
    PLAN_ROWS = "plan_rows.sql";
    /// Reads each salary and deadline of the work once.
    PLAN_TEXTS = "plan_texts.sql";
    /// Cuts the work into batches.
    PLAN_BATCHES = "plan_batches.sql";
    /// What a run planned.
    READ_PLAN = "read_plan.sql";
    /// What SQL makes of one posting.
    EXPLAIN_TEXTS = "explain_texts.sql";
    /// One posting.
    EXPLAIN_ROW = "explain_row.sql";
    /// Where it stands.
    EXPLAIN_STANDS = "explain_stands.sql";
    /// Takes over what the last plan left in the queue.
    ADOPT_QUEUE = "adopt_queue.sql";
    /// Keeps a run from being taken over for the length of a transaction.
    FENCE_RUN = "fence_run.sql";
    /// Counts rejected rows over all processes of a run, and over runs before it that did not end well.
    COUNT_REJECTED = "count_rejected.sql";
    /// Whether all work of a batch stands.
    WORK_OF_BATCH = "work_of_batch.sql";
    /// Removes old runs from the ledger.
    FORGET_RUNS = "forget_runs.sql";
    /// Takes a batch from the queue.
    CLAIM_BATCH = "claim_batch.sql";
    /// Reads a batch.
    COPY_BATCH = "copy_batch.sql";
    /// Reads a batch that is a range of blocks.
    COPY_RANGE = "copy_range.sql";
    /// Counts the rows of a range as they were loaded.
    COUNT_RANGE = "count_range.sql";
    /// Counts rows that moved between ranges so that none had them.
    COUNT_MISSED = "count_missed.sql";
    /// Locks a batch's entry before it is published.
    LOCK_BATCH = "lock_batch.sql";
    /// The derived columns of one batch.
    CREATE_DERIVED = "create_derived.sql";
    /// Brings the derived columns in.
    COPY_DERIVED = "copy_derived.sql";
    /// Brings in what they have in common.
    COPY_PLACES = "copy_places.sql";
    /// The rows of a batch as they are published; a part of the statements that publish.
    READY_ROWS = "ready_rows.sql";
    /// Counts the warnings of the rows of a batch; a part of the statements that publish.
    COUNT_WARNINGS = "count_warnings.sql";
    /// Writes the warnings of a batch.
    NOTE_WARNINGS = "note_warnings.sql";
    /// The warnings of a run.
    SUM_WARNINGS = "sum_warnings.sql";
    /// Publishes a batch of rows that are all new.
    INSERT_NEW = "insert_new.sql";
    /// Publishes a batch.
    INSERT_RAW_TO_STAGING = "insert_raw_to_staging.sql";
    /// Stores rows that were kept out.
    INSERT_REJECTS = "insert_rejects.sql";
    /// Takes out of staging what is rejected as the raw table has it now.
    SETTLE_STAGING = "settle_staging.sql";
    /// Takes out of the rejects what stands in staging.
    SETTLE_REJECTS = "settle_rejects.sql";
    /// Ends a batch in the queue.
    CLOSE_BATCH = "close_batch.sql";
    /// Refreshes the time that is left to apply.
    REFRESH_TIME_REMAINING = "refresh_time_remaining.sql";
    /// Writes the time that is left to apply.
    WRITE_TIME_REMAINING = "write_time_remaining.sql";
    /// As of when the time that is left to apply is true.
    LAST_REFRESH = "last_refresh.sql";
    /// What changed, by example.
    DEMO_EXAMPLES = "demo_examples.sql";
    /// What the current role lacks.
    PRIVILEGES = "privileges.sql";
    /// Rows that were kept out, one by one.
    REJECTS = "rejects.sql";
    /// Has rejected rows tried again.
    REPLAY_REJECTS = "replay_rejects.sql";
    /// How things stand.
    STATUS = "status.sql";
    /// Rows that were kept out, by reason.
    LIST_REJECTS = "list_rejects.sql";
}
