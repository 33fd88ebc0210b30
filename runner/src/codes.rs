//! The error codes of the runner and of its commands.

pub(crate) use jobinsight_core::codes::*;
pub(crate) use jobinsight_sql::codes::{POSTGRES_NOT_STARTED, SCHEMA_NEWER, STATE_NOT_WRITABLE};

jobinsight_core::codes! {
    pub(crate) DATABASE_NONE: Usage = "jobinsight::database::none",
        "No flag, variable or setting has the address of PostgreSQL.",
        fix: "export DATABASE_URL=postgresql://user:password@host:5432/database; or try {jobinsight demo}";
    pub(crate) DATABASE_SILENT: Away = "jobinsight::database::silent",
        "The server did not answer a simple query. The run opens new connections and repeats its work until ETL_TIMEOUT is over.",
        fix: "check the server and the network: a firewall drops idle connections without a message; then: {jobinsight retry}";

    pub(crate) DEMO_SAMPLE: Operator = "jobinsight::demo::sample",
        "The sample cannot be unpacked.",
        fix: "free space in the directory for temporary files, or set TMPDIR";

    pub(crate) DISTRIBUTE_NO_CITUS: Usage = "jobinsight::distribute::no_citus",
        "The database does not have the extension citus, so its tables cannot be spread over several servers. Nothing was changed.",
        fix: "on one server: {jobinsight partition --parts 16}; for several servers, install Citus on each of them, and type CREATE EXTENSION citus";
    pub(crate) DISTRIBUTE_NO_TABLE: Usage = "jobinsight::distribute::no_table",
        "The raw table or the staging table does not exist yet. Nothing was changed.",
        fix: "{jobinsight run}, which creates staging; then type the command again";

    pub(crate) EXPLAIN_UNKNOWN: Usage = "jobinsight::explain::unknown",
        "No error code has this name.",
        fix: "`{jobinsight explain}` lists all codes";
    pub(crate) EXPLAIN_ROW_UNKNOWN: Usage = "jobinsight::explain_row::unknown",
        "No raw row has the key that was passed to explain-row.",
        fix: "check the key (the column job_id of the raw table); or pass the texts: {jobinsight explain-row --title TEXT}";

    pub(crate) IMPORT_DUPLICATE_COLUMN: Usage = "jobinsight::import::duplicate_column",
        "The header of the file has a column twice.",
        fix: "rename or remove one of the columns";
    pub(crate) IMPORT_FORMAT: Usage = "jobinsight::import::format",
        "The file has a format that import does not read, or the format cannot be determined.",
        fix: "name the format: --input-format csv, jsonl or parquet";
    pub(crate) IMPORT_MISSING_KEY: Usage = "jobinsight::import::missing_key",
        "The file lacks a column of the primary key of the table (job_id).",
        fix: "rename the column of the file that contains the key";
    pub(crate) IMPORT_MISSING_TABLE: Usage = "jobinsight::import::missing_table",
        "The table to import into does not exist.",
        fix: "create it: {jobinsight import --create FILE}; `{jobinsight doctor}` shows which database is used";
    pub(crate) IMPORT_NO_PRIMARY_KEY: Usage = "jobinsight::import::no_primary_key",
        "The table to import into has no primary key, so no record can replace a row.",
        fix: "ALTER TABLE raw_jobs ADD PRIMARY KEY (job_id)";
    pub(crate) IMPORT_OPEN: Usage = "jobinsight::import::open",
        "The file cannot be opened.",
        fix: "check the path and its permissions; `-` reads standard input";
    pub(crate) IMPORT_QUALITY: Quality = "jobinsight::import::quality",
        "More records of the file were rejected than import.integrity_threshold allows. Nothing of the file was imported, and its rejected records are not stored. The message says what most of them have in common.",
        fix: "fix the file; or accept the rejects with a lower ETL_IMPORT__INTEGRITY_THRESHOLD; then import the file again";
    pub(crate) IMPORT_READ: Operator = "jobinsight::import::read",
        "The file could not be read to its end. The disk, the pipe or the file may be damaged. Nothing of the file was imported.",
        fix: "check the disk, or download the file again; then import it again";

    pub(crate) MAN_NOT_WRITTEN: Usage = "jobinsight::man::not_written",
        "The manual pages cannot be written to the folder.",
        fix: "choose another folder: {jobinsight man DIR}";

    pub(crate) METRICS_NOT_WRITTEN: Warning = "jobinsight::metrics::not_written",
        "The metrics file could not be written. The run is not affected.",
        fix: "create its folder, or choose another file: --metrics-file FILE, or ETL_METRICS__FILE";

    pub(crate) NOTIFY_NOT_SENT: Warning = "jobinsight::notify::not_sent",
        "A message about the end of a run, or a test message, could not be sent. The run is not affected.",
        fix: "check the settings of the section notify, and the receiver; then: {jobinsight notify test}";
    pub(crate) NOTIFY_NO_RECEIVER: Usage = "jobinsight::notify::no_receiver",
        "No setting names a receiver of messages, so a test message cannot be sent.",
        fix: "set notify.webhook, notify.webhook_file or notify.command; `{jobinsight config show --origin}` shows the settings";

    pub(crate) OPENLINEAGE_NOT_SENT: Warning = "jobinsight::openlineage::not_sent",
        "An event of OpenLineage could not be sent or written. The run is not affected. The receiver that failed gets no more events of this run.",
        fix: "check openlineage.url, openlineage.api_key and openlineage.file; the message says what failed";

    pub(crate) OUTPUT_STDOUT: Operator = "jobinsight::output::stdout",
        "The results could not be written to stdout, for example because a disk is full. The command did its work, and only its output is lost. If the command failed for another reason, its exit code stays.",
        fix: "free space, or redirect stdout to another place; for the results of a run: {jobinsight runs show}";

    pub(crate) PARTITION_NO_STAGING: Usage = "jobinsight::partition::no_staging",
        "The staging table does not exist yet, so it cannot be converted.",
        fix: "{jobinsight run}, which creates the table";
    pub(crate) PARTITION_REFUSED: Usage = "jobinsight::partition::refused",
        "The staging table cannot be converted: objects of others would be lost, another role owns the table, or the table is distributed. The message names them. Nothing was changed.",
        fix: "drop the objects that the message names, convert the table, and create them again";

    pub(crate) PHASES_CHOICE: Usage = "jobinsight::phases::choice",
        "The phases that --from, --until, --only and --skip select cannot work. The message says what is missing and which phase produces it.",
        fix: "`{jobinsight run --dry-run}` with the same flags shows which phases work; `{jobinsight phases}` lists the phases";
    pub(crate) PHASES_FILL: Usage = "jobinsight::phases::fill",
        "The phase that --fill names has no values of its own to fill. The message says why.",
        fix: "`{jobinsight phases NAME}` shows what a phase produces; for values that are published: {jobinsight run --only-unprocessed=false}";
    pub(crate) PHASES_NEEDS: Usage = "jobinsight::phases::needs",
        "A phase of `pipeline` needs something that no earlier phase produces. The message says what, and which phase produces it.",
        fix: "move the phase that produces it to an earlier place in `pipeline`; `{jobinsight phases}` shows all phases";
    pub(crate) PHASES_ORDER: Usage = "jobinsight::phases::order",
        "The order of `pipeline` cannot work. The message says what is missing.",
        fix: "`{jobinsight phases NAME}` shows what a phase needs and produces";
    pub(crate) PHASES_TYPES: Usage = "jobinsight::phases::types",
        "Two phases of `pipeline` declare different Arrow types of one batch column. The message names both.",
        fix: "let both phases declare the same type, or give one of the columns another name; `{jobinsight phases NAME}` shows the types";
    pub(crate) PHASES_UNKNOWN: Usage = "jobinsight::phases::unknown",
        "`pipeline` or the command line names a phase that is not linked into this program.",
        fix: "`{jobinsight phases}` lists the linked phases; to link another, add its crate to the program that calls jobinsight_runner::main(), with `use crate_name as _;`";

    pub(crate) POSTGRES_PSQL: Operator = "jobinsight::postgres::psql",
        "psql cannot be started.",
        fix: "apt-get install postgresql-client";

    pub(crate) QUALITY_STALE_CRAWL: Quality = "jobinsight::quality::stale_crawl",
        "The newest crawl is older than upstream.max_age, so the crawler has probably stopped. Nothing was published.",
        fix: "check the crawler; to publish the old data: ETL_UPSTREAM__MAX_AGE=LONGER {jobinsight retry}";
    pub(crate) QUALITY_TOO_FEW_ROWS: Quality = "jobinsight::quality::too_few_rows",
        "The raw table has fewer rows than upstream.min_rows. A failed crawl must not be mistaken for complete data.",
        fix: "check the crawl; if it is complete: ETL_UPSTREAM__MIN_ROWS=0 {jobinsight retry}";
    pub(crate) QUALITY_UPSTREAM_NOT_READY: Quality = "jobinsight::quality::upstream_not_ready",
        "The query upstream.sql did not return true, so the raw table may be incomplete. Nothing was published.",
        fix: "check the crawl; to wait for it: {jobinsight run --wait-upstream 1h}; if it is complete: ETL_UPSTREAM__SQL='SELECT true' {jobinsight retry}";

    pub(crate) REJECTS_UNKNOWN: Usage = "jobinsight::rejects::unknown",
        "No rejected row has this key.",
        fix: "`{jobinsight rejects list}` shows the keys";

    pub(crate) REPORT_NOT_WRITTEN: Operator = "jobinsight::report::not_written",
        "The file of the report could not be written.",
        fix: "create its folder, free space, or choose another file: {jobinsight report -o FILE}";
    pub(crate) REPORT_TWO_OUTPUTS: Usage = "jobinsight::report::two_outputs",
        "With --format json, the figures go to standard output, so the page cannot go there.",
        fix: "name a file: {jobinsight report --format json -o FILE}; or omit one of the two options";

    pub(crate) RUN_CANCELLED: Operator = "jobinsight::run::cancelled",
        "A phase was stopped because another phase failed. The run reports the error of the other phase.",
        fix: "`{jobinsight runs show}`, which shows the error of the run";
    pub(crate) RUN_DIFFERS: Usage = "jobinsight::run::differs",
        "This process cannot join the run in progress, because their settings differ. Or a retry cannot use the settings that the run recorded, because the files in rules_dir have changed.",
        fix: "use the same rules, pipeline, tables and phase settings in both processes; compare the output of `{jobinsight config show --origin}`. For a retry: restore the files, or add --current-settings";
    pub(crate) RUN_INTERRUPTED: Interrupted = "jobinsight::run::interrupted",
        "Ctrl-C (SIGINT) stopped the run. The run cancelled its statements. Committed batches stay.",
        fix: "{jobinsight retry}";
    pub(crate) RUN_LOCKED: Locked = "jobinsight::run::locked",
        "Another run works on this staging schema. The message shows its id, its backend, its address and its last heartbeat. If a run sends no heartbeat until its lease ends, the next run takes the lock.",
        fix: "wait until the other run ends; or join it: {jobinsight run --join}; or end its process, which releases the lock";
    pub(crate) RUN_NO_QUEUE: Usage = "jobinsight::run::no_queue",
        "The selected phases need the queue of an earlier run, but that queue is empty or cannot be used. The message says why.",
        fix: "include the phase that fills the queue: {jobinsight run}";
    pub(crate) RUN_SUPERSEDED: Usage = "jobinsight::run::superseded",
        "The run cannot be retried, because a later run planned its work again.",
        fix: "`{jobinsight run}`, which finds the remaining work; or retry the later run, which `{jobinsight runs list}` shows";
    pub(crate) RUN_TAKEN_OVER: Locked = "jobinsight::run::taken_over",
        "Another run took over, because this run sent no heartbeat before its lease ended. This run publishes nothing more. Batches that it had committed stay.",
        fix: "`{jobinsight runs list}` shows the other run; find out why this process sent no heartbeat";
    pub(crate) RUN_TERMINATED: Terminated = "jobinsight::run::terminated",
        "SIGTERM stopped the run. The run cancelled its statements. Committed batches stay.",
        fix: "{jobinsight retry}";
    pub(crate) RUN_TIMEOUT: Operator = "jobinsight::run::timeout",
        "The run took longer than the setting timeout (ETL_TIMEOUT). Committed batches stay.",
        fix: "raise ETL_TIMEOUT, or set ETL_BATCH_SIZE so that more batches are committed in time; then: {jobinsight retry}";
    pub(crate) RUN_UNFINISHED: Usage = "jobinsight::run::unfinished",
        "A fill cannot start, because an earlier run has batches that are not published. The fill would replace them in the queue.",
        fix: "`{jobinsight retry}`, which publishes them; or `{jobinsight run}`, which plans the remaining work again";
    pub(crate) RUN_UNKNOWN: Usage = "jobinsight::run::unknown",
        "No run, or more than one, has an id that starts with this text.",
        fix: "`{jobinsight runs list}` shows the ids";
    pub(crate) RUN_UNKNOWN_CODE: Operator = "jobinsight::run::unknown_code",
        "Another process of the run failed with an error code that this program does not have. The two processes run different versions or link different phases.",
        fix: "run the same version, with the same linked phases, on all machines; then: {jobinsight retry}";
    pub(crate) RUN_WORK_LOST: Passing = "jobinsight::run::work_lost",
        "The server crashed, and the crash emptied the table etl_work, which is unlogged. A run of all phases plans the remaining work again, up to three times. A run of selected phases ends, and so does a process that joined a run.",
        fix: "{jobinsight retry}";

    pub(crate) SPILL_WRITE: Warning = "jobinsight::spill::write",
        "A failed batch could not be written to the disk. The retry loads and processes it again.",
        fix: "free space in the state directory";

    pub(crate) UPSTREAM_NO_CONDITION: Usage = "jobinsight::upstream::no_condition",
        "A command should wait for upstream, but no setting says when upstream is ready.",
        fix: "set upstream.max_age, upstream.min_rows or upstream.sql, for example ETL_UPSTREAM__MAX_AGE=6h";
    pub(crate) UPSTREAM_NOT_READY: Passing = "jobinsight::upstream::not_ready",
        "Upstream was not ready in the time that the command may wait. No run has begun. The message says which condition is not met.",
        fix: "check the crawler, and start the command again later; `{jobinsight status}` shows the age of the crawl";
    pub(crate) UPSTREAM_QUERY: Usage = "jobinsight::upstream::query",
        "The query of the setting upstream.sql cannot be executed, or its answer is not one boolean.",
        fix: "correct it; an example: SELECT max(finished_at) > now() - interval '6 hours' FROM crawls";
}
