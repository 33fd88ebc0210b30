//! `jobinsight db`: the embedded PostgreSQL.

use std::os::unix::process::CommandExt;

use jobinsight_core::{EtlError, Result, advice};
use jobinsight_sql::embedded;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::report::Output;

/// The output of `db start`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Started {
    /// Always true.
    running: bool,
    /// Whether this command started the server; false if it was running before.
    started: bool,
}

/// The output of `db stop`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Stopped {
    /// Always false.
    running: bool,
    /// Whether this command stopped the server; false if it was not running.
    stopped: bool,
}

/// The output of `db destroy`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Destroyed {
    /// Always false.
    running: bool,
    /// Whether this command deleted a server; false if there was none.
    destroyed: bool,
    /// The directory of the server.
    directory: String,
}

/// The output of `db url`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Url {
    /// The address of the database, with the password.
    url: String,
}

pub(crate) async fn start(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let server = io::server(&loaded).await?;
    let started = server.start()?;
    say(
        global,
        &Started {
            running: true,
            started: started == embedded::Started::Now,
        },
        &format!(
            "{}. Show its URL: {}",
            match started {
                embedded::Started::Now => "Started the embedded PostgreSQL",
                embedded::Started::Before => "The embedded PostgreSQL was already running",
            },
            advice::command("db url")
        ),
    );
    Ok(0)
}

pub(crate) async fn stop(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let stopped = io::server(&loaded).await?.stop()?;
    say(
        global,
        &Stopped {
            running: false,
            stopped,
        },
        if stopped {
            "Stopped the embedded PostgreSQL. Its data stay."
        } else {
            "The embedded PostgreSQL was not running."
        },
    );
    Ok(0)
}

pub(crate) async fn destroy(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let server = io::server(&loaded).await?;
    let directory = server.dir().display().to_string();
    let destroyed = server.destroy()?;
    let text = if destroyed {
        format!("Stopped the embedded PostgreSQL and deleted its data in {directory}.")
    } else {
        format!("The directory {directory} has no embedded PostgreSQL.")
    };
    say(
        global,
        &Destroyed {
            running: false,
            destroyed,
            directory,
        },
        &text,
    );
    Ok(0)
}

pub(crate) async fn url(global: &Global, database: &str) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let server = io::server(&loaded).await?;
    let url = server.url_of(database)?;
    if !server.is_running() {
        tracing::warn!(
            "the embedded PostgreSQL is not running: {}",
            advice::command("db start")
        );
    }
    say(global, &Url { url: url.clone() }, &url);
    Ok(0)
}

pub(crate) async fn psql(global: &Global, args: &[String]) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let server = io::server(&loaded).await?;
    let url = server.url()?;
    if !server.is_running() {
        return Err(EtlError::new(
            codes::POSTGRES_NOT_STARTED,
            "the embedded PostgreSQL is not running",
        )
        .help(format!("start it: {}", advice::command("db start"))));
    }
    // The password is in the environment, because every user can see the arguments of a process.
    let target = jobinsight_core::database::Target::parse(
        &url,
        jobinsight_core::database::TargetOrigin::Embedded,
    )?;
    let port = target.port().to_string();
    let mut command = std::process::Command::new(server.psql());
    let error = command
        .env("PGPASSWORD", target.password().unwrap_or_default())
        .args([
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "jobinsight",
            "-d",
            &target.database(),
        ])
        .args(args)
        .exec();
    Err(
        EtlError::new(codes::POSTGRES_PSQL, format!("psql cannot be run: {error}"))
            .help("install it: apt-get install postgresql-client"),
    )
}

fn say(global: &Global, json: &impl Output, text: &str) {
    match global.format {
        OutputFormat::Text => io::print_text(&format!("{text}\n")),
        OutputFormat::Json => io::print_json(json),
    }
}
