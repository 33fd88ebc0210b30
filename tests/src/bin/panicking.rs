//! The command with a phase that panics when `doctor` and `explain-row` call it.
#![forbid(unsafe_code)]

use jobinsight_core::explain::Explain;
use jobinsight_core::{
    Check, Once, PhaseContext, PhaseSpec, Plugin, Result, Role, RoleKind, Settings, async_trait,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of this phase. There are none.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct NoSettings {}

struct Panicking;

impl Plugin for Panicking {
    const NAME: &'static str = "panicking";
    const ABOUT: &'static str = "a phase of the tests that panics outside a run";
    const ROLE: RoleKind = RoleKind::Once;
    const CHECK: Option<Check> = Some(|_, _| panic!("no model to check"));
    const EXPLAIN: Option<Explain> = Some(|_| panic!("no model to explain"));
    type Settings = NoSettings;

    fn build(_: NoSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Once(Box::new(Self)))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<Panicking>() }

#[async_trait]
impl Once for Panicking {
    async fn run(&self, _: &PhaseContext<'_>) -> Result<()> {
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    jobinsight_runner::main()
}
