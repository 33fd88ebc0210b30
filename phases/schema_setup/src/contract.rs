//! Checks the contract of the raw table, and reports the differences.

use std::fmt::Write as _;

use jobinsight_core::plural::counted;
use jobinsight_core::{Code, EtlError, Result, Settings, advice, database};
use jobinsight_sql::columns::KEY;
use jobinsight_sql::found_columns::{
    ColumnDifference, ExpectedColumn, FoundColumn, differences, found_columns, raw_columns, unknown,
};
use jobinsight_sql::scripts::LIST_REPEATED_KEYS;
use tokio_postgres::Client;

use crate::codes;

/// Checks the raw table. Returns notes about harmless differences.
pub(crate) async fn check(client: &Client, settings: &Settings) -> Result<Vec<String>> {
    database::refuse_other_encodings(client).await?;
    let label = format!("{}.{}", settings.raw.schema, settings.raw.table);
    let found = found_columns(client, &settings.raw_table()).await?;
    if found.is_empty() {
        return Err(EtlError::new(
            codes::CONTRACT_MISSING_TABLE,
            format!("the table {label} does not exist in this database"),
        )
        .help(format!("set the name of the table: [raw] schema = …, table = …; or create and fill the table: {}", advice::command("import --create FILE"))));
    }
    let notes = compare(&label, &found)?;
    refuse_repeated_keys(client, settings, &label).await?;
    Ok(notes)
}

/// Refuses a raw table with more than one row of a posting. Only a partitioned table whose key has a second column can have such
/// rows.
async fn refuse_repeated_keys(client: &Client, settings: &Settings, label: &str) -> Result<()> {
    let list = LIST_REPEATED_KEYS.render(settings);
    let row = client
        .query_one(list.sql(), &[&settings.raw_table()])
        .await
        .map_err(|error| list.error(error, "looking for repeated postings"))?;
    let (postings, keys): (i64, Vec<String>) = (row.get(0), row.get(1));
    if postings == 0 {
        return Ok(());
    }
    Err(EtlError::new(
        codes::CONTRACT_REPEATED_KEY,
        format!(
            "{label} has more than one row of {}, such as {}; nothing was written",
            counted(postings.cast_unsigned(), "posting"),
            keys.join(", ")
        ),
    )
    .help(format!("keep the newest crawl of each posting: DELETE FROM {label} o USING {label} n WHERE n.job_id = o.job_id AND n.crawled_at > o.crawled_at")))
}

fn compare(label: &str, found: &[FoundColumn]) -> Result<Vec<String>> {
    let expected = raw_columns();
    let mut comparison = Comparison {
        label,
        expected: &expected,
        unknown: unknown(&expected, found),
        difference: String::new(),
        first: None,
        notes: Vec::new(),
    };
    let differences = differences(&expected, found);
    for difference in &differences {
        comparison.add(difference);
    }
    let notes = comparison.finish()?;
    if differences.contains(&ColumnDifference::NoKey { name: KEY }) {
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
    expected: &'a [ExpectedColumn],
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
    fn add(&mut self, difference: &ColumnDifference) {
        let label = self.label;
        let expected = self.expected;
        let of = |name: &str| {
            let column = expected.iter().find(|column| column.name == name);
            column.map(|column| &column.data_type)
        };
        let usual = |name: &str| of(name).map_or("", |data_type| data_type.usual.as_str());
        match difference {
            ColumnDifference::Missing { name, near } => {
                let near = near
                    .as_ref()
                    .map(|near| format!("   -- is `{near}` this one?"))
                    .unwrap_or_default();
                let _ = writeln!(self.difference, "- {name} {}{near}", usual(name));
                self.first.get_or_insert((
                    codes::CONTRACT_MISSING_COLUMN,
                    format!("{label} has no column `{name}`"),
                ));
            }
            ColumnDifference::WrongType { name, found } => {
                let usual = usual(name);
                let _ = writeln!(self.difference, "- {name} {usual}\n+ {name} {found}");
                let allowed =
                    of(name).map_or(String::new(), |data_type| data_type.allowed.join(" or "));
                self.first.get_or_insert((
                    codes::CONTRACT_WRONG_TYPE,
                    format!("{label}.{name} is {found}, and must be {allowed}"),
                ));
            }
            ColumnDifference::OtherType { name, found } => {
                let note = format!("{label}.{name} is {found} (usual: {})", usual(name));
                self.notes.push(note);
            }
            // The key has an error of its own, and the raw table may have NULL in every column.
            ColumnDifference::NoKey { .. } | ColumnDifference::Nullable { .. } => {}
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

    fn usual() -> Vec<FoundColumn> {
        let columns = raw_columns().into_iter();
        let found = columns.map(|column| FoundColumn {
            name: column.name.to_owned(),
            data_type: column.data_type.usual,
            is_unique: column.is_key,
            is_required: false,
        });
        found.collect()
    }

    #[test]
    fn extra_and_wider_columns_are_notes() {
        let mut table = usual();
        table.push(FoundColumn {
            name: "extra".into(),
            data_type: "integer".into(),
            is_unique: false,
            is_required: false,
        });
        table[1].data_type = "text".into();
        let notes = compare("public.raw_jobs", &table).unwrap();
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn a_renamed_column_is_shown_beside_the_one_it_may_be() {
        let mut table = usual();
        table[5].name = "salaries".into();
        let error = compare("public.raw_jobs", &table).unwrap_err();
        assert_eq!(error.code(), codes::CONTRACT_MISSING_COLUMN);
        assert_eq!(error.kind().exit_code(), 4);
        let shown = format!("{:?}", miette::Report::new(error));
        assert!(shown.contains("is `salaries` this one?"), "{shown}");
    }

    #[test]
    fn a_retyped_column_and_a_lost_key_break_the_contract() {
        let mut table = usual();
        table[14].data_type = "text".into();
        assert_eq!(
            compare("t", &table).unwrap_err().code(),
            codes::CONTRACT_WRONG_TYPE
        );
        let mut table = usual();
        table[0].is_unique = false;
        assert_eq!(
            compare("t", &table).unwrap_err().code(),
            codes::CONTRACT_NO_KEY
        );
    }
}
