//! The tables of titles: their names and the lines that are compiled in.

use jobinsight_core::RuleTable;

use crate::rules::shipped as tables;
pub use crate::rules::source::TableError;

/// One of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Where the part begins that advertises.
    Tails,
    /// What a title may begin with before it names the job.
    Leads,
    /// Lists of words that the rules speak of.
    Words,
    /// Places that are no province and no district.
    Places,
    /// Words before a place's name.
    PlaceWords,
    /// Districts, a province a line.
    Districts,
    /// Provinces and their spellings.
    Provinces,
}

/// Lines of a table that stand outside the ones compiled in.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a> {
    /// Which table they belong to.
    pub table: Table,
    /// Under which name they are spoken of in an error, such as a setting or a file.
    pub name: &'a str,
    /// The lines.
    pub text: &'a str,
}

/// The tables that the rules of titles read, in the order in which they are read.
pub(crate) const TABLES: [(Table, RuleTable); 7] = [
    (Table::Words, tables::TITLE_WORDS),
    (Table::Tails, tables::TITLE_TAILS),
    (Table::Leads, tables::TITLE_LEADS),
    (Table::Provinces, tables::PROVINCES),
    (Table::Districts, tables::DISTRICTS),
    (Table::Places, tables::PLACES),
    (Table::PlaceWords, tables::PLACE_WORDS),
];
