//! The comparison of the tables of a database with their contracts.

use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::Script;
use jobinsight_sql::found_columns::{
    ColumnDifference, ExpectedColumn, differences, found_columns, raw_columns, staging_columns,
    unknown,
};
use jobinsight_sql::scripts::{COUNT_BROKEN_RULES, COUNT_RAW_NULLS};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::GenericClient;

/// A difference between a table and its contract.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Difference {
    /// The column; null if the difference is one of the whole table.
    pub(crate) column: Option<String>,
    /// The kind of the difference.
    pub(crate) kind: DifferenceKind,
    /// Whether the difference breaks the contract.
    pub(crate) breaks: bool,
    /// The difference in one sentence.
    pub(crate) message: String,
    /// The number of rows with this difference; null if it is not one of rows.
    pub(crate) rows: Option<i64>,
    /// The keys of up to three of these rows.
    pub(crate) keys: Vec<String>,
    /// Different wrong values, at most three.
    pub(crate) values: Vec<String>,
    /// The command or statement that ends the difference; null if there is none.
    pub(crate) help: Option<String>,
}

/// The kind of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DifferenceKind {
    /// The table does not exist.
    MissingTable,
    /// The table does not have the column.
    MissingColumn,
    /// The column has a type that the contract does not allow.
    WrongType,
    /// The column has another type that the contract allows.
    OtherType,
    /// The column is not NOT NULL.
    Nullable,
    /// The key is not unique.
    NoKey,
    /// The contract does not have the column.
    UnknownColumn,
    /// Rows have a value that the contract does not allow.
    Values,
    /// Rows have a lower bound that is larger than the upper bound.
    Bounds,
    /// Rows have no value.
    Nulls,
}

/// The differences of the raw table.
pub(crate) async fn raw(
    client: &impl GenericClient,
    settings: &Settings,
) -> Result<Vec<Difference>> {
    let table = settings.raw_table();
    let import = advice::command("import --create FILE");
    let checked = Checked {
        table: &table,
        expected: raw_columns(),
        rules: COUNT_RAW_NULLS,
        are_broken: false,
        create: format!("set [raw] schema and table; or create and fill the table: {import}"),
        add: None,
        repair: format!(
            "fill the column; {} shows the rejected postings",
            advice::command("rejects list")
        ),
    };
    checked.differences(client, settings).await
}

/// The differences of the staging table.
pub(crate) async fn staging(
    client: &impl GenericClient,
    settings: &Settings,
) -> Result<Vec<Difference>> {
    let table = format!("{}.staging_jobs", settings.staging_schema());
    let checked = Checked {
        table: &table,
        expected: staging_columns(),
        rules: COUNT_BROKEN_RULES,
        are_broken: true,
        create: advice::command("run"),
        add: Some(advice::command("run")),
        repair: format!(
            "write the values again: {}; {} shows what the rules produce from a posting",
            advice::command("run --only-unprocessed=false"),
            advice::command("explain-row JOB")
        ),
    };
    checked.differences(client, settings).await
}

/// A table that is compared with its contract.
struct Checked<'a> {
    /// The quoted name with the schema.
    table: &'a str,
    expected: Vec<ExpectedColumn>,
    /// Counts the rows that break a rule.
    rules: Script,
    /// Whether such rows break the contract.
    are_broken: bool,
    /// Creates the table.
    create: String,
    /// Adds a column; `None` if the owner of the table must do this.
    add: Option<String>,
    /// Repairs the values of rows.
    repair: String,
}

