//! `jobinsight wait`: waits until upstream is ready.

use jobinsight_core::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::run::upstream::{self, Wait};
use crate::session::shutdown::Stop;

/// The output of `wait`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Waited {
    /// Always true. If upstream is not ready in time, the command ends with an error.
    ready: bool,
    /// How long upstream was not ready, in seconds.
    waited_s: f64,
}

/// Waits, and says how long it took.
pub(crate) async fn wait(global: &Global, wait: &Wait) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let target = io::target(global, &loaded)?;
    let stop = Stop::on_signals();
    let waited = upstream::wait(&loaded.settings, &target, &stop, wait).await?;
    match global.format {
        OutputFormat::Json => io::print_json(&Waited {
            ready: true,
            waited_s: waited.as_secs_f64(),
        }),
        OutputFormat::Text => io::print_text(&format!(
            "Upstream is ready, after {} s.\n",
            waited.as_secs()
        )),
    }
    Ok(0)
}
