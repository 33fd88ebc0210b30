//! `jobinsight demo`: the whole pipeline on a sample that the binary carries, on the embedded PostgreSQL.

use std::fmt::Write;
use std::io::Write as _;

use jobinsight_core::database::Connection;
use jobinsight_core::database::{self, Target, TargetOrigin};
use jobinsight_core::settings::{Flag, Loaded};
use jobinsight_core::{EtlError, Result};
use jobinsight_sql::embedded::{Server, Started};
use jobinsight_sql::scripts::{COUNT_REJECTS, LIST_EXAMPLES};
use tokio_postgres::Client;

use super::import;
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::pipeline;
use crate::pipeline::selection::PhaseSelection;
use crate::report::text;
use crate::run::request::RunRequest;
use crate::run::{Ended, run_until};
use crate::session::shutdown::Stop;

/// The sample. It was written for this project, and has every form of text that the rules handle.
const SAMPLE: &[u8] = include_bytes!("../../assets/sample.csv");

/// The evening of the day on which the sample was crawled.
const AS_OF: &str = "2026-01-15T20:00:00+07:00";

const DATABASE: &str = "jobinsight_demo";

pub(crate) async fn demo(global: &Global) -> Result<u8> {
    let loaded = io::open(global, defaults(global))?;
    crate::report::results::check_state_dir(&loaded.settings.state_dir())?;
    pipeline::checked(&loaded, &PhaseSelection::default())?;
    let stop = Stop::on_signals();
    let server = io::server(&loaded).await?;
    let starting = server.clone();
    // Starting waits for a child process, so it must not block the threads that receive Ctrl-C.
    let started = tokio::task::spawn_blocking(move || starting.start())
        .await
        .map_err(|error| EtlError::bug(format!("starting the server: {error}")))??;
    let result = tokio::select! {
        result = show(global, &loaded, &server, &stop) => result,
        () = interrupted(&stop) => Err(stop.error().unwrap_or_else(|| EtlError::bug("stopped without a reason"))),
    };
    if started == Started::Now {
        let stopping = server.clone();
        tokio::task::spawn_blocking(move || stopping.stop())
            .await
            .map_err(|error| EtlError::bug(format!("stopping the server: {error}")))??;
    }
    result
}

/// The settings of the demo. The clock is the day on which the sample was crawled, so that each demo shows the same
/// results. Only warnings are logged, because more logs would hide the results.
fn defaults(global: &Global) -> Vec<Flag> {
    let mut flags = vec![Flag {
        key: "as_of",
        value: AS_OF.into(),
        flag: "demo",
    }];
    if global.log_level.is_none() && std::env::var_os("ETL_LOG_LEVEL").is_none() {
        flags.push(Flag {
            key: "log_level",
            value: "warn".into(),
            flag: "demo",
        });
    }
    flags
}

/// Waits for a signal, then for five seconds. A run stops by itself in this time; another step is cancelled after it.
async fn interrupted(stop: &Stop) {
    stop.token.cancelled().await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
}

async fn show(global: &Global, loaded: &Loaded, server: &Server, stop: &Stop) -> Result<u8> {
    let (mut client, target) = fresh_database(server).await?;
    import::create(&client, loaded).await?;
    let mut file = tempfile::Builder::new()
        .prefix("jobinsight-sample")
        .suffix(".csv")
        .tempfile()
        .and_then(|mut file| file.write_all(SAMPLE).map(|()| file))
        .map_err(|error| {
            EtlError::new(
                codes::DEMO_SAMPLE,
                format!("the sample cannot be unpacked: {error}"),
            )
        })?;
    let _ = file.flush();
    let imported = import::import_file(&mut client, loaded, file.path(), None).await?;
    let ended = run_until(
        loaded,
        &target,
        stop,
        &RunRequest::Fresh(PhaseSelection::default()),
    )
    .await;
    if ended.error.is_some() || global.format == OutputFormat::Json {
        return Ok(super::run::show(ended, global.format));
    }
    let Ended { results, .. } = ended;
    let mut text = format!(
        "\nA sample of {} raw postings went through {} phases, on an embedded PostgreSQL.\n\n",
        imported.read,
        loaded.settings.pipeline.len()
    );
    text.push_str(&text::summary(&results));
    text.push_str("\nWhat changed, by example\n");
    text.push_str(&examples(&client, loaded).await?);
    text.push_str("\nRejected rows, with the reason\n");
    text.push_str(&rejects(&client, loaded).await?);
    let _ = write!(
        text,
        "\nNext (the command is this program; `cargo install --path runner` puts it on your PATH)\n  \
         jobinsight db start                        keep the embedded PostgreSQL running\n  \
         jobinsight db psql -- -d {DATABASE}   look at jobinsight_staging.staging_jobs\n  \
         jobinsight phases                          the phases and their settings\n  \
         export DATABASE_URL=postgresql://user:password@host/database\n  \
         jobinsight import --create FILE.csv        your own postings: CSV, JSON Lines or Parquet\n  \
         jobinsight run                             clean them\n"
    );
    io::print(&text);
    Ok(0)
}

/// Drops the database of the demo and creates it again, so that each demo shows the same results.
async fn fresh_database(server: &Server) -> Result<(Connection, Target)> {
    let url = server.url()?;
    let admin = database::connect(
        &Target::parse(&url, TargetOrigin::Embedded)?,
        "jobinsight demo",
    )
    .await?;
    for statement in [
        format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"),
        format!("CREATE DATABASE {DATABASE}"),
    ] {
        admin
            .batch_execute(&statement)
            .await
            .map_err(|error| EtlError::database(error, "creating the database of the demo"))?;
    }
    let mut target = Target::parse(&url, TargetOrigin::Embedded)?;
    target.config.dbname(DATABASE);
    Ok((database::connect(&target, "jobinsight demo").await?, target))
}

async fn examples(client: &Client, loaded: &Loaded) -> Result<String> {
    let script = LIST_EXAMPLES.render(&loaded.settings);
    let rows = client
        .query(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "looking for examples"))?;
    let mut table = text::table(&["field", "before", "after"]);
    for row in rows {
        let text = |index: usize| row.get::<_, Option<String>>(index).unwrap_or_default();
        table.add_row([text(0), text(1), text(2)]);
    }
    Ok(format!("{table}\n"))
}

async fn rejects(client: &Client, loaded: &Loaded) -> Result<String> {
    let script = COUNT_REJECTS.render(&loaded.settings);
    let rows = client
        .query(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "listing rejects"))?;
    let mut table = text::table(&["reason", "field", "rows", "such as"]);
    for row in rows {
        table.add_row([
            row.get(0),
            row.get(1),
            row.get::<_, i64>(2).to_string(),
            row.get(3),
        ]);
    }
    Ok(format!("{table}\n"))
}
