//! Joining the run in progress.

use std::time::Duration;

use jobinsight_core::database::{Connection, Target};
use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, advice};
use uuid::Uuid;

use super::claimed_run::{ClaimedRun, connect_when_ready, new_header, rename};
use super::content_settings::{PROGRAM, changed_content, recorded};
use crate::codes;
use crate::ledger::{self, Ledger, RunEntry, RunHeader};
use crate::log_context;
use crate::pipeline::fill;
use crate::session::connect::Connected;
use crate::session::shutdown::Stop;

pub(super) async fn join(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    specs: &[&'static PhaseSpec],
    new: Uuid,
) -> Result<ClaimedRun> {
    let settings = &loaded.settings;
    let process = Uuid::now_v7();
    let ledger = Ledger::new(settings, new, 1, process);
    let mut told = false;
    loop {
        let (link, holder) = match connect_when_ready(loaded, target, stop, &ledger.name).await? {
            Connected::Leading(link) => {
                return Ok(ClaimedRun::leading(
                    link,
                    ledger,
                    fill::all_of(specs),
                    new_header(loaded)?,
                ));
            }
            Connected::LockedBy(link, holder) => (link, holder),
        };
        let Some(run) = holder.run() else {
            return Err(holder.error(settings, None));
        };
        log_context::set_run(&run.to_string());
        if let Some(entry) = planned(&link, loaded, run).await? {
            let header = joined_header(loaded, &entry)?;
            let ledger = Ledger::new(settings, run, entry.attempt, process);
            rename(&link, &ledger.name).await?;
            let choices = fill::all_of(&fill::phases_of_run(specs, header.fills.as_deref())?);
            return Ok(ClaimedRun {
                leads: false,
                notes: vec![format!("joined run {run}")],
                ..ClaimedRun::leading(link, ledger, choices, header)
            });
        }
        if !told {
            tracing::info!("run {run} has not filled its queue yet: waiting");
            told = true;
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(250)) => {}
            () = stop.token.cancelled() => return Err(stop.reason()),
        }
    }
}

/// The header of the run, if it has the settings of this process.
fn joined_header(loaded: &Loaded, entry: &RunEntry) -> Result<RunHeader> {
    let settings = recorded(loaded);
    let others = changed_content(entry.settings.as_ref(), &settings);
    if others.iter().any(|key| key == PROGRAM) {
        let theirs = entry
            .settings
            .as_ref()
            .and_then(|then| then[PROGRAM].as_str());
        return Err(EtlError::new(
            codes::RUN_DIFFERS,
            format!(
                "run {} is one of jobinsight {}, and this is jobinsight {}",
                entry.run_id,
                theirs.unwrap_or("of an older version"),
                settings[PROGRAM].as_str().unwrap_or_default()
            ),
        )
        .help("join with the program that began the run; or wait until the run ends"));
    }
    if !others.is_empty() {
        return Err(EtlError::new(
            codes::RUN_DIFFERS,
            format!(
                "run {} has other values of the settings {}",
                entry.run_id,
                others.join(", ")
            ),
        )
        .help(format!(
            "join with the settings of the run; `{}` shows those of this process",
            advice::command("config show --origin")
        )));
    }
    Ok(RunHeader {
        as_of: entry.as_of.clone().unwrap_or_default(),
        settings,
        retry_of: None,
        fills: entry.fills.clone(),
    })
}

/// The entry of the run, if its queue is filled.
async fn planned(client: &Connection, loaded: &Loaded, run: Uuid) -> Result<Option<RunEntry>> {
    let settings = &loaded.settings;
    if !ledger::exists(client, &settings.staging_schema()).await? {
        return Ok(None);
    }
    let probe = Ledger::new(settings, run, 1, run);
    if probe.plan(client, settings).await?.is_none() {
        return Ok(None);
    }
    let entries = ledger::runs(client, settings, &run.to_string(), 1).await?;
    Ok(entries
        .into_iter()
        .find(|entry| entry.state == RunState::Running))
}
