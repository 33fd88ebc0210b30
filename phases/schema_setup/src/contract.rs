//! Checks the contract of the raw table, and reports the differences.

use std::fmt::Write as _;

use jobinsight_core::{Code, EtlError, Result, Settings, advice, database, spelling};
use jobinsight_sql::columns::{self, KEY};
use jobinsight_sql::scripts::LIST_RAW_COLUMNS;
use tokio_postgres::Client;

use crate::codes;

/// A column of the raw table that the pipeline reads.
struct Expected {
    name: &'static str,
    /// The type of the column in a table that `import --create` created, as PostgreSQL writes it.
    usual: String,
    /// The types that the column may have, as PostgreSQL writes them.
    types: &'static [&'static str],
}

/// The columns of the raw table, from the list of columns.
fn expected() -> impl Iterator<Item = Expected> {
    columns::COLUMNS.iter().filter_map(|column| {
        let (written, types): (&str, &[&str]) = match column.raw? {
            raw if raw.starts_with("VARCHAR") => ("character varying", TEXT),
            raw if raw.starts_with("TEXT") => ("text", TEXT),
            raw if raw.starts_with("JSONB") => ("jsonb", &["jsonb"]),
            raw if raw.starts_with("BOOLEAN") => ("boolean", &["boolean"]),
            _ => ("timestamp with time zone", &["timestamp with time zone"]),
        };
        let length = column.raw?.split_whitespace().next()?;
        let length = length.find('(').map_or("", |at| &length[at..]);
        Some(Expected {
            name: column.name,
            usual: format!("{written}{length}"),
            types,
        })
    })
}

/// `bpchar` is `character` without a length.
const TEXT: &[&str] = &["character varying", "text", "character", "bpchar"];

/// Checks the raw table. Returns notes about harmless differences.
pub(crate) async fn check(client: &Client, settings: &Settings) -> Result<Vec<String>> {
    database::refuse_other_encodings(client).await?;
    let table = settings.raw_table();
    let label = format!("{}.{}", settings.raw.schema, settings.raw.table);
    let rows = client
        .query(LIST_RAW_COLUMNS.text, &[&table])
        .await
        .map_err(|error| EtlError::database(error, "reading the columns of the raw table"))?;
    let found: Vec<(String, String, bool)> = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    if found.is_empty() {
        return Err(EtlError::new(
            codes::CONTRACT_MISSING_TABLE,
            format!("the table {label} does not exist in this database"),
        )
        .help(format!("set the name of the table: [raw] schema = …, table = …; or create and fill the table: {}", advice::command("import --create FILE"))));
    }
    compare(&label, &found)
}

fn compare(label: &str, found: &[(String, String, bool)]) -> Result<Vec<String>> {
    let names = found.iter().map(|(name, ..)| name.as_str());
    let mut comparison = Comparison {
        label,
        unknown: names
            .filter(|name| expected().all(|column| column.name != *name))
            .collect(),
        difference: String::new(),
        first: None,
        notes: Vec::new(),
    };
    for column in expected() {
        match found.iter().find(|(name, ..)| name == column.name) {
            None => comparison.missing(&column),
            Some((_, kind, _)) => comparison.found(&column, kind),
        }
    }
    let notes = comparison.finish()?;
    if !found.iter().any(|(name, _, unique)| name == KEY && *unique) {
        return Err(EtlError::new(
            codes::CONTRACT_NO_KEY,
            format!("{label}.job_id has no unique index, so two rows could have the same job_id"),
        )
        .help(format!("ALTER TABLE {label} ADD PRIMARY KEY (job_id); a view has no key, so name the table of the view in [raw]")));
    }
    Ok(notes)
}

/// The comparison of the columns of a raw table with the contract.
struct Comparison<'a> {
    label: &'a str,
    /// The columns of the table that are not part of the contract.
    unknown: Vec<&'a str>,
    /// The lines of the report: `-` what the contract expects, `+` what the table has.
    difference: String,
    /// The first difference that breaks the contract: its code and its sentence.
    first: Option<(Code, String)>,
    /// Harmless differences.
    notes: Vec<String>,
}

impl Comparison<'_> {
    /// The table does not have the column.
    fn missing(&mut self, column: &Expected) {
        let near = spelling::nearest(column.name, self.unknown.iter().copied());
        let near = near
            .map(|near| format!("   -- is `{near}` this one?"))
            .unwrap_or_default();
        let _ = writeln!(self.difference, "- {} {}{near}", column.name, column.usual);
        self.first.get_or_insert((
            codes::CONTRACT_MISSING_COLUMN,
            format!("{} has no column `{}`", self.label, column.name),
        ));
    }

    /// The table has the column, with the type `kind`.
    fn found(&mut self, column: &Expected, kind: &str) {
        let (label, name, usual) = (self.label, column.name, &column.usual);
        let base = kind.split('(').next().unwrap_or(kind);
        if !column.types.contains(&base) {
            let _ = writeln!(self.difference, "- {name} {usual}\n+ {name} {kind}");
            self.first.get_or_insert((
                codes::CONTRACT_WRONG_TYPE,
                format!(
                    "{label}.{name} is {kind}, and must be {}",
                    column.types.join(" or ")
                ),
            ));
        } else if kind != usual {
            self.notes
                .push(format!("{label}.{name} is {kind} (usual: {usual})"));
        }
    }

    /// The notes, or the error of the first difference with a report of all.
    fn finish(mut self) -> Result<Vec<String>> {
        if let Some((code, sentence)) = self.first {
            for name in &self.unknown {
                let _ = writeln!(self.difference, "  {name}   -- not part of the contract");
            }
            let first_line = self.difference.find('\n').unwrap_or(0);
            return Err(EtlError::new(code, sentence)
                .help("restore the name or the type of the column in the raw table; nothing was written; - is expected, + was found")
                .at(self.label, &self.difference, 0, first_line, "differs"));
        }
        if !self.unknown.is_empty() {
            self.notes.push(format!(
                "{} has columns that the pipeline does not read: {}",
                self.label,
                self.unknown.join(", ")
            ));
        }
        Ok(self.notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Vec<(String, String, bool)> {
        expected()
            .map(|column| (column.name.to_owned(), column.usual, column.name == KEY))
            .collect()
    }

    #[test]
    fn extra_and_wider_columns_are_notes() {
        let mut table = usual();
        table.push(("extra".into(), "integer".into(), false));
        table[1].1 = "text".into();
        let notes = compare("public.raw_jobs", &table).unwrap();
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn a_renamed_column_is_shown_beside_the_one_it_may_be() {
        let mut table = usual();
        table[5].0 = "salaries".into();
        let error = compare("public.raw_jobs", &table).unwrap_err();
        assert_eq!(error.code(), codes::CONTRACT_MISSING_COLUMN);
        assert_eq!(error.kind().exit_code(), 4);
        let shown = format!("{:?}", miette::Report::new(error));
        assert!(shown.contains("is `salaries` this one?"), "{shown}");
    }

    #[test]
    fn a_retyped_column_and_a_lost_key_break_the_contract() {
        let mut table = usual();
        table[14].1 = "text".into();
        assert_eq!(
            compare("t", &table).unwrap_err().code(),
            codes::CONTRACT_WRONG_TYPE
        );
        let mut table = usual();
        table[0].2 = false;
        assert_eq!(
            compare("t", &table).unwrap_err().code(),
            codes::CONTRACT_NO_KEY
        );
    }
}
