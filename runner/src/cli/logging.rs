//! Logs go to stderr; results to stdout.

use jobinsight_core::{EtlError, Result, Settings, settings::LogFormat};
use tracing_subscriber::EnvFilter;

use crate::codes;

/// Starts logging at the level of the settings.
pub(crate) fn start(settings: &Settings) -> Result<()> {
    let filter: EnvFilter = settings.log_level.parse().map_err(|_| {
        EtlError::new(
            codes::SETTINGS_INVALID,
            format!("log_level = \"{}\" is not allowed", settings.log_level),
        )
        .help("allowed: error, warn, info, debug, trace, or a filter such as jobinsight_core=debug")
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    // A second start (tests that run commands in one process) keeps the first.
    let _ = match settings.log_format {
        LogFormat::Text => builder
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .compact()
            .try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}
