//! Logs go to stderr; results to stdout.

use std::io::{self, Write};

use jobinsight_core::{EtlError, Loaded, Result, settings::LogFormat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::json_log::JsonLine;
use crate::codes;
use crate::display::{self, screen};

/// Reads the filter. `EnvFilter` alone would take a misspelled level for the name of a module, and show nothing.
fn filter(text: &str) -> Result<EnvFilter> {
    let is_level = |part: &str| part.contains(['=', '[']) || part.parse::<LevelFilter>().is_ok();
    let parts = text.split(',').map(str::trim);
    let are_levels = parts.filter(|part| !part.is_empty()).all(is_level);
    let filter = are_levels.then(|| text.parse().ok()).flatten();
    filter.ok_or_else(|| {
        EtlError::new(
            codes::SETTINGS_INVALID,
            format!("log_level = \"{text}\" is not allowed"),
        )
        .help("allowed: error, warn, info, debug, trace, or a filter such as jobinsight_core=debug")
    })
}

/// Writes log lines to stderr, above the progress.
struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        screen::above(|| io::stderr().write(line))
    }

    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        screen::above(|| io::stderr().write_all(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Starts logging at the level of the settings.
pub(crate) fn start(loaded: &Loaded) -> Result<()> {
    let settings = &loaded.settings;
    let filter = filter(&settings.log_level).map_err(|error| loaded.mark(error, "log_level"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| LogWriter)
        .with_target(false)
        // Such an error would be written to stderr with a macro that panics if stderr is closed.
        .log_internal_errors(false);
    // A second start (tests that run commands in one process) keeps the first.
    let _ = match settings.log_format {
        LogFormat::Text => builder
            .with_ansi(display::has_colors())
            .compact()
            .try_init(),
        LogFormat::Json => builder.json().event_format(JsonLine::new()).try_init(),
    };
    Ok(())
}
