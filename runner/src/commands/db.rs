//! `jobinsight db`: the embedded PostgreSQL.

use std::os::unix::process::CommandExt;

use jobinsight_core::{EtlError, Result, advice};
use jobinsight_sql::embedded::Started;
use serde_json::json;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;

pub(crate) async fn start(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let server = io::server(&loaded).await?;
    let started = server.start()?;
    say(
        global,
        &json!({ "running": true, "started": started == Started::Now }),
        &format!(
            "{}. Show its URL: {}",
            match started {
                Started::Now => "Started the embedded PostgreSQL",
                Started::Before => "The embedded PostgreSQL was already running",
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
        &json!({ "running": false, "stopped": stopped }),
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
    let dir = server.dir().display().to_string();
    let destroyed = server.destroy()?;
    say(
        global,
        &json!({ "running": false, "destroyed": destroyed, "directory": dir }),
        &if destroyed {
            format!("Stopped the embedded PostgreSQL and deleted its data in {dir}.")
        } else {
            format!("There is no embedded PostgreSQL in {dir}.")
        },
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
    say(global, &json!({ "url": url }), &url);
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

fn say(global: &Global, json: &serde_json::Value, text: &str) {
    match global.format {
        OutputFormat::Text => io::print_text(&format!("{text}\n")),
        OutputFormat::Json => io::print_json(json),
    }
}
