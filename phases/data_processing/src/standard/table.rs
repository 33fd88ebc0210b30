//! Reading of tables.

/// The lines of a table without comments and blank ones.
pub(super) fn lines(table: &str) -> impl Iterator<Item = &str> {
    numbered(table).map(|(_, line)| line)
}

/// The lines of a table without comments and blank ones, with their numbers from one.
pub(super) fn numbered(table: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..)
        .zip(table.lines())
        .map(|(number, line)| (number, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The cells of a line, trimmed.
pub(super) fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(" | ").map(str::trim)
}
