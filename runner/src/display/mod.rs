//! The progress of long work, on stderr: lines that are drawn again and again on a terminal, or a log line every ten seconds
//! elsewhere.
//!
//! The work only adds to counters (`run_tracks`, `import_track`). A thread reads them and shows them (`ticker`), so that a terminal that does not
//! accept text cannot delay a lane. `figures` turns the counters into words, and `screen` owns the lines on the terminal: log
//! lines and errors go through it, so that they do not tear the lines of the progress.
//!
//! # Module order
//! 1. `line`, `screen`, `style`
//! 2. `figures`, `import_track`, `run_tracks`
//! 3. `bar`
//! 4. `ticker`

mod bar;
mod figures;
mod import_track;
mod line;
mod run_tracks;
pub(crate) mod screen;
mod style;
mod ticker;

use std::sync::Arc;

pub(crate) use self::import_track::ImportTrack;
use self::line::Tracked;
pub(crate) use self::run_tracks::{PhaseTrack, RunTracks};
pub(crate) use self::style::{DisplayStyle, has_colors};
pub(crate) use self::ticker::Shown;

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
