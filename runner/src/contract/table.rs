//! A table as the code describes it.

use jobinsight_core::{ReaderTable, Result, RuleSet, Settings, registry};
use jobinsight_sql::columns::{Allowed, COLUMNS, Column, KEY};
use jobinsight_sql::comments;

/// A table that another program writes or reads.
#[derive(Debug)]
pub(crate) struct DescribedTable {
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
    /// The values that the column may have.
    pub(crate) rule: Rule,
    /// Whether a copy that reads only new rows leaves the column out.
    pub(crate) changes_unnoticed: bool,
}

/// The values that a column may have, besides NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Any value of the type.
    Any,
    /// One of these words.
    Words(Vec<&'static str>),
    /// A text that this regular expression matches.
    Form(String),
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
                is_required: is_required(column.raw?),
                rule: Rule::Any,
                changes_unnoticed: false,
            })
        });
        Self {
            schema: settings.raw.schema.clone(),
            name: settings.raw.table.clone(),
            about: comments::of_raw(),
            columns: columns.collect(),
        }
    }

    /// The staging table.
    pub(crate) fn staging(settings: &Settings) -> Result<Self> {
        let columns = COLUMNS.iter().map(|column| {
            Ok(TableColumn {
                name: column.name,
                data_type: column.staging_definition(),
                about: column.about,
                is_key: column.name == KEY,
                is_required: is_required(column.staging),
                rule: Rule::of(column)?,
                changes_unnoticed: column.changes_unnoticed(),
            })
        });
        Ok(Self {
            schema: settings.staging.schema.clone(),
            name: "staging_jobs".to_owned(),
            about: comments::of_staging(),
            columns: columns.collect::<Result<_>>()?,
        })
    }
}

impl DescribedTable {
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
                is_required: is_required(line),
                rule: listed.map_or(Rule::Any, |(_, words)| Rule::Words(words.to_vec())),
                changes_unnoticed: false,
            })
        });
        Self {
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

impl Rule {
    fn of(column: &Column) -> Result<Self> {
        Ok(match column.allowed {
            Allowed::Any => Self::Any,
            Allowed::Words(words) => Self::Words(words.to_vec()),
            Allowed::Form(form) => Self::Form(form.to_owned()),
            Allowed::Warnings => Self::Words(warnings()?),
            Allowed::Rules => Self::Form(rules()),
        })
    }
}

/// The warnings of the linked phases.
fn warnings() -> Result<Vec<&'static str>> {
    let specs = registry::all()?;
    let mut words: Vec<&str> = specs
        .iter()
        .flat_map(|spec| spec.warnings)
        .map(|warning| warning.word)
        .collect();
    words.sort_unstable();
    words.dedup();
    Ok(words)
}

/// The form of the name of rules: a rule set, and after a sign its digests and phases.
fn rules() -> String {
    let sets = [RuleSet::Standard, RuleSet::V1].map(RuleSet::name);
    format!("^({})($|[@+-])", sets.join("|"))
}

fn is_required(definition: &str) -> bool {
    definition.contains("NOT NULL") || definition.contains("PRIMARY KEY")
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
        assert_eq!(shown.len(), 12);
        assert_eq!(shown[0], ("job_id", "TEXT", true));
        assert_eq!(shown[7], ("languages", "TEXT[]", false));
        assert!(facts.columns.iter().all(|column| !column.about.is_empty()));
        let level = &facts.columns[4];
        assert!(matches!(&level.rule, Rule::Words(words) if words.contains(&"senior")));
    }

    #[test]
    fn every_form_of_a_name_of_rules_is_allowed() {
        assert_eq!(rules(), "^(standard|v1)($|[@+-])");
    }
}
