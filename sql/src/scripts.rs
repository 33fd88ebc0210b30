//! The SQL files, each as a constant with the file's name. `sql/README.md` says what each file does.

use crate::script::Script;

macro_rules! scripts {
    ($($name:ident = $file:literal;)*) => {
        $(
            #[doc = concat!("`sql/", $file, "`")]
            pub const $name: Script = Script::new(concat!("sql/", $file), include_str!(concat!("../", $file)));
        )*
        /// Every file.
        pub const ALL: &[Script] = &[$($name),*];
    };
}

scripts! {
    SCHEMA_STAGING = "schema_staging.sql";
    STORED_PROCEDURES = "stored_procedures.sql";

    ADD_COLUMNS = "schema/add_columns.sql";
    ANALYZE_WIDENED = "schema/analyze_widened.sql";
    COMMENT_COLUMNS = "schema/comment_columns.sql";
    COMMENT_LEDGER = "schema/comment_ledger.sql";
    CREATE_INDEXES = "schema/create_indexes.sql";
    CREATE_SCHEMA = "schema/create_schema.sql";
    DROP_INDEXES = "schema/drop_indexes.sql";
    INSERT_IMPORT_REJECTS = "schema/insert_import_rejects.sql";
    LIST_IMPORT_COLUMNS = "schema/list_import_columns.sql";
    LIST_IMPORT_PRIVILEGES = "schema/list_import_privileges.sql";
    LIST_LEAVES = "schema/list_leaves.sql";
    LIST_MISSING_INDEXES = "schema/list_missing_indexes.sql";
    LIST_MISSING_PRIVILEGES = "schema/list_missing_privileges.sql";
    LIST_REFUSED_IDENTITIES = "schema/list_refused_identities.sql";
    LIST_REPEATED_KEYS = "schema/list_repeated_keys.sql";
    LIST_ROW_SECURITY = "schema/list_row_security.sql";
    LIST_TABLE_COLUMNS = "schema/list_table_columns.sql";
    LIST_UNFILLED_COLUMNS = "schema/list_unfilled_columns.sql";
    MARK_CHANGED_ROWS = "schema/mark_changed_rows.sql";
    MARK_CUT_ROWS = "schema/mark_cut_rows.sql";
    NARROW_COLUMNS = "schema/narrow_columns.sql";
    READ_CHECKSUM = "schema/read_checksum.sql";
    READ_VERSION = "schema/read_version.sql";
    RECORD_CHECKSUM = "schema/record_checksum.sql";
    RECORD_VERSION = "schema/record_version.sql";
    RESUME_AUTOVACUUM = "schema/resume_autovacuum.sql";
    SCHEMA_IMPORT = "schema/schema_import.sql";
    SCHEMA_RAW_JOBS = "schema/schema_raw_jobs.sql";
    STAGING_PARTS = "schema/staging_parts.sql";
    STAMP_PUBLISHED_ROWS = "schema/stamp_published_rows.sql";
    UPGRADE_2 = "schema/upgrade_2.sql";
    WIDEN_COLUMNS = "schema/widen_columns.sql";

    DEADLINE_FUNCTIONS = "functions/deadline.sql";
    DELETE_REJECTED = "functions/delete_rejected.sql";
    DROP_CHANGED = "functions/drop_changed.sql";
    SALARY_AMOUNTS_FUNCTIONS = "functions/salary_amounts.sql";
    SALARY_FUNCTIONS = "functions/salary.sql";
    SALARY_WORDS_FUNCTIONS = "functions/salary_words.sql";
    TEXT_FUNCTIONS = "functions/text.sql";
    TIME_REMAINING_FUNCTIONS = "functions/time_remaining.sql";
    V1_FUNCTIONS = "functions/v1.sql";

    ADOPT_QUEUE = "plan/adopt_queue.sql";
    ANALYZE_WORK = "plan/analyze_work.sql";
    CANDIDATE_ROWS = "plan/candidate_rows.sql";
    CLEAR_WORK = "plan/clear_work.sql";
    COUNT_FILLABLE = "plan/count_fillable.sql";
    COUNT_FOUND = "plan/count_found.sql";
    COUNT_OTHER_RULES = "plan/count_other_rules.sql";
    COUNT_PENDING = "plan/count_pending.sql";
    COUNT_RAW = "plan/count_raw.sql";
    COUNT_WINDOW = "plan/count_window.sql";
    FINGERPRINT = "plan/fingerprint.sql";
    FOREIGN_ROWS = "plan/foreign_rows.sql";
    IS_DISTRIBUTED = "plan/is_distributed.sql";
    KEPT_ROWS = "plan/kept_rows.sql";
    LIST_FOREIGN = "plan/list_foreign.sql";
    NOTE_REFRESH = "plan/note_refresh.sql";
    PLAN_ALL_TEXTS = "plan/plan_all_texts.sql";
    PLAN_BATCHES = "plan/plan_batches.sql";
    PLAN_CANDIDATES = "plan/plan_candidates.sql";
    PLAN_EXTENT = "plan/plan_extent.sql";
    PLAN_FILL = "plan/plan_fill.sql";
    PLAN_RANGES = "plan/plan_ranges.sql";
    PLAN_ROWS = "plan/plan_rows.sql";
    PLAN_TEXTS = "plan/plan_texts.sql";
    PLAN_WORK = "plan/plan_work.sql";
    PREPARE_FETCH = "plan/prepare_fetch.sql";
    READ_HORIZON = "plan/read_horizon.sql";
    READ_LAST_PLAN = "plan/read_last_plan.sql";
    READ_LAST_REFRESH = "plan/read_last_refresh.sql";
    READ_PLAN = "plan/read_plan.sql";
    REFRESH_TIME_REMAINING = "plan/refresh_time_remaining.sql";
    ROWS_IN_BOTH = "plan/rows_in_both.sql";
    SETTLE_FOREIGN = "plan/settle_foreign.sql";
    WORK_ROWS = "plan/work_rows.sql";
    WRITE_TIME_REMAINING = "plan/write_time_remaining.sql";

    DISTRIBUTE_TABLES = "distribute/distribute_tables.sql";

    LIST_BLOCKERS = "partition/list_blockers.sql";
    PLAN_CONVERSION = "partition/plan_conversion.sql";
    READ_LAYOUT = "partition/read_layout.sql";

    CLAIM_BATCH = "batch/claim_batch.sql";
    CLOSE_BATCH = "batch/close_batch.sql";
    COPY_BATCH = "batch/copy_batch.sql";
    COUNT_BATCHES = "batch/count_batches.sql";
    COUNT_RANGE = "batch/count_range.sql";
    FAIL_BATCH = "batch/fail_batch.sql";
    FIND_UNFINISHED = "batch/find_unfinished.sql";
    HAS_WORK = "batch/has_work.sql";
    LIST_CLAIMED = "batch/list_claimed.sql";
    LOCK_BATCH = "batch/lock_batch.sql";
    LOCK_PLAN = "batch/lock_plan.sql";
    PARTITION_NAME = "batch/partition_name.sql";
    READ_FIRST_FAILURE = "batch/read_first_failure.sql";
    RELEASE_BATCHES = "batch/release_batches.sql";
    REOPEN_BATCHES = "batch/reopen_batches.sql";
    ROWS_OF_BATCH = "batch/rows_of_batch.sql";
    ROW_VERSION = "batch/row_version.sql";
    SELECT_BATCH = "batch/select_batch.sql";
    SPLIT_BATCH = "batch/split_batch.sql";

    COPY_DERIVED = "publish/copy_derived.sql";
    COPY_PLACES = "publish/copy_places.sql";
    COUNT_MISSED = "publish/count_missed.sql";
    CREATE_DERIVED = "publish/create_derived.sql";
    INSERT_RAW_TO_STAGING = "publish/insert_raw_to_staging.sql";
    INSERT_REJECTS = "publish/insert_rejects.sql";
    LIST_DROPPED = "publish/list_dropped.sql";
    LIST_TRIGGERS = "publish/list_triggers.sql";
    MERGE_SALARY = "publish/merge_salary.sql";
    MERGE_WARNINGS = "publish/merge_warnings.sql";
    NOTE_WARNINGS = "publish/note_warnings.sql";
    PARSE_TITLE_SALARIES = "publish/parse_title_salaries.sql";
    SETTLE_REJECTS = "publish/settle_rejects.sql";
    SETTLE_REPEATED = "publish/settle_repeated.sql";
    SETTLE_STAGING = "publish/settle_staging.sql";

    ABANDON_RUNS = "ledger/abandon_runs.sql";
    BEGIN_RUN = "ledger/begin_run.sql";
    CAN_RECORD_FILLS = "ledger/can_record_fills.sql";
    CLOSE_RUN = "ledger/close_run.sql";
    COUNT_KEPT = "ledger/count_kept.sql";
    COUNT_REJECTED = "ledger/count_rejected.sql";
    END_DEAD_CONNECTIONS = "ledger/end_dead_connections.sql";
    ENLIST_WORKER = "ledger/enlist_worker.sql";
    FENCE_RUN = "ledger/fence_run.sql";
    FORGET_RUNS = "ledger/forget_runs.sql";
    LIST_DONE_PHASES = "ledger/list_done_phases.sql";
    LIST_EVENTS = "ledger/list_events.sql";
    LIST_PHASES = "ledger/list_phases.sql";
    LIST_RUNS = "ledger/list_runs.sql";
    LIST_RUNS_UNTIL = "ledger/list_runs_until.sql";
    LIST_WORKERS = "ledger/list_workers.sql";
    MARK_FILL = "ledger/mark_fill.sql";
    READ_LAST_SUCCESS = "ledger/read_last_success.sql";
    REFUSE_RUN = "ledger/refuse_run.sql";
    RETIRE_WORKER = "ledger/retire_worker.sql";
    RUN_ENTRY = "ledger/run_entry.sql";
    SEND_HEARTBEAT = "ledger/send_heartbeat.sql";
    SUM_WARNINGS = "ledger/sum_warnings.sql";
    UNFINISHED_RUNS = "ledger/unfinished_runs.sql";
    WRITE_EVENT = "ledger/write_event.sql";
    WRITE_PHASES = "ledger/write_phases.sql";

    CANCEL_STATEMENTS = "session/cancel_statements.sql";
    END_CONNECTIONS = "session/end_connections.sql";
    FIND_BLOCKERS = "session/find_blockers.sql";
    FIND_LOCK_HOLDER = "session/find_lock_holder.sql";
    MEASURE_SILENCE = "session/measure_silence.sql";
    READ_INDEX_BUILDS = "session/read_index_builds.sql";

    COMPARE_PUBLISHED = "report/compare_published.sql";
    COUNT_BROKEN_RULES = "report/count_broken_rules.sql";
    COUNT_PUBLISHED = "report/count_published.sql";
    COUNT_RAW_NULLS = "report/count_raw_nulls.sql";
    COUNT_FOREIGN = "report/count_foreign.sql";
    COUNT_QUALITY = "report/count_quality.sql";
    COUNT_REJECTS = "report/count_rejects.sql";
    DESCRIBE_SERVER = "report/describe_server.sql";
    EXPLAIN_RESULT = "report/explain_result.sql";
    EXPLAIN_ROW = "report/explain_row.sql";
    EXPLAIN_TEXTS = "report/explain_texts.sql";
    EXPLAIN_TITLE_SALARY = "report/explain_title_salary.sql";
    LIST_EXAMPLES = "report/list_examples.sql";
    MEDIAN_PAY = "report/median_pay.sql";
    LIST_LANES = "report/list_lanes.sql";
    LIST_REASONS = "report/list_reasons.sql";
    LIST_IMPORT_REJECTS = "report/list_import_rejects.sql";
    LIST_REJECTS = "report/list_rejects.sql";
    LIST_MISSING_PARTITIONS = "report/list_missing_partitions.sql";
    LIST_PARTITIONED = "report/list_partitioned.sql";
    MEASURE_DISK = "report/measure_disk.sql";
    READ_CRAWL = "report/read_crawl.sql";
    READ_PUBLISHED = "report/read_published.sql";
    READ_STATUS = "report/read_status.sql";
    PURGE_IMPORT_REJECTS = "report/purge_import_rejects.sql";
    REPLAY_REJECTS = "report/replay_rejects.sql";
}

