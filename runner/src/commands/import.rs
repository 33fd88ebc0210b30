//! `jobinsight import`: loads files into the raw table.

use std::path::Path;
use std::time::{Duration, Instant};

use jobinsight_core::database;
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Loaded, Result, clock};
use jobinsight_sql::schema;
use jobinsight_sql::scripts::{INSERT_IMPORT_REJECTS, SCHEMA_IMPORT, SCHEMA_RAW_JOBS};
use serde_json::json;
use tokio_postgres::Client;

use crate::cli::args::{Global, ImportArgs, OutputFormat};
use crate::cli::io;
use crate::import::{self, FileForm, Gate, ImportReport, Options, Rejects, Table};

pub(crate) async fn import(global: &Global, args: ImportArgs) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let target = io::target(global, &loaded)?;
    let mut client = database::connect(&target, "jobinsight").await?;
    database::refuse_unfit_server(&client).await?;
    limit_statements(&client, &loaded).await?;
    database::refuse_other_encodings(&client).await?;
    schema::refuse_newer(&*client, &loaded.settings).await?;
    if args.create {
        create(&client, &loaded).await?;
    }
    let form = FileForm {
        format: args.input_format,
        delimiter: args.delimiter,
        encoding: args.encoding,
    };
    let mut reports = Vec::new();
    for file in &args.files {
        let started = Instant::now();
        let report = import_file(&mut client, &loaded, file, form).await?;
        if global.format == OutputFormat::Text {
            io::print_text(&describe(file, &report, started.elapsed().as_secs_f64()));
        }
        reports.push(json!({ "file": file.display().to_string(), "report": report }));
    }
    if global.format == OutputFormat::Json {
        io::print_json(&json!({ "success": true, "files": reports }));
    }
    Ok(0)
}

/// Applies the time limits of the settings to the statements of the import.
async fn limit_statements(client: &Client, loaded: &Loaded) -> Result<()> {
    let settings = &loaded.settings;
    let limits = format!(
        "SET statement_timeout = {}; SET lock_timeout = {}",
        database::milliseconds(settings.statement_limit()),
        database::milliseconds(settings.lock_timeout)
    );
    client
        .batch_execute(&limits)
        .await
        .map_err(|error| EtlError::database(error, "setting the time limits of the import"))
}

/// Creates the raw table if it does not exist.
pub(crate) async fn create(client: &Client, loaded: &Loaded) -> Result<()> {
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
    let source = import::open(file, form)?;
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
    };
    import::load(
        client,
        &table,
        source,
        &origin,
        rejects,
        options,
        &mut |read| {
            tracing::info!("{origin}: {} read", counted(read, "record"));
        },
    )
    .await
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
