//! A table as the code describes it.

use jobinsight_core::{ReaderTable, Result, Settings, registry};
use jobinsight_sql::columns::{COLUMNS, KEY};
use jobinsight_sql::comments;
use jobinsight_sql::rule::Rule;

/// A table that another program writes or reads.
#[derive(Debug)]
pub(crate) struct DescribedTable {
    /// The name in files that describe the table.
    pub(crate) id: &'static str,
    /// The schema in the database.
    pub(crate) schema: String,
    /// The name in the database.
    pub(crate) name: String,
    /// The meaning.
    pub(crate) about: &'static str,
    /// The columns, in order.
    pub(crate) columns: Vec<TableColumn>,
}

/// A column of such a table.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // each is one fact about the column
pub(crate) struct TableColumn {
    /// The name.
    pub(crate) name: &'static str,
    /// The type as SQL writes it, such as `VARCHAR(20)`.
    pub(crate) data_type: &'static str,
    /// The meaning.
    pub(crate) about: &'static str,
    /// Whether the column is the primary key.
    pub(crate) is_key: bool,
    /// Whether each row has a value.
    pub(crate) is_required: bool,
    /// Whether a row without a value is rejected.
    pub(crate) is_wanted: bool,
    /// The values that the column may have.
    pub(crate) rule: Rule,
    /// The column whose value is the upper bound.
    pub(crate) at_most: Option<&'static str>,
    /// Whether a copy that reads only new rows leaves the column out.
    pub(crate) changes_unnoticed: bool,
}

impl DescribedTable {
    /// The raw table.
    pub(crate) fn raw(settings: &Settings) -> Self {
        let columns = COLUMNS.iter().filter_map(|column| {
            Some(TableColumn {
                name: column.name,
                data_type: column.raw_definition()?,
                about: column.raw_about.unwrap_or(column.about),
                is_key: column.name == KEY,
                is_required: column.name == KEY,
                is_wanted: column.is_wanted(),
                rule: Rule::Any,
                at_most: None,
                changes_unnoticed: false,
            })
        });
        Self {
            id: "raw_jobs",
            schema: settings.raw.schema.clone(),
            name: settings.raw.table.clone(),
            about: comments::of_raw(),
            columns: columns.collect(),
        }
    }

    /// The staging table.
    pub(crate) fn staging(settings: &Settings) -> Self {
        let columns = COLUMNS.iter().map(|column| TableColumn {
            name: column.name,
            data_type: column.staging_definition(),
            about: column.about,
            is_key: column.name == KEY,
            is_required: column.is_required(),
            is_wanted: false,
            rule: Rule::of(column),
            at_most: column.at_most,
            changes_unnoticed: column.changes_unnoticed(),
        });
        Self {
            id: "staging_jobs",
            schema: settings.staging.schema.clone(),
            name: "staging_jobs".to_owned(),
            about: comments::of_staging(),
            columns: columns.collect(),
        }
    }

    /// The columns with an upper bound, each with the column of the bound.
    pub(crate) fn bounds(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let columns = self.columns.iter();
        columns.filter_map(|column| Some((column.name, column.at_most?)))
    }

    /// The tables that the linked phases write for other programs.
    pub(crate) fn of_phases(settings: &Settings) -> Result<Vec<Self>> {
        let tables = registry::all()?.into_iter();
        let tables = tables.flat_map(|spec| spec.reader_tables);
        Ok(tables
            .map(|table| Self::of_phase(settings, table))
            .collect())
    }

    fn of_phase(settings: &Settings, table: &ReaderTable) -> Self {
        let name = format!(r#":"staging".{}"#, table.name);
        let begin = format!("CREATE TABLE IF NOT EXISTS {name} (\n");
        let body = table.script.split_once(&begin).map_or("", |(_, body)| body);
        let body = body.split_once("\n);").map_or("", |(body, _)| body);
        let columns = body.lines().filter_map(|line| {
            let mut words = line.trim().trim_end_matches(',').split_whitespace();
            let column = words.next()?;
            let is_column = column.starts_with(|c: char| c.is_ascii_lowercase());
            let listed = table.words.iter().find(|(name, _)| *name == column);
            is_column.then_some(TableColumn {
                name: column,
                data_type: words.next()?,
                about: comments::of(table.script, &format!("COLUMN {name}.{column}")),
                is_key: false,
                is_required: line.contains("NOT NULL"),
                is_wanted: false,
                at_most: None,
                rule: listed.map_or(Rule::Any, |(_, words)| Rule::Words(words.to_vec())),
                changes_unnoticed: false,
            })
        });
        Self {
            id: table.name,
            schema: settings.staging.schema.clone(),
            name: table.name.to_owned(),
            about: comments::of(table.script, &format!("TABLE {name}")),
            columns: columns.collect(),
        }
    }
}

impl TableColumn {
    /// Whether the column has a list of values.
    pub(crate) fn is_list(&self) -> bool {
        self.data_type.ends_with("[]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_a_phase_has_the_columns_and_comments_of_its_script() {
        let tables = DescribedTable::of_phases(&Settings::default()).unwrap();
        let facts = tables.iter().find(|table| table.name == "job_facts");
        let facts = facts.unwrap();
        assert!(facts.about.starts_with("What a posting says"));
        let shown: Vec<(&str, &str, bool)> = facts
            .columns
            .iter()
            .map(|column| (column.name, column.data_type, column.is_required))
            .collect();
        assert_eq!(shown.len(), 13);
        assert_eq!(shown[0], ("job_id", "TEXT", true));
        assert_eq!(shown[7], ("languages", "TEXT[]", false));
        assert!(facts.columns.iter().all(|column| !column.about.is_empty()));
        let level = &facts.columns[4];
        assert!(matches!(&level.rule, Rule::Words(words) if words.contains(&"senior")));
    }
}
