//! The arguments of `cargo xtask new-phase`.

use clap::{Args, ValueEnum};

/// The number of times that a phase works in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// Once a run.
    Run,
    /// For each batch.
    Batch,
}

/// The role of a phase that works for each batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Produces batches: the start of a lane.
    Load,
    /// Changes batches on their way.
    Process,
    /// Publishes batches: the end of a lane.
    Save,
}

/// The kind of a new phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Once,
    Load,
    Process,
    Save,
}

/// The phase to create.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The name, such as `seniority`: in `pipeline = […]` and `[phases.NAME]`
    pub(super) name: String,
    /// How often the phase works: once a run, or for each batch
    #[arg(long, value_enum, default_value_t = Scope::Batch)]
    pub(super) scope: Scope,
    /// The role of a phase with --scope batch [default: process]
    #[arg(long, value_enum)]
    pub(super) role: Option<Role>,
    /// Add the phase to the default pipeline
    #[arg(long)]
    pub(super) default: bool,
}

impl New {
    pub(super) fn kind(&self) -> Result<Kind, String> {
        match (self.scope, self.role) {
            (Scope::Run, None) => Ok(Kind::Once),
            (Scope::Run, Some(_)) => {
                Err("--role is only for phases with --scope batch, because a phase with --scope run works once in a run".to_owned())
            }
            (Scope::Batch, Some(Role::Load)) => Ok(Kind::Load),
            (Scope::Batch, None | Some(Role::Process)) => Ok(Kind::Process),
            (Scope::Batch, Some(Role::Save)) => Ok(Kind::Save),
        }
    }
}
