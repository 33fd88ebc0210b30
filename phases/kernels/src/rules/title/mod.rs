//! The rules of titles, compiled: each word has a number, and a rule is found by the word that its phrase begins with.
//!
//! | module | content |
//! |---|---|
//! | `table` | the tables and their lines |
//! | `words`, `list` | words as numbers, with flags that say where the rules mention them |
//! | `phrase` | sequences of words and signs |
//! | `word_set` | small sets of words, to skip rules that cannot match |
//! | `phrase_reader` | reads phrases and numbers their words |
//! | `rule` | the compiled rules |
//! | `compile` | reads the lines |
//! | `place_lines` | reads the lines of the tables of places |
//! | `index` | sorts the rules, so that they are found by their first word |

mod compile;
mod index;
pub(crate) mod list;
mod phrase;
mod phrase_reader;
mod place_lines;
mod rule;
mod table;
mod word_set;
pub(crate) mod words;

pub(crate) use self::phrase::{ANY, DASH_OR_NOT, ELEMENTS, END, PAY, PLACE, Phrase};
pub use self::rule::TitleRules;
pub(crate) use self::rule::{PlacePrefix, TitleRule};
pub(crate) use self::table::TABLES;
pub use self::table::{Table, TableError, TableLines};
pub(crate) use self::word_set::WordSet;
