//! The pipeline: the configured list of phases, which of them work in a run, and the stages that they form. Everything
//! here is decided before a run contacts a server.

mod checked;
pub(crate) mod fill;
mod guarded;
mod link;
mod list;
mod listed_phase;
pub(crate) mod selection;
mod stage;
mod validation;
mod with;

pub(crate) use checked::checked;
pub(crate) use guarded::{build_phase, guarded};
pub(crate) use list::{linked, listed, rules};
pub(crate) use listed_phase::ListedPhase;
pub(crate) use stage::{Stage, Step, build};
pub(crate) use with::with;