impl Checked<'_> {
    async fn differences(
        &self,
        client: &impl GenericClient,
        settings: &Settings,
    ) -> Result<Vec<Difference>> {
        let found = found_columns(client, self.table).await?;
        if found.is_empty() {
            let message = format!("the table {} does not exist in this database", self.table);
            let missing = Difference::of(None, DifferenceKind::MissingTable, message);
            return Ok(vec![missing.help(self.create.clone())]);
        }
        let mut all: Vec<Difference> = differences(&self.expected, &found)
            .iter()
            .map(|difference| self.column(difference))
            .collect();
        for name in unknown(&self.expected, &found) {
            let message = format!("{}.{name} is not part of the contract", self.table);
            let kind = DifferenceKind::UnknownColumn;
            all.push(Difference::of(Some(name), kind, message).harmless());
        }
        // The values of a table with other columns cannot be compared.
        let is_comparable = |difference: &Difference| {
            !matches!(
                difference.kind,
                DifferenceKind::MissingColumn | DifferenceKind::WrongType
            )
        };
        if all.iter().all(is_comparable) {
            all.extend(self.rows(client, settings).await?);
        }
        Ok(all)
    }

    fn column(&self, difference: &ColumnDifference) -> Difference {
        let table = self.table;
        let usual = |name: &str| {
            let column = self.expected.iter().find(|column| column.name == name);
            column.map_or("", |column| column.data_type.usual.as_str())
        };
        let alter =
            |name: &str, what: &str| format!("ALTER TABLE {table} ALTER COLUMN {name} {what}");
        match difference {
            ColumnDifference::Missing { name, near } => {
                let message = format!("{table} has no column {name}");
                let statement = match (&self.add, near) {
                    (Some(add), _) => add.clone(),
                    (None, Some(near)) => {
                        format!("ALTER TABLE {table} RENAME COLUMN {near} TO {name}")
                    }
                    (None, None) => {
                        format!("ALTER TABLE {table} ADD COLUMN {name} {}", usual(name))
                    }
                };
                Difference::of(Some(name), DifferenceKind::MissingColumn, message).help(statement)
            }
            ColumnDifference::WrongType { name, found } => {
                let usual = usual(name);
                let message = format!("{table}.{name} is {found}, and must be {usual}");
                let statement = alter(name, &format!("TYPE {usual} USING {name}::{usual}"));
                Difference::of(Some(name), DifferenceKind::WrongType, message).help(statement)
            }
            ColumnDifference::OtherType { name, found } => {
                let message = format!("{table}.{name} is {found} (usual: {})", usual(name));
                Difference::of(Some(name), DifferenceKind::OtherType, message).harmless()
            }
            ColumnDifference::Nullable { name } => {
                let message = format!("{table}.{name} may have NULL");
                let statement = alter(name, "SET NOT NULL");
                Difference::of(Some(name), DifferenceKind::Nullable, message).help(statement)
            }
            ColumnDifference::NoKey { name } => {
                let message = format!(
                    "{table}.{name} has no unique index, so two rows could have the same {name}"
                );
                let statement = format!("ALTER TABLE {table} ADD PRIMARY KEY ({name})");
                Difference::of(Some(name), DifferenceKind::NoKey, message).help(statement)
            }
        }
    }

    /// The rows that break a rule, by column and rule.
    async fn rows(
        &self,
        client: &impl GenericClient,
        settings: &Settings,
    ) -> Result<Vec<Difference>> {
        let count = self.rules.render(settings);
        let rows = client
            .query(count.sql(), &[])
            .await
            .map_err(|error| count.error(error, "comparing the values with the contract"))?;
        rows.iter().map(|row| self.rule(row)).collect()
    }

    fn rule(&self, row: &tokio_postgres::Row) -> Result<Difference> {
        let (name, kind): (String, String) = (row.get(0), row.get(1));
        let (rows, keys, values): (i64, Vec<String>, Vec<String>) =
            (row.get(2), row.get(3), row.get(4));
        let (kind, words) = match kind.as_str() {
            "values" => (
                DifferenceKind::Values,
                "has a value that the contract does not allow",
            ),
            "bounds" => (DifferenceKind::Bounds, "is larger than its upper bound"),
            "nulls" => (DifferenceKind::Nulls, "is NULL"),
            other => return Err(EtlError::bug(format!("a rule of the kind {other}"))),
        };
        let message = format!("{}.{name} {words}: {}", self.table, values.join(", "));
        Ok(Difference {
            rows: Some(rows),
            keys,
            values,
            breaks: self.are_broken,
            ..Difference::of(Some(&name), kind, message).help(self.repair.clone())
        })
    }
}

impl Difference {
    fn of(column: Option<&str>, kind: DifferenceKind, message: String) -> Self {
        Self {
            column: column.map(str::to_owned),
            kind,
            breaks: true,
            message,
            rows: None,
            keys: Vec::new(),
            values: Vec::new(),
            help: None,
        }
    }

    fn help(self, help: String) -> Self {
        Self {
            help: Some(help),
            ..self
        }
    }

    fn harmless(self) -> Self {
        Self {
            breaks: false,
            ..self
        }
    }
}
