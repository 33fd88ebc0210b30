//! `jobinsight run --dry-run`: which phases would work, for how many rows, how long, and which published rows would change.
//!
//! One transaction counts everything. It is read-only and sees one snapshot, and the comparison of the published rows sees the
//! same snapshot.

mod estimate;
mod rows;

use std::fmt::Write;

use jobinsight_core::database::{self, Target};
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, RoleKind};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::{IsolationLevel, Transaction};

use self::estimate::Estimate;
use self::rows::{Rows, RowsOutput};
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::commands::other_rules::OtherRules;
use crate::commands::rule_change::{self, Comparison, RuleChangeOutput};
use crate::pipeline::selection::{self, PhaseChoice, PhaseSelection, Selected};
use crate::{codes, ledger, pipeline};

/// The output of `run --dry-run`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct DryRun {
    /// The phases of the pipeline, in order.
    phases: Vec<ChosenPhase>,
    /// Whether the run would take over the queue of an earlier run.
    needs_queue: bool,
    /// The rows that the run would work on; null without the address of a database.
    rows: Option<RowsOutput>,
    /// The time that the run would take; null if no earlier run is a basis for it.
    estimate: Option<Estimate>,
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

/// Everything that a dry run counts.
struct Numbers {
    rows: Rows,
    estimate: Option<Estimate>,
    other_rules: Option<OtherRules>,
    comparison: Comparison,
}

impl Numbers {
    fn only(rows: Rows) -> Self {
        Self {
            rows,
            estimate: None,
            other_rules: None,
            comparison: Comparison::default(),
        }
    }
}

/// Shows which phases would work, why the others would not, and the number of rows. A run makes the same selection.
pub(super) async fn run(
    global: &Global,
    loaded: &Loaded,
    selection: &PhaseSelection,
) -> Result<u8> {
    let specs = pipeline::checked(loaded, selection)?;
    let selected = selection::select(&pipeline::listed(&specs), selection)?;
    let numbers = numbers(global, loaded, &specs, &selected).await?;
    match global.format {
        OutputFormat::Json => {
            let phases = selected.choices.iter().map(|choice| ChosenPhase {
                name: choice.name,
                works: choice.skipped.is_none(),
                why: choice.skipped.clone(),
            });
            io::print_json(&DryRun {
                phases: phases.collect(),
                needs_queue: selected.needs_queue,
                rows: numbers.rows.output(),
                estimate: numbers.estimate,
                other_rules: numbers.other_rules,
                rule_change: numbers.comparison.output,
            });
        }
        OutputFormat::Text => io::print_text(&text(loaded, &specs, &selected, &numbers)),
    }
    Ok(0)
}

fn text(
    loaded: &Loaded,
    specs: &[&'static PhaseSpec],
    selected: &Selected,
    numbers: &Numbers,
) -> String {
    let mut text = String::from("Dry run: no phase has worked. A run would select these phases:\n");
    for choice in &selected.choices {
        let _ = match &choice.skipped {
            None => writeln!(text, "  {}", choice.name),
            Some(why) => writeln!(text, "  {} (skipped: {why})", choice.name),
        };
    }
    text.push_str(&numbers.rows.sentence(&lane(specs, selected), selected));
    if numbers.rows.to_process().is_some() {
        text.push_str(&Estimate::sentence(numbers.estimate.as_ref()));
    }
    if let Some(other) = &numbers.other_rules {
        text.push_str(&other.sentence(loaded.settings.only_unprocessed));
    }
    text + &numbers.comparison.text
}

/// The phases that would work.
fn working(choices: &[PhaseChoice]) -> impl Iterator<Item = &'static str> {
    let works = choices.iter().filter(|choice| choice.skipped.is_none());
    works.map(|choice| choice.name)
}

/// The phases that would work on batches.
fn lane(specs: &[&'static PhaseSpec], selected: &Selected) -> Vec<&'static str> {
    let all = specs.iter().zip(&selected.choices);
    let works =
        all.filter(|(spec, choice)| choice.skipped.is_none() && spec.role != RoleKind::Once);
    works.map(|(spec, _)| spec.name).collect()
}

/// Checks the database as the selected phases do, and counts everything.
async fn numbers(
    global: &Global,
    loaded: &Loaded,
    specs: &[&'static PhaseSpec],
    selected: &Selected,
) -> Result<Numbers> {
    let works = specs
        .iter()
        .zip(&selected.choices)
        .filter(|(_, choice)| choice.skipped.is_none())
        .map(|(spec, _)| *spec);
    let plans = works.clone().any(|spec| spec.forecast.is_some());
    if !plans && !selected.needs_queue {
        return Ok(Numbers::only(Rows::Nothing));
    }
    let target = match io::target(global, loaded) {
        Ok(target) => target,
        // The selection needs no database.
        Err(error) if error.code() == codes::DATABASE_NONE => {
            return Ok(Numbers::only(Rows::Unknown(error)));
        }
        Err(error) => return Err(error),
    };
    let settings = &loaded.settings;
    let mut client = database::connect_for(&target, "run --dry-run", settings).await?;
    // A database that the run would refuse is refused here for the same reason.
    for check in works.filter_map(|spec| spec.check) {
        check(&client, settings).await?;
    }
    let transaction = client.build_transaction().read_only(true);
    let tx = transaction
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await
        .map_err(|error| EtlError::database(error, "beginning to count"))?;
    count(tx, &target, loaded, specs, selected).await
}

async fn count(
    mut tx: Transaction<'_>,
    target: &Target,
    loaded: &Loaded,
    specs: &[&'static PhaseSpec],
    selected: &Selected,
) -> Result<Numbers> {
    let settings = &loaded.settings;
    let snapshot = rule_change::export_snapshot(&tx).await?;
    let rules = pipeline::rules(settings, &[]);
    let phases: Vec<&str> = working(&selected.choices).collect();
    let mut planning = specs.iter().filter(|spec| phases.contains(&spec.name));
    let rows = match planning.find_map(|spec| spec.forecast) {
        Some(forecast) => Rows::Planned(forecast(&tx, loaded, &rules).await?),
        None => Rows::Queue(ledger::pending(tx.client(), settings).await?),
    };
    let estimate = match rows.to_process() {
        Some(rows) => Estimate::read(tx.client(), settings, rows, &phases).await?,
        None => None,
    };
    let other_rules = OtherRules::count(&mut tx, loaded, &rules).await?;
    let comparison = match &rows {
        Rows::Planned(_) => {
            rule_change::compare(target, loaded, specs, &rules, (tx, &snapshot)).await?
        }
        Rows::Queue(_) | Rows::Nothing | Rows::Unknown(_) => Comparison::default(),
    };
    Ok(Numbers {
        rows,
        estimate,
        other_rules,
        comparison,
    })
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