/// A short digest of all files, which differs between two programs with other SQL.
pub fn digest() -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for script in ALL {
        hash.update(script.text);
    }
    let hash = hash.finalize();
    format!(
        "{:02x}{:02x}{:02x}{:02x}",
        hash[0], hash[1], hash[2], hash[3]
    )
}

#[cfg(test)]
mod tests {
    use super::ALL;

    const README: &str = include_str!("../README.md");

    /// The comment at the top of a file, on one line.
    fn comment(text: &str) -> String {
        let lines = text.lines().map_while(|line| line.strip_prefix("--"));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_readme_has_a_line_for_every_file() {
        for script in ALL {
            let file = script.name.trim_start_matches("sql/");
            let row = format!("| `{file}` | ");
            let line = README.lines().find_map(|line| line.strip_prefix(&row));
            let line = line.unwrap_or_else(|| panic!("sql/README.md has no line for {file}"));
            let about = line.trim_end_matches(" |");
            assert!(
                !about.is_empty() && comment(script.text).starts_with(about),
                "{file}: the line in sql/README.md differs from the comment in the file"
            );
        }
    }

    #[test]
    fn every_file_is_named_by_its_constant() {
        let source = include_str!("scripts.rs");
        for script in ALL {
            let file = script.name.rsplit('/').next().unwrap_or_default();
            let stem = file.trim_end_matches(".sql").to_uppercase();
            let path = script.name.trim_start_matches("sql/");
            let folder = path.split('/').next().unwrap_or_default().to_uppercase();
            let named = [stem.clone(), format!("{stem}_{folder}")];
            assert!(
                named
                    .iter()
                    .any(|name| source.contains(&format!("    {name} = \"{path}\";"))),
                "{path} has a constant with another name"
            );
        }
    }
}
