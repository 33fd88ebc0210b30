//! `jobinsight import`: loads files into the raw table.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jobinsight_core::database;
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Loaded, Result, clock};
use jobinsight_sql::scripts::{
    INSERT_IMPORT_REJECTS, LIST_TRIGGERS, SCHEMA_IMPORT, SCHEMA_RAW_JOBS,
};
use jobinsight_sql::{privileges, schema, tables};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Client;

use crate::cli::args::{Global, ImportArgs, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::display::{self, ImportTrack};
use crate::import::{self, FileForm, Gate, ImportReport, Options, Rejects, Table};

/// The output of an import, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct ImportOutput {
    /// Always true.
    success: bool,
    /// The files, in the order of the command line.
    files: Vec<ImportedFile>,
}

/// An imported file, as JSON.
#[derive(Serialize, JsonSchema)]
struct ImportedFile {
    /// The path on the command line.
    file: String,
    /// The result of the import.
    report: ImportReport,
}

pub(crate) async fn import(global: &Global, args: ImportArgs) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let target = io::target(global, &loaded)?;
    let mut client = database::connect(&target, "jobinsight").await?;
    // First, because a pooler may lose the prepared statements of all other checks.
    database::refuse_transaction_pooling(&target, &client).await?;
    database::refuse_unfit_server(&client).await?;
    limit_statements(&client, &loaded).await?;
    database::refuse_other_encodings(&client).await?;
    schema::refuse_newer(&*client, &loaded.settings).await?;
    match import_files(global, &loaded, &mut client, args).await {
        Err(error) if error.code() == codes::DATABASE_PRIVILEGE => {
            Err(explain(&client, &loaded, error).await)
        }
        other => other,
    }
}

/// Adds the missing `GRANT` statements to the error of a missing privilege. PostgreSQL reports row level security as a missing
/// privilege too.
async fn explain(client: &Client, loaded: &Loaded, error: EtlError) -> EtlError {
    let settings = &loaded.settings;
    if let Err(hidden) = privileges::refuse_hidden_rows(client, settings).await
        && hidden.code() == codes::DATABASE_ROW_SECURITY
    {
        return hidden.and(error.message());
    }
    let missing = privileges::missing_for_import(client, settings).await;
    privileges::with_grants(error, &missing.unwrap_or_default())
}

async fn import_files(
    global: &Global,
    loaded: &Loaded,
    client: &mut Client,
    args: ImportArgs,
) -> Result<u8> {
    if args.create {
        create(client, loaded).await?;
    }
    let form = FileForm {
        format: args.input_format,
        delimiter: args.delimiter,
        encoding: args.encoding,
    };
    let mut files = Vec::new();
    for file in &args.files {
        let started = Instant::now();
        let report = import_file(client, loaded, file, form).await?;
        if global.format == OutputFormat::Text {
            io::print_text(&describe(file, &report, started.elapsed().as_secs_f64()));
        }
        files.push(ImportedFile {
            file: file.display().to_string(),
            report,
        });
    }
    if global.format == OutputFormat::Json {
        io::print_json(&ImportOutput {
            success: true,
            files,
        });
    }
    Ok(0)
}

/// Applies the time limits of the settings to the statements of the import.
async fn limit_statements(client: &Client, loaded: &Loaded) -> Result<()> {
    let settings = &loaded.settings;
    let limits = format!(
        // PostgreSQL reads the dates of a range. It must use the order of day and month that this import uses for a date.
        "SET statement_timeout = {}; SET lock_timeout = {}; SET datestyle = 'ISO', 'DMY'",
        database::milliseconds(settings.statement_limit()),
        database::milliseconds(settings.lock_timeout)
    );
    client
        .batch_execute(&limits)
        .await
        .map_err(|error| EtlError::database(error, "setting the time limits of the import"))
}

