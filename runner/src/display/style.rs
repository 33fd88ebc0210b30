//! The style of the progress: what stderr can show, and what the user wants to see.

use std::io::IsTerminal;
use std::sync::Mutex;

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

    /// The style that was set.
    pub(super) fn current() -> Self {
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
