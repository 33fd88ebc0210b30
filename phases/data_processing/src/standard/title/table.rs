//! The tables of titles: their names and the lines that are compiled in.

pub use super::super::table::TableError;

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

pub(super) const COMPILED_IN: [Lines<'static>; 7] = [
    Lines {
        table: Table::Words,
        name: "title_words.txt",
        text: include_str!("../tables/title_words.txt"),
    },
    Lines {
        table: Table::Tails,
        name: "title_tails.txt",
        text: include_str!("../tables/title_tails.txt"),
    },
    Lines {
        table: Table::Leads,
        name: "title_leads.txt",
        text: include_str!("../tables/title_leads.txt"),
    },
    Lines {
        table: Table::Provinces,
        name: "provinces.txt",
        text: include_str!("../tables/provinces.txt"),
    },
    Lines {
        table: Table::Districts,
        name: "districts.txt",
        text: include_str!("../tables/districts.txt"),
    },
    Lines {
        table: Table::Places,
        name: "places.txt",
        text: include_str!("../tables/places.txt"),
    },
    Lines {
        table: Table::PlaceWords,
        name: "place_words.txt",
        text: include_str!("../tables/place_words.txt"),
    },
];
