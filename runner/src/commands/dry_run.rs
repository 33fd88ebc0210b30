//! `jobinsight run --dry-run`: which phases would work, for how many rows, and which published rows would change.

use std::fmt::Write;

use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, RoleKind, RunCounts, database};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::commands::other_rules::{self, OtherRules};
use crate::commands::rule_change::{self, Comparison, RuleChangeOutput};
use crate::ledger::{self, PendingQueue};
use crate::pipeline::selection::{self, PhaseSelection, Selected};
use crate::run::pending;
use crate::{codes, pipeline};

/// The output of `run --dry-run`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct DryRun {
    /// The phases of the pipeline, in order.
    phases: Vec<ChosenPhase>,
    /// Whether the run would take over the queue of an earlier run.
    needs_queue: bool,
    /// The rows that the run would work on; null without the address of a database.
    rows: Option<RowsOutput>,
    /// The rows that rules with another name produced; null if they were not counted.
    other_rules: Option<OtherRules>,
    /// The changes that the run would make in published rows; null if no published row is processed again.
    rule_change: Option<RuleChangeOutput>,
}

/// A phase of a dry run, as JSON.
#[derive(Serialize, JsonSchema)]
struct ChosenPhase {
    /// The name.
    name: &'static str,
    /// Whether it would work.
    works: bool,
    /// Why it would not; null if it would.
    why: Option<String>,
}

/// The rows that a run would work on, as JSON.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum RowsOutput {
    /// A phase would plan.
    Planned {
        /// Raw rows.
        raw: u64,
        /// Rows to process.
        planned: u64,
        /// Rows that are unchanged.
        unchanged: u64,
        /// Rows that an earlier run rejected, and that have not changed since.
        rejected_before: u64,
        /// Rows beyond the limit.
        left: u64,
    },
    /// The run would take over a queue.
    Queue {
        /// The queue; null without a queue, so that the run would be refused.
        queue: Option<PendingQueue>,
    },
    /// No phase would plan or process rows.
    Nothing {
        /// Always 0.
        planned: u64,
    },
}

/// The output of `run --fill PHASE --dry-run`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct FillDryRun {
    /// The phase that would be filled.
    fills: String,
    /// The published rows that would be filled.
    rows: u64,
    /// The phases that would work, in order.
    phases: Vec<&'static str>,
}

/// The rows that a run would work on.
enum Rows {
    /// A selected phase plans these.
    Planned(RunCounts),
    /// The run takes over this queue; `None` if there is none.
    Queue(Option<PendingQueue>),
    /// The selected phases neither plan rows nor take over a queue.
    Nothing,
    /// The rows were not counted, because nobody named a database.
    Unknown(EtlError),
}

/// Shows which phases would work, why the others would not, and the number of rows. A run makes the same selection.
pub(super) async fn run(
    global: &Global,
    loaded: &Loaded,
    selection: &PhaseSelection,
) -> Result<u8> {
    let specs = pipeline::checked(loaded, selection)?;
    let selected = selection::select(&pipeline::listed(&specs), selection)?;
    let rows = match rows(global, loaded, &specs, &selected).await {
        // The selection needs no database.
        Err(error) if error.code() == codes::DATABASE_NONE => Rows::Unknown(error),
        rows => rows?,
    };
    let other = other_rules::count(global, loaded).await;
    let comparison = match &rows {
        Rows::Planned(_) => {
            let rules = pipeline::rules(&loaded.settings, &[]);
            rule_change::compare(&io::target(global, loaded)?, loaded, &specs, &rules).await?
        }
        Rows::Queue(_) | Rows::Nothing | Rows::Unknown(_) => Comparison::default(),
    };
    if global.format == OutputFormat::Json {
        let phases = selected.choices.iter().map(|choice| ChosenPhase {
            name: choice.name,
            works: choice.skipped.is_none(),
            why: choice.skipped.clone(),
        });
        io::print_json(&DryRun {
            phases: phases.collect(),
            needs_queue: selected.needs_queue,
            rows: rows.output(),
            other_rules: other,
            rule_change: comparison.output,
        });
        return Ok(0);
    }
    let mut text = String::from("Dry run: no phase has worked. A run would select these phases:\n");
    for choice in &selected.choices {
        let _ = match &choice.skipped {
            None => writeln!(text, "  {}", choice.name),
            Some(why) => writeln!(text, "  {} (skipped: {why})", choice.name),
        };
    }
    text.push_str(&rows.sentence(&lane(&specs, &selected), &selected));
    if let Some(other) = other {
        text.push_str(&other.sentence(loaded.settings.only_unprocessed));
    }
    text.push_str(&comparison.text);
    io::print_text(&text);
    Ok(0)
}

