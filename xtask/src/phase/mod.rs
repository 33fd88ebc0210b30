//! Phases as crates of this workspace: made, linked, taken out again.

pub(crate) mod check;
mod files;
mod name;

use std::fmt::Write;
use std::path::Path;

use clap::{Args, ValueEnum};

pub(crate) use name::{Name, standing};

use crate::docs::pictures;

/// How often a phase works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// Once a run.
    Run,
    /// For each batch.
    Batch,
}

/// What a batch phase does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Gives batches: the head of a lane.
    Load,
    /// Changes batches on their way.
    Process,
    /// Publishes batches: the end of a lane.
    Save,
}

/// What kind of phase is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Once,
    Load,
    Process,
    Save,
}

/// The phase that is asked for.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Its name, such as `seniority`: in `pipeline = […]` and `[phases.NAME]`
    name: String,
    /// Whether it works once a run or for each batch
    #[arg(long, value_enum, default_value_t = Scope::Batch)]
    scope: Scope,
    /// What it does with batches (default: process)
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// Give it a place in the default pipeline
    #[arg(long)]
    default: bool,
}

impl New {
    fn kind(&self) -> Result<Kind, String> {
        match (self.scope, self.role) {
            (Scope::Run, None) => Ok(Kind::Once),
            (Scope::Run, Some(_)) => {
                Err("a phase with --scope run has no role: it works once a run".to_owned())
            }
            (Scope::Batch, Some(Role::Load)) => Ok(Kind::Load),
            (Scope::Batch, None | Some(Role::Process)) => Ok(Kind::Process),
            (Scope::Batch, Some(Role::Save)) => Ok(Kind::Save),
        }
    }
}

/// Makes a phase and links it; gives what to type next.
pub(crate) fn add(root: &Path, new: &New) -> Result<String, String> {
    let kind = new.kind()?;
    if new.default && matches!(kind, Kind::Load | Kind::Save) {
        return Err(
            "the default pipeline loads and saves already: leave --default out, and name the new phase in `pipeline` in place of the old one"
                .to_owned(),
        );
    }
    let name = Name::parse(root, &new.name)?;
    files::write(root, &name, kind)?;
    files::link(root, &name)?;
    if new.default {
        files::list(root, &name, kind)?;
    }
    files::lock(root)?;
    let place = if new.default {
        "It has a place in the default pipeline.".to_owned()
    } else {
        format!(
            "It works where `pipeline` names it (jobinsight.toml, or ETL_PIPELINE=…,{name},…).",
            name = name.phase
        )
    };
    let next = [
        (
            format!("cargo xtask test --phase {}", name.phase),
            "its test, on a real database",
        ),
        (
            format!("cargo run -- phases {}", name.phase),
            "shows it: what it needs and gives, its settings",
        ),
        (
            "cargo xtask docs --write".to_owned(),
            "puts its settings into docs/03, and its crate into the picture",
        ),
        (
            "cargo xtask ci --changed".to_owned(),
            "all that its change can touch",
        ),
        (
            format!("cargo xtask remove-phase {}", name.phase),
            "takes it out again",
        ),
    ];
    let width = next.iter().map(|(typed, _)| typed.len()).max().unwrap_or(0);
    let mut said = format!("phases/{} is made and linked. {place}\n", name.phase);
    for (typed, what) in next {
        let _ = write!(said, "\n  {typed:width$}   {what}");
    }
    Ok(said)
}

/// Takes a phase out; gives where it is now.
pub(crate) fn remove(root: &Path, name: &str) -> Result<String, String> {
    let name = Name::there(root, name)?;
    let kept = files::take_away(root, &name)?;
    files::unlink(root, &name)?;
    files::lock(root)?;
    pictures::write(root, &[pictures::of_crates(root)?])?;
    Ok(format!(
        "{} is taken out and unlinked; its folder is kept in {}",
        name.phase,
        kept.strip_prefix(root).unwrap_or(&kept).display()
    ))
}