/// Creates the raw table if it does not exist. A table of the crawler is not changed, and may belong to another role.
pub(crate) async fn create(client: &Client, loaded: &Loaded) -> Result<()> {
    let fail = |error| EtlError::database(error, "looking for the raw table");
    let table = loaded.settings.raw_table();
    if tables::exists(client, &table).await.map_err(fail)? {
        return Ok(());
    }
    let script = SCHEMA_RAW_JOBS.render(&loaded.settings);
    client
        .batch_execute(script.sql())
        .await
        .map_err(|error| script.error(error, "creating the raw table"))
}

/// Loads one file, in one transaction.
pub(crate) async fn import_file(
    client: &mut Client,
    loaded: &Loaded,
    file: &Path,
    form: FileForm,
) -> Result<ImportReport> {
    let settings = &loaded.settings;
    let table = Table {
        schema: settings.raw.schema.clone(),
        name: settings.raw.table.clone(),
    };
    let read = Arc::default();
    let source = import::open_counted(file, form, &read)?;
    let origin = file.display().to_string();
    let schema = settings.staging_schema();
    let ddl = SCHEMA_IMPORT.render(settings);
    let insert = INSERT_IMPORT_REJECTS.render(settings);
    let rejects = Rejects {
        schema: &schema,
        ddl: ddl.sql(),
        insert: insert.sql(),
    };
    let options = Options {
        gate: Gate::from(&settings.import),
        statement: Duration::from_secs(settings.statement_limit()),
        time_zone: clock::time_zone(&settings.import.time_zone)?,
        triggers: triggers(client, loaded).await?,
    };
    let track = Arc::new(ImportTrack::new(file, &read));
    let _shown = display::show(&track);
    let on_progress = &mut |records| track.set_records(records);
    import::load(
        client,
        &table,
        source,
        &origin,
        rejects,
        options,
        on_progress,
    )
    .await
}

/// The names of the triggers of others on the raw table.
async fn triggers(client: &Client, loaded: &Loaded) -> Result<Vec<String>> {
    let script = LIST_TRIGGERS.render(&loaded.settings);
    let rows = client
        .query(script.sql(), &[&loaded.settings.raw_table()])
        .await
        .map_err(|error| script.error(error, "reading the triggers of the raw table"))?;
    Ok(rows.into_iter().map(|row| row.get(0)).collect())
}

fn describe(file: &Path, report: &ImportReport, seconds: f64) -> String {
    use std::fmt::Write;
    let mut text = format!(
        "{}: {} read in {seconds:.2} s: {} inserted, {} updated, {} unchanged, {} rejected\n",
        file.display(),
        counted(report.read, "record"),
        report.inserted,
        report.updated,
        report.unchanged,
        report.rejected
    );
    if report.dropped > 0 {
        let _ = writeln!(
            text,
            "  {} dropped by a trigger of the table, and so not in it; its triggers are: {}",
            counted(report.dropped, "record"),
            report.triggers.join(", ")
        );
    }
    if report.nul_dropped > 0 {
        let _ = writeln!(
            text,
            "  {} U+0000 removed",
            counted(report.nul_dropped, "character")
        );
    }
    if report.missing_words > 0 {
        let _ = writeln!(
            text,
            "  {} such as NaN, None or N/A read as NULL",
            counted(report.missing_words, "word")
        );
    }
    if report.skipped > 0 {
        let _ = writeln!(
            text,
            "  {} of Elasticsearch's bulk format skipped",
            counted(report.skipped, "action line")
        );
    }
    if !report.ignored_columns.is_empty() {
        let _ = writeln!(
            text,
            "  ignored, because the table has no such column: {}",
            report.ignored_columns.join(", ")
        );
    }
    for bad in &report.rejects {
        let _ = writeln!(text, "  line {}: {}", bad.line, bad.reason);
    }
    if report.rejected > report.rejects.len() as u64 {
        let _ = writeln!(
            text,
            "  … all of them are in the table import_rejects of the staging schema"
        );
    }
    text
}
