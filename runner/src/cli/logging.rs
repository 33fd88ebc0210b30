//! Logs go to stderr; results to stdout.

use std::ffi::OsStr;
use std::io::IsTerminal;

use jobinsight_core::{EtlError, Loaded, Result, settings::LogFormat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::json_log::JsonLine;
use crate::codes;

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

/// Whether log lines have colors: on a terminal, unless `NO_COLOR` has a value (<https://no-color.org>).
fn has_colors(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

/// Starts logging at the level of the settings.
pub(crate) fn start(loaded: &Loaded) -> Result<()> {
    let settings = &loaded.settings;
    let filter = filter(&settings.log_level).map_err(|error| loaded.mark(error, "log_level"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // Such an error would be written to stderr with a macro that panics if stderr is closed.
        .log_internal_errors(false);
    // A second start (tests that run commands in one process) keeps the first.
    let _ = match settings.log_format {
        LogFormat::Text => builder
            .with_ansi(has_colors(
                std::io::stderr().is_terminal(),
                std::env::var_os("NO_COLOR").as_deref(),
            ))
            .compact()
            .try_init(),
        LogFormat::Json => builder.json().event_format(JsonLine::new()).try_init(),
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::has_colors;

    #[test]
    fn logs_have_colors_on_a_terminal_unless_no_color_is_set() {
        assert!(has_colors(true, None));
        assert!(has_colors(true, Some(OsStr::new(""))));
        assert!(!has_colors(true, Some(OsStr::new("1"))));
        assert!(!has_colors(false, None));
    }
}
