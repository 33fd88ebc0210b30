//! The tables that the rules of titles are read from.

use crate::rules::shipped;
use crate::tables::RuleTable;
pub use crate::tables::TableError;

/// A table of titles or places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Phrases that begin a tail, the part of a title that advertises.
    Tails,
    /// Phrases that a title may begin with before it names the job.
    Leads,
    /// Lists of words that the code refers to.
    Words,
    /// Places that are neither a province nor a district.
    Places,
    /// Words before a place's name.
    PlaceWords,
    /// Districts, one province per line.
    Districts,
    /// Provinces and their spellings.
    Provinces,
}

/// Lines of a table, with the name that an error shows.
#[derive(Debug, Clone, Copy)]
pub struct TableLines<'a> {
    /// The table.
    pub table: Table,
    /// The name of a file or setting.
    pub name: &'a str,
    /// The lines.
    pub text: &'a str,
}

/// The tables in the order in which they are read.
pub(crate) const TABLES: [(Table, RuleTable); 7] = [
    (Table::Words, shipped::TITLE_WORDS),
    (Table::Tails, shipped::TITLE_TAILS),
    (Table::Leads, shipped::TITLE_LEADS),
    (Table::Provinces, shipped::PROVINCES),
    (Table::Districts, shipped::DISTRICTS),
    (Table::Places, shipped::PLACES),
    (Table::PlaceWords, shipped::PLACE_WORDS),
];
