//! The progress of long work, on stderr: lines that are drawn again and again on a terminal, or a log line every ten seconds
//! elsewhere.
//!
//! The work only adds to counters (`run_tracks`, `import_track`). A thread reads them and shows them (`ticker`), so that a terminal that does not
//! accept text cannot delay a lane. `figures` turns the counters into words, and `screen` owns the lines on the terminal: log
//! lines and errors go through it, so that they do not tear the lines of the progress.
//!
//! # Module order
//! 1. `line`, `screen`
//! 2. `figures`, `import_track`, `run_tracks`
//! 3. `bar`
//! 4. `ticker`

mod bar;
mod figures;
mod import_track;
mod line;
mod run_tracks;
pub(crate) mod screen;
mod ticker;

use std::io::IsTerminal;
use std::sync::{Arc, Mutex};

pub(crate) use self::import_track::ImportTrack;
use self::line::Tracked;
pub(crate) use self::run_tracks::{PhaseTrack, RunTracks};
pub(crate) use self::ticker::Shown;

/// How progress is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum DisplayStyle {
    /// Lines on a terminal.
    Terminal {
        /// Whether each lane has a line too.
        has_lanes: bool,
        /// Whether the lines have colors.
        has_colors: bool,
    },
    /// Log lines.
    Log {
        /// Whether the log is JSON, so that the figures are fields.
        is_json: bool,
    },
    /// Nothing is shown. The default, because a program that calls the library may draw on the terminal itself.
    #[default]
    Off,
}

static STYLE: Mutex<DisplayStyle> = Mutex::new(DisplayStyle::Off);

impl DisplayStyle {
    /// The style for a user who wants to see progress. A terminal that cannot move its cursor, and a JSON log, get log lines.
    pub(crate) fn of_stderr(is_json: bool, has_lanes: bool) -> Self {
        if is_json || !is_able_terminal() {
            return Self::Log { is_json };
        }
        Self::Terminal {
            has_lanes,
            has_colors: has_colors(),
        }
    }

    /// Shows progress in this style from now on.
    pub(crate) fn set(self) {
        if let Ok(mut style) = STYLE.lock() {
            *style = self;
        }
    }

    fn current() -> Self {
        STYLE.lock().map(|style| *style).unwrap_or_default()
    }
}

/// Whether stderr is a terminal that knows colors and can move its cursor.
fn is_able_terminal() -> bool {
    let is_able = std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    is_able && std::io::stderr().is_terminal()
}

/// Whether the text on stderr has colors: on a terminal, unless `NO_COLOR` has a value (<https://no-color.org>).
pub(crate) fn has_colors() -> bool {
    let no_color = std::env::var_os("NO_COLOR");
    is_able_terminal() && no_color.is_none_or(|value| value.is_empty())
}

/// Whether progress is shown at all. Figures that cost a query are only read if it is.
pub(crate) fn is_on() -> bool {
    DisplayStyle::current() != DisplayStyle::Off
}

/// Whether progress has lines on a terminal, so that a log line about the end of a phase would repeat them.
pub(crate) fn is_on_terminal() -> bool {
    matches!(DisplayStyle::current(), DisplayStyle::Terminal { .. })
}

/// Shows this work until the returned value is dropped.
#[must_use]
pub(crate) fn show(work: &Arc<impl Tracked + 'static>) -> Shown {
    Shown::start(
        Arc::clone(work) as Arc<dyn Tracked>,
        DisplayStyle::current(),
    )
}
