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
    /// Finds what is to do.
    PLAN_WORK = "plan_work.sql";
    /// Cuts the work into batches.
    PLAN_BATCHES = "plan_batches.sql";
    /// What a run planned.
    READ_PLAN = "read_plan.sql";
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
    /// Locks a batch's entry before it is published.
    LOCK_BATCH = "lock_batch.sql";
    /// The derived columns of one batch.
    CREATE_DERIVED = "create_derived.sql";
    /// Brings the derived columns in.
    COPY_DERIVED = "copy_derived.sql";
    /// Publishes a batch.
    INSERT_RAW_TO_STAGING = "insert_raw_to_staging.sql";
    /// Stores rows that were kept out.
    INSERT_REJECTS = "insert_rejects.sql";
    /// Ends a batch in the queue.
    CLOSE_BATCH = "close_batch.sql";
    /// Refreshes the time that is left to apply.
    REFRESH_TIME_REMAINING = "refresh_time_remaining.sql";
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