/// The phases that would work on batches.
fn lane(specs: &[&'static PhaseSpec], selected: &Selected) -> Vec<&'static str> {
    let all = specs.iter().zip(&selected.choices);
    let works =
        all.filter(|(spec, choice)| choice.skipped.is_none() && spec.role != RoleKind::Once);
    works.map(|(spec, _)| spec.name).collect()
}

/// Checks the database as the selected phases do, and counts the rows.
async fn rows(
    global: &Global,
    loaded: &Loaded,
    specs: &[&'static PhaseSpec],
    selected: &Selected,
) -> Result<Rows> {
    let works = specs
        .iter()
        .zip(&selected.choices)
        .filter(|(_, choice)| choice.skipped.is_none())
        .map(|(spec, _)| *spec);
    let forecast = works.clone().find_map(|spec| spec.forecast);
    if forecast.is_none() && !selected.needs_queue {
        return Ok(Rows::Nothing);
    }
    let mut client = database::connect_for(
        &io::target(global, loaded)?,
        "run --dry-run",
        &loaded.settings,
    )
    .await?;
    // A database that the run would refuse is refused here for the same reason.
    for check in works.filter_map(|spec| spec.check) {
        check(&client, &loaded.settings).await?;
    }
    let Some(forecast) = forecast else {
        return ledger::pending(&client, &loaded.settings)
            .await
            .map(Rows::Queue);
    };
    let rules = pipeline::rules(&loaded.settings, &[]);
    forecast(&mut client, loaded, &rules)
        .await
        .map(Rows::Planned)
}

impl Rows {
    fn output(&self) -> Option<RowsOutput> {
        Some(match self {
            Self::Planned(counts) => RowsOutput::Planned {
                raw: counts.raw,
                planned: counts.planned,
                unchanged: counts.unchanged,
                rejected_before: counts.rejected_before,
                left: counts.left,
            },
            Self::Queue(queue) => RowsOutput::Queue {
                queue: queue.clone(),
            },
            Self::Nothing => RowsOutput::Nothing { planned: 0 },
            Self::Unknown(_) => return None,
        })
    }

    /// Says how many rows the phases of a lane would process, and how many would stay pending.
    fn sentence(&self, lane: &[&str], selected: &Selected) -> String {
        match self {
            Self::Planned(counts) => {
                let mut text = format!(
                    "{}: {} to process, {} unchanged, {} rejected before and unchanged since, {} beyond the limit.\n",
                    counted(counts.raw, "raw row"), counts.planned, counts.unchanged, counts.rejected_before, counts.left
                );
                let skipped = pending::skipped_lane(&selected.choices);
                let next = match pending::pending(counts.planned, &skipped) {
                    Some(next) if lane.is_empty() => next,
                    _ => pending::sentence(counts.planned, lane),
                };
                text.push_str(&next);
                text + ".\n"
            }
            Self::Queue(Some(queue)) => format!(
                "{}, from {} that run {} left. Raw rows that were written later stay pending, because no phase that plans is selected.\n",
                pending::sentence(queue.rows, lane),
                counted(queue.batches, "batch"),
                queue.run_id
            ),
            Self::Queue(None) => {
                "No rows are pending, so a run would refuse this selection: it needs the queue that an earlier run filled.\n"
                    .to_owned()
            }
            Self::Nothing => "No rows would be planned or processed.\n".to_owned(),
            Self::Unknown(error) => {
                format!("The rows were not counted: {error}. To count them, {}.\n", error.help_text())
            }
        }
    }
}

/// Shows which phases a fill would have, and how many rows.
pub(super) async fn fill(global: &Global, loaded: &Loaded, phase: &str) -> Result<u8> {
    let pipeline = pipeline::checked(loaded, &PhaseSelection::default())?;
    let phases: Vec<&'static str> = pipeline::fill::specs(&pipeline, phase)?
        .iter()
        .map(|spec| spec.name)
        .collect();
    let client = database::connect_for(
        &io::target(global, loaded)?,
        "run --dry-run",
        &loaded.settings,
    )
    .await?;
    let rows = ledger::fillable(&client, &loaded.settings).await?;
    let rows = loaded.settings.limit.map_or(rows, |limit| rows.min(limit));
    match global.format {
        OutputFormat::Json => {
            io::print_json(&FillDryRun {
                fills: phase.to_owned(),
                rows,
                phases,
            });
        }
        OutputFormat::Text => io::print_text(&format!(
            "Nothing is done. `{phase}` would be filled for {}. These phases would work:\n  {}\n",
            counted(rows, "published row"),
            phases.join("\n  ")
        )),
    }
    Ok(0)
}
