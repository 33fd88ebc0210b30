//! The lists of columns that a script can name.

use crate::columns::{COLUMNS, Column, KEY, Origin};
use crate::rule::Rule;

impl Column {
    /// Whether the raw table has the column as a text.
    fn is_raw_text(&self) -> bool {
        let raw = self.raw.unwrap_or_default();
        raw.starts_with("VARCHAR") || raw.starts_with("TEXT")
    }

    fn is_in(&self, list: &str) -> Option<bool> {
        Some(match list {
            "staging" => true,
            "raw_table" => self.raw.is_some(),
            "raw_text" => self.is_raw_text(),
            "fingerprinted" => self.raw.is_some() && self.name != KEY,
            "loaded" => self.is_loaded,
            "dimension" => self.is_dimension,
            "copied" => self.origin == Origin::Copied,
            "per_row" => self.origin == Origin::PerRow,
            "shared" => self.origin == Origin::Shared,
            "parsed_salary" => self.origin == Origin::Salary,
            "ruled" => Rule::of(self) != Rule::Any,
            "bounded" => self.at_most.is_some(),
            "required" => self.is_required(),
            "wanted" => self.is_wanted(),
            "written" => self.origin != Origin::Warehouse,
            "updated" => self.origin != Origin::Warehouse && self.name != KEY,
            "facts" => matches!(
                self.origin,
                Origin::PerRow | Origin::Shared | Origin::Salary | Origin::Computed
            ),
            "content" => {
                !matches!(self.origin, Origin::Stamp | Origin::Warehouse) && self.name != KEY
            }
            _ => return None,
        })
    }
}

/// Repeats a template for every column of the list that the template names. The copies are separated by commas. Returns
/// `None` if the template names no list.
///
/// In each copy, the name of the column replaces the name of the list. The type in staging, without a length, replaces `TYPE`.
/// The type with constraints replaces `DEFINITION`; for the list `raw_table`, it is the type in the raw table. The meaning, as
/// a literal of SQL, replaces `ABOUT`. For a text of the raw table, `COLLATE "default"` replaces `COLLATION`: a collation of the
/// raw table can be nondeterministic, and different texts are then equal. For a column `s.NAME` with a [`Rule`], a condition that is
/// true if the value breaks the rule replaces `BROKEN`. The column with the upper bound replaces `BOUND`.
///
/// ```
/// use jobinsight_sql::column_lists::expand;
/// assert!(expand("s.per_row").unwrap().split(", ").all(|column| column.starts_with("s.")));
/// assert!(expand("s.rows").is_none());
/// ```
pub fn expand(template: &str) -> Option<String> {
    let mut words = template.split(|c: char| !(c.is_ascii_lowercase() || c == '_'));
    let list = words.find(|word| COLUMNS[0].is_in(word).is_some())?;
    let columns = COLUMNS.iter().filter(|c| c.is_in(list) == Some(true));
    let copies = columns.map(|column| {
        let (definition, about) = match list {
            "raw_table" => (
                column.raw.unwrap_or_default(),
                column.raw_about.unwrap_or(column.about),
            ),
            _ => (column.staging, column.about),
        };
        let collation = if column.is_raw_text() {
            "COLLATE \"default\""
        } else {
            ""
        };
        template
            .replace(list, column.name)
            .replace("BROKEN", &broken(column))
            .replace("BOUND", column.at_most.unwrap_or_default())
            .replace("TYPE", column.staging_type())
            .replace("COLLATION", collation)
            .replace("DEFINITION", definition)
            .replace("ABOUT", &format!("'{}'", about.replace('\'', "''")))
    });
    Some(copies.collect::<Vec<_>>().join(", "))
}

/// The condition that is true if the value of the column breaks its rule; empty if it has none.
fn broken(column: &Column) -> String {
    let name = format!("s.{}", column.name);
    let broken = Rule::of(column).broken(&name, column.is_list());
    broken.unwrap_or_default()
}
