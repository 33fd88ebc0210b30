//! The width of the output.

use rustix::termios::tcgetwinsize;

/// The width of a table if nothing says how wide the output is.
const TABLE: usize = 120;

/// The width of a table.
pub(super) fn of_table() -> usize {
    of_lines().unwrap_or(TABLE)
}

/// The width of a sentence: of the terminal or, if stdout is not a terminal, of the variable `COLUMNS`. `None` if nothing says
/// how wide the output is; a sentence is then one line, so that a program can search it.
pub(super) fn of_lines() -> Option<usize> {
    let terminal = tcgetwinsize(std::io::stdout()).ok();
    let columns = terminal.map(|size| usize::from(size.ws_col));
    columns
        .or_else(|| std::env::var("COLUMNS").ok()?.parse().ok())
        .filter(|columns| *columns > 0)
}
