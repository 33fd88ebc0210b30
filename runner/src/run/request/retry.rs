//! Going on with a run that did not finish.

use jobinsight_core::database::{self, Connection, Target};
use jobinsight_core::{EtlError, Kind, Loaded, Result};
use uuid::Uuid;

use super::{Asked, Begun, beginning, changed, deciding, patiently, rename, take};
use crate::ledger::{self, Ledger, RunEntry};
use crate::pipeline::selection::{self, Flags, Listed, Owed};
use crate::run::spill;
use crate::session::control_connection::Taken;
use crate::session::shutdown::Stop;

pub(super) async fn retry(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    list: &[Listed],
    name: Option<&str>,
    new: Uuid,
) -> Result<Asked> {
    let settings = &loaded.settings;
    let look = patiently(target, stop, || {
        database::connect(target, "jobinsight retry")
    })
    .await?;
    let entry = match find(&look, loaded, name).await? {
        Ok(entry) => entry,
        Err(nothing) => return Ok(Asked::Nothing(nothing)),
    };
    drop(look);
    let ledger = Ledger::new(settings, entry.run_id, entry.attempt + 1, Uuid::now_v7());
    let link = match take(loaded, target, stop, &ledger.name).await? {
        Taken::Lead(link) => link,
        Taken::Held(link, holder) => {
            let silent = holder.silent_for(&link, settings).await?;
            return Err(holder.error(settings, silent));
        }
    };
    let mut past = ledger.past(&link, settings).await?;
    past.changed = changed(entry.settings.as_ref(), &deciding(loaded));
    let mut begun = Begun::leading(link, ledger, Vec::new(), beginning(loaded)?);
    begun.notes.push(format!(
        "retry of run {}, which {}",
        entry.run_id,
        match (&entry.error_code, entry.state.as_str()) {
            (Some(code), _) => format!("failed: {code}"),
            (None, state) => format!("was {state}"),
        }
    ));
    match selection::owed(list, &past) {
        Owed::Superseded => {
            return Err(EtlError::new(
                Kind::Usage,
                "jobinsight::run::superseded",
                format!("a later run planned the work of run {} anew", entry.run_id),
            )
            .help("what is left is found by comparing: jobinsight run; or retry the later one: jobinsight runs list"));
        }
        Owed::Anew(why) => {
            begun.notes.push(format!("it begins anew: {why}"));
            begun.choices = selection::choose(list, &Flags::default())?;
            begun.beginning.retry_of = Some(entry.run_id);
            begun.ledger = Ledger::new(settings, new, 1, begun.ledger.worker);
            rename(&begun.link, &begun.ledger.name).await?;
        }
        Owed::Rest(choices) => {
            for choice in &choices {
                if let Some(why) = &choice.skipped {
                    begun
                        .notes
                        .push(format!("{} is skipped: {why}", choice.name));
                }
            }
            if past.planned && past.owed > 0 {
                begun.notes.push(format!(
                    "{} of {} batches are published already",
                    past.finished,
                    past.finished + past.owed
                ));
            }
            begun.spilled = spill::read(&settings.state_dir(), entry.run_id);
            for spilled in &begun.spilled {
                begun.notes.push(format!(
                    "batch {} goes on at {}",
                    spilled.batch.id, spilled.phase
                ));
            }
            // The clock of the run, so that its rows are of one time.
            begun.beginning.as_of = entry.as_of.unwrap_or(begun.beginning.as_of);
            begun.choices = choices;
        }
    }
    Ok(Asked::Begun(Box::new(begun)))
}

/// The run to go on with, or why there is none.
async fn find(
    client: &Connection,
    loaded: &Loaded,
    name: Option<&str>,
) -> Result<std::result::Result<RunEntry, String>> {
    let settings = &loaded.settings;
    let unknown = |name: &str| {
        EtlError::new(
            Kind::Usage,
            "jobinsight::run::unknown",
            format!("the ledger knows no one run whose name begins with {name}"),
        )
        .help("jobinsight runs list")
    };
    if !ledger::stands(client, &settings.staging_schema()).await? {
        return match name {
            Some(name) => Err(unknown(name)),
            None => Ok(Err("nothing to retry: there was no run yet".to_owned())),
        };
    }
    let entry = match name {
        Some(name) => match ledger::runs(client, settings, name, 2).await?.as_slice() {
            [entry] => entry.clone(),
            _ => return Err(unknown(name)),
        },
        None => {
            let runs = ledger::runs(client, settings, "", 100).await?;
            match runs.into_iter().find(|entry| entry.state != "refused") {
                Some(entry) => entry,
                None => return Ok(Err("nothing to retry: there was no run yet".to_owned())),
            }
        }
    };
    if entry.state == "done" || entry.state == "refused" {
        return Ok(Err(format!(
            "nothing to retry: run {} is {}",
            entry.run_id, entry.state
        )));
    }
    Ok(Ok(entry))
}
