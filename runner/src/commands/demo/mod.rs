//! `jobinsight demo`: the whole pipeline on a sample that the binary carries, on the embedded PostgreSQL.

mod own_server;
mod texts;

use jobinsight_core::plural::counted;
use std::io::Write;

use jobinsight_core::database::Connection;
use jobinsight_core::database::{self, Target, TargetOrigin};
use jobinsight_core::settings::{Flag, Loaded};
use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::embedded::Server;

use self::own_server::{DATABASE, OwnServer};
use super::import;
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::import::FileForm;
use crate::pipeline;
use crate::pipeline::selection::PhaseSelection;
use crate::report::text;
use crate::run::request::RunRequest;
use crate::run::{Ended, run_until};
use crate::session::shutdown::Stop;

/// The sample. It was written for this project, and has every form of text that the rules handle.
const SAMPLE: &[u8] = include_bytes!("../../../assets/sample.csv");

/// The evening of the day on which the sample was crawled.
const AS_OF: &str = "2026-01-15T20:00:00+07:00";

/// Shows the demo. Stops the server afterwards, if this demo started it and `is_kept` is false. A signal stops it even if
/// `is_kept` is true.
pub(crate) async fn demo(global: &Global, is_kept: bool) -> Result<u8> {
    let loaded = io::open_choosing(global, defaults(global), facts)?;
    crate::report::results::check_state_dir(&loaded.settings.state_dir())?;
    pipeline::checked(&loaded, &PhaseSelection::default())?;
    let own = OwnServer::default();
    let stop = Stop::demo_on_signals(advice::command("demo"), own.ending());
    let result = on_own_server(global, &loaded, &own, &stop, is_kept).await;
    stop.let_process_end().await;
    result
}

async fn on_own_server(
    global: &Global,
    loaded: &Loaded,
    own: &OwnServer,
    stop: &Stop,
    is_kept: bool,
) -> Result<u8> {
    let found = tokio::select! {
        server = io::server(loaded) => server?,
        () = stop.token.cancelled() => return Err(stop.reason()),
    };
    let server = own.start(found).await?;
    let result = tokio::select! {
        result = show(global, loaded, &server, stop, is_kept) => result,
        () = interrupted(stop) => Err(stop.reason()),
    };
    if !is_kept || stop.token.is_cancelled() {
        own.stop().await?;
    } else if global.format == OutputFormat::Text && !matches!(result, Ok(0)) {
        io::print_text(&texts::kept());
    }
    result
}

/// The phase that the demo adds to the default pipeline. A pipeline of the user stays as it is.
fn facts(loaded: &Loaded) -> Vec<String> {
    let is_default = loaded.settings.pipeline == Settings::default().pipeline;
    is_default
        .then(|| texts::FACTS.to_owned())
        .into_iter()
        .collect()
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

async fn show(
    global: &Global,
    loaded: &Loaded,
    server: &Server,
    stop: &Stop,
    is_kept: bool,
) -> Result<u8> {
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
    let imported =
        import::import_file(&mut client, loaded, file.path(), FileForm::default()).await?;
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
        "\nA sample of {} went through {}, on an embedded PostgreSQL.\n\n",
        counted(imported.read, "raw posting"),
        counted(loaded.settings.pipeline.len(), "phase")
    );
    text.push_str(&text::summary(&results));
    text.push_str("\nWhat changed, by example\n");
    text.push_str(&texts::examples(&client, loaded).await?);
    if loaded
        .settings
        .pipeline
        .iter()
        .any(|name| name == texts::FACTS)
    {
        text.push_str(texts::QUESTION);
        text.push_str(&texts::answer(&client, loaded).await?);
    }
    text.push_str("\nRejected rows, with the reason\n");
    text.push_str(&texts::rejects(&client, loaded).await?);
    text.push_str(&texts::next(is_kept));
    io::print_text(&text);
    Ok(0)
}

/// Drops the database of the demo and creates it again, so that each demo shows the same results.
async fn fresh_database(server: &Server) -> Result<(Connection, Target)> {
    let url = server.url()?;
    let admin =
        database::connect(&Target::parse(&url, TargetOrigin::Embedded)?, "jobinsight").await?;
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
    target.set_database(DATABASE);
    Ok((database::connect(&target, "jobinsight").await?, target))
}
