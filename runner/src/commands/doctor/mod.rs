//! `jobinsight doctor`: checks everything that a run needs.

mod checks;
mod disk;
mod partitions;
mod server;
mod staging;

use jobinsight_core::Result;
use jobinsight_core::advice;
use jobinsight_core::database;
use jobinsight_core::plural::counted;
use schemars::JsonSchema;
use serde::Serialize;

use self::checks::{Check, Checks};
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::pipeline;
use crate::pipeline::selection::PhaseSelection;
use crate::report::results::check_state_dir;
use crate::report::text;

/// The output of `doctor`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Diagnosis {
    /// Whether no check failed.
    healthy: bool,
    /// The checks, in order.
    checks: Vec<Check>,
}

pub(crate) async fn doctor(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let mut checks = Checks::default();
    let file = loaded.file.as_ref().map_or_else(
        || "no settings file".to_owned(),
        |file| file.display().to_string(),
    );
    match pipeline::checked(&loaded, &PhaseSelection::default()) {
        Ok(list) => checks.ok(
            "settings",
            format!("{file}; {}", counted(list.len(), "phase")),
        ),
        Err(error) => checks.fail("settings", &error),
    }
    for note in &loaded.notes {
        checks.warn(
            "environment",
            format!("{} is not a setting", note.name),
            &note
                .nearest
                .clone()
                .unwrap_or_else(|| advice::command("config show")),
        );
    }
    match check_state_dir(&loaded.settings.state_dir()) {
        Ok(()) => {
            let state_dir = loaded.settings.state_dir();
            checks.ok("state directory", state_dir.display().to_string());
            disk::check_state_dir(&state_dir, &mut checks);
        }
        Err(error) => checks.fail("state directory", &error),
    }
    match io::target(global, &loaded) {
        Err(error) => checks.fail("connection", &error),
        Ok(target) => match database::connect_for(&target, "doctor", &loaded.settings).await {
            Err(error) => checks.fail("connection", &error),
            Ok(client) => {
                let settings = &loaded.settings;
                if let Some(role) = server::check(settings, &target, &client, &mut checks).await {
                    disk::check_server(&client, settings, &mut checks).await;
                    staging::check(&loaded, &client, &role, &mut checks).await;
                    partitions::check(&client, settings, &mut checks).await;
                }
            }
        },
    }
    Ok(show(global, checks.0))
}

fn show(global: &Global, checks: Vec<Check>) -> u8 {
    let worst = checks.iter().map(|check| check.exit).max().unwrap_or(0);
    match global.format {
        OutputFormat::Json => io::print_json(&Diagnosis {
            healthy: worst == 0,
            checks,
        }),
        OutputFormat::Text => {
            let mut table = text::table(&["check", "", "found"]);
            for check in checks {
                let help = check
                    .help
                    .as_ref()
                    .map_or_else(String::new, |help| format!("\n→ {help}"));
                table.add_row([
                    check.check.to_owned(),
                    check.state.as_str().to_owned(),
                    format!("{}{help}", check.found),
                ]);
            }
            io::print_text(&format!("{table}\n"));
        }
    }
    worst
}
