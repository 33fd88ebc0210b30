//! Reading of the tables that are compiled in.

/// The lines of a table without comments and blank ones.
pub(super) fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The cells of a line, trimmed.
pub(super) fn cells(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split(" | ").map(str::trim)
}
