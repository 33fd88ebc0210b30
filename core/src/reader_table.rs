//! A table that a phase writes for other programs.

/// A table of the staging schema that a phase writes for other programs. `jobinsight contract show` describes it to them.
#[derive(Debug, Clone, Copy)]
pub struct ReaderTable {
    /// The name in the staging schema.
    pub name: &'static str,
    /// The script with its `CREATE TABLE`, which has one column on each line, and with a `COMMENT ON` the table and each column.
    pub script: &'static str,
    /// The words that a column may have, by the name of the column. A column that is not listed may have any value.
    pub words: &'static [(&'static str, &'static [&'static str])],
}
