//! The kinds of roles.

use schemars::JsonSchema;
use serde::Serialize;

/// The kind of a role, known before the phase is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// The phase works once per run.
    Once,
    /// The phase claims a batch of the queue and loads it.
    Load,
    /// The phase changes a batch.
    Process,
    /// The phase publishes a batch.
    Save,
}

impl RoleKind {
    /// `run` for phases that work once, `batch` for phases that work in lanes.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Once => "run",
            Self::Load | Self::Process | Self::Save => "batch",
        }
    }

    /// The input and output of the role, for people.
    pub fn signature(self) -> &'static str {
        match self {
            Self::Once => "once a run",
            Self::Load => "queue → batch",
            Self::Process => "batch → batch",
            Self::Save => "batch → committed",
        }
    }
}
