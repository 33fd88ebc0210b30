//! The files.

use crate::script::Script;

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
    /// Functions for salary and deadline, which users may call. Made of the six files that follow.
    STORED_PROCEDURES = "stored_procedures.sql";
    /// Drops functions that an older version had with other arguments.
    DROP_CHANGED = "functions/drop_changed.sql";
    /// Makes a short text comparable.
    TEXT_FUNCTIONS = "functions/text.sql";
    /// The rule set `v1`.
    V1_FUNCTIONS = "functions/v1.sql";
    /// Salaries.
    SALARY_FUNCTIONS = "functions/salary.sql";
    /// Deadlines.
    DEADLINE_FUNCTIONS = "functions/deadline.sql";
    /// The time that is left to apply.
    TIME_REMAINING_FUNCTIONS = "functions/time_remaining.sql";
    /// The raw table, for `demo` and `import --create`.
    SCHEMA_RAW_JOBS = "schema/schema_raw_jobs.sql";
    /// Where lines that could not be imported go.
    SCHEMA_IMPORT = "schema/schema_import.sql";
    /// The fingerprint of a raw row; a part of others.
    FINGERPRINT = "plan/fingerprint.sql";
    /// The indexes of staging beside its key; a part of the schema, and made again behind a first load.
    STAGING_INDEXES = "schema/staging_indexes.sql";
    /// Takes those indexes away, and autovacuum with them.
    DROP_INDEXES = "schema/drop_indexes.sql";
    /// Which of the indexes are not there.
    MISSING_INDEXES = "schema/missing_indexes.sql";
    /// Lets autovacuum see to staging again.
    RESUME_AUTOVACUUM = "schema/resume_autovacuum.sql";
    /// How the work may be planned.
    PLAN_EXTENT = "plan/plan_extent.sql";
    /// As of which transaction all raw rows are known to stand as they are.
    LAST_COMPARED = "plan/last_compared.sql";
    /// The raw rows that may have to be done.
    PLAN_CANDIDATES = "plan/plan_candidates.sql";
    /// Plans all raw rows, as ranges of blocks.
    PLAN_RANGES = "plan/plan_ranges.sql";
    /// The salaries and deadlines of all raw rows.
    PLAN_ALL_TEXTS = "plan/plan_all_texts.sql";
    /// Finds what is to do.
    PLAN_WORK = "plan/plan_work.sql";
    /// Writes down the rows that are to do.
    PLAN_ROWS = "plan/plan_rows.sql";
    /// Reads each salary and deadline of the work once.
    PLAN_TEXTS = "plan/plan_texts.sql";
    /// Cuts the work into batches.
    PLAN_BATCHES = "plan/plan_batches.sql";
    /// What a run planned.
    READ_PLAN = "plan/read_plan.sql";
    /// What SQL makes of one posting.
    EXPLAIN_TEXTS = "report/explain_texts.sql";
    /// One posting.
    EXPLAIN_ROW = "report/explain_row.sql";
    /// Where it stands.
    EXPLAIN_STANDS = "report/explain_stands.sql";
    /// Takes over what the last plan left in the queue.
    ADOPT_QUEUE = "plan/adopt_queue.sql";
    /// Keeps a run from being taken over for the length of a transaction.
    FENCE_RUN = "ledger/fence_run.sql";
    /// Counts rejected rows over all processes of a run, and over runs before it that did not end well.
    COUNT_REJECTED = "ledger/count_rejected.sql";
    /// Whether all work of a batch stands.
    WORK_OF_BATCH = "batch/work_of_batch.sql";
    /// Removes old runs from the ledger.
    FORGET_RUNS = "ledger/forget_runs.sql";
    /// Takes a batch from the queue.
    CLAIM_BATCH = "batch/claim_batch.sql";
    /// Reads a batch.
    COPY_BATCH = "batch/copy_batch.sql";
    /// Reads a batch that is a range of blocks.
    COPY_RANGE = "batch/copy_range.sql";
    /// Counts the rows of a range as they were loaded.
    COUNT_RANGE = "batch/count_range.sql";
    /// Counts rows that moved between ranges so that none had them.
    COUNT_MISSED = "publish/count_missed.sql";
    /// Locks a batch's entry before it is published.
    LOCK_BATCH = "batch/lock_batch.sql";
    /// The derived columns of one batch.
    CREATE_DERIVED = "publish/create_derived.sql";
    /// Brings the derived columns in.
    COPY_DERIVED = "publish/copy_derived.sql";
    /// Brings in what they have in common.
    COPY_PLACES = "publish/copy_places.sql";
    /// Writes the warnings of a batch.
    NOTE_WARNINGS = "publish/note_warnings.sql";
    /// The warnings of a run.
    SUM_WARNINGS = "ledger/sum_warnings.sql";
    /// Publishes a batch.
    INSERT_RAW_TO_STAGING = "publish/insert_raw_to_staging.sql";
    /// Stores rows that were kept out.
    INSERT_REJECTS = "publish/insert_rejects.sql";
    /// Takes out of staging what is rejected as the raw table has it now.
    SETTLE_STAGING = "publish/settle_staging.sql";
    /// Takes out of the rejects what stands in staging.
    SETTLE_REJECTS = "publish/settle_rejects.sql";
    /// Ends a batch in the queue.
    CLOSE_BATCH = "batch/close_batch.sql";
    /// Refreshes the time that is left to apply.
    REFRESH_TIME_REMAINING = "plan/refresh_time_remaining.sql";
    /// Writes the time that is left to apply.
    WRITE_TIME_REMAINING = "plan/write_time_remaining.sql";
    /// As of when the time that is left to apply is true.
    LAST_REFRESH = "plan/last_refresh.sql";
    /// What changed, by example.
    DEMO_EXAMPLES = "report/demo_examples.sql";
    /// What the current role lacks.
    PRIVILEGES = "schema/privileges.sql";
    /// Rows that were kept out, one by one.
    REJECTS = "report/rejects.sql";
    /// Has rejected rows tried again.
    REPLAY_REJECTS = "report/replay_rejects.sql";
    /// How things stand.
    STATUS = "report/status.sql";
    /// Rows that were kept out, by reason.
    LIST_REJECTS = "report/list_rejects.sql";
}
