//! The list of the columns of the raw table and of staging. Tables, statements and phases get their columns from this list.
//!
//! A script does not repeat the columns. It names a list of them in a template, `:{…}`: see [`expand`].
//! CONTRIBUTING says how to add a column.

use jobinsight_core::{Batch, DataType, Resource};

/// Where the value of a staging column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Copied from the raw row.
    Copied,
    /// Computed by a processing phase. Nearly every row has its own value.
    PerRow,
    /// Computed by a processing phase. Many rows share a value, so each set of values is sent to the server once.
    Shared,
    /// Parsed from the salary, once for each distinct text (`plan/plan_texts.sql`).
    Salary,
    /// Computed by the statement that publishes.
    Computed,
    /// Set by the statement that publishes: when and by which rules the row was written. Not a fact about the posting.
    Stamp,
    /// Set by the loader of the warehouse. Publishing only resets it.
    Warehouse,
}

use Origin::{Computed, Copied, PerRow, Salary, Shared, Stamp, Warehouse};

/// A column of staging. The raw table may have a column with the same name.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name in both tables.
    pub name: &'static str,
    /// The origin of the value in staging.
    pub origin: Origin,
    /// The type in staging, with its constraints.
    pub staging: &'static str,
    /// The type in the raw table, with its constraints; `None` if the raw table has no such column.
    pub raw: Option<&'static str>,
    /// Whether a batch carries the raw value to the processing phases.
    pub is_loaded: bool,
}

/// The column that identifies a posting.
pub const KEY: &str = Batch::KEY;

/// All columns, in the order of the staging table. Add a new column at the end, because an existing table gets it there.
pub const COLUMNS: [Column; 31] = [
    column(KEY, Copied, "VARCHAR(20) PRIMARY KEY").raw("VARCHAR(20) PRIMARY KEY"),
    column("title", Copied, "VARCHAR(255) NOT NULL").loaded("VARCHAR(255) NOT NULL"),
    column("title_clean", PerRow, "VARCHAR(255) NOT NULL"),
    column("job_url", Copied, "TEXT").raw("TEXT"),
    column("company_name", Copied, "VARCHAR(200)").loaded("VARCHAR(200)"),
    column("company_name_standardized", PerRow, "VARCHAR(200)"),
    column("company_url", Copied, "TEXT").raw("TEXT"),
    column("salary", Copied, "VARCHAR(100)").raw("VARCHAR(100)"),
    column("salary_min", Salary, "NUMERIC"),
    column("salary_max", Salary, "NUMERIC"),
    column("salary_type", Salary, "VARCHAR(20)"),
    column("skills", Copied, "JSONB").raw("JSONB"),
    column("location", Shared, "VARCHAR(200)").loaded("VARCHAR(100)"),
    column("location_detail", Copied, "TEXT").loaded("TEXT"),
    column("location_pairs", Shared, "JSONB"),
    column("deadline", Copied, "VARCHAR(50)").raw("VARCHAR(50)"),
    column("verified_employer", Copied, "BOOLEAN").raw("BOOLEAN"),
    column("last_update", Copied, "TEXT").raw("VARCHAR(100)"),
    column("logo_url", Copied, "TEXT").raw("TEXT"),
    column("posted_time", Copied, "TIMESTAMPTZ").raw("TIMESTAMPTZ"),
    column(
        "crawled_at",
        Copied,
        "TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP",
    )
    .raw("TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP"),
    column("due_date", Computed, "TIMESTAMPTZ"),
    column("time_remaining", Stamp, "TEXT"),
    // The Python pipeline had the columns up to here.
    column(
        "processed_to_dwh",
        Warehouse,
        "BOOLEAN NOT NULL DEFAULT false",
    ),
    column(SOURCE_HASH, Computed, "BIGINT"),
    column("processed_at", Stamp, "TIMESTAMPTZ"),
    column("run_id", Stamp, "UUID"),
    column("salary_period", Salary, "VARCHAR(20)"),
    column("location_codes", Shared, "TEXT[]"),
    column("warnings", Computed, "TEXT[]"),
    column("rule_set", Stamp, "TEXT"),
];

const fn column(name: &'static str, origin: Origin, staging: &'static str) -> Column {
    Column {
        name,
        origin,
        staging,
        raw: None,
        is_loaded: false,
    }
}

impl Column {
    const fn raw(self, definition: &'static str) -> Self {
        Self {
            raw: Some(definition),
            ..self
        }
    }

    const fn loaded(self, definition: &'static str) -> Self {
        Self {
            is_loaded: true,
            ..self.raw(definition)
        }
    }

    /// Whether a row of staging needs a value that is not the key and has no default.
    #[cfg(feature = "testing")]
    pub(crate) fn must_be_given(&self) -> bool {
        self.staging.contains("NOT NULL") && !self.staging.contains("DEFAULT")
    }

    /// The type in staging without length and constraints. A cast to it never cuts a text.
    pub(crate) fn staging_type(&self) -> &'static str {
        let end = self.staging.find([' ', '(']);
        end.map_or(self.staging, |end| &self.staging[..end])
    }

    fn is_in(&self, list: &str) -> Option<bool> {
        Some(match list {
            "staging" => true,
            "raw_table" => self.raw.is_some(),
            "fingerprinted" => self.raw.is_some() && self.name != KEY,
            "loaded" => self.is_loaded,
            "copied" => self.origin == Copied,
            "per_row" => self.origin == PerRow,
            "shared" => self.origin == Shared,
            "parsed_salary" => self.origin == Salary,
            "written" => self.origin != Warehouse,
            "updated" => self.origin != Warehouse && self.name != KEY,
            "facts" => matches!(self.origin, PerRow | Shared | Salary | Computed),
            "content" => !matches!(self.origin, Stamp | Warehouse) && self.name != KEY,
            _ => return None,
        })
    }
}

/// A group of columns that a batch carries.
#[derive(Clone, Copy)]
enum Group {
    Loaded,
    PerRow,
    Shared,
    /// Computed by a processing phase.
    Derived,
    /// Loaded, and copied to staging from the raw row: only processing phases need the value in the batch.
    Input,
}

/// The columns whose raw values a batch carries.
pub const LOADED: [&str; count(Group::Loaded)] = names(Group::Loaded);
/// The columns in which nearly every row has its own value.
pub const PER_ROW: [&str; count(Group::PerRow)] = names(Group::PerRow);
/// The columns whose values many rows share.
pub const SHARED: [&str; count(Group::Shared)] = names(Group::Shared);

/// See [`Batch::ROW_VERSION`].
pub const ROW_VERSION: &str = Batch::ROW_VERSION;
/// The column with the fingerprint of the raw row, in staging and, if a phase needs it, in a batch.
pub const SOURCE_HASH: &str = Batch::SOURCE_HASH;

/// The batch columns that loading can produce. It leaves out the fingerprint if no phase needs it.
pub const LOADED_RESOURCES: [Resource; 3 + LOADED.len()] =
    resources(&[&[KEY, ROW_VERSION, SOURCE_HASH], &LOADED]);
/// The batch columns that processing needs.
pub const PROCESSED_RESOURCES: [Resource; 2 + LOADED.len()] =
    resources(&[&[KEY, ROW_VERSION], &LOADED]);
/// The batch columns that processing produces.
pub const DERIVED_RESOURCES: [Resource; 1 + count(Group::Derived)] = resources(&[
    &names::<{ count(Group::Derived) }>(Group::Derived),
    &["warnings"],
]);
/// The batch columns that processing reads and drops.
pub const INPUT_RESOURCES: [Resource; count(Group::Input)] =
    resources(&[&names::<{ count(Group::Input) }>(Group::Input)]);
/// The batch columns that publishing needs.
pub const PUBLISHED_RESOURCES: [Resource; 3 + PER_ROW.len() + SHARED.len()] =
    resources(&[&[KEY, ROW_VERSION, "warnings"], &PER_ROW, &SHARED]);

const fn is_in_group(column: &Column, group: Group) -> bool {
    match group {
        Group::Loaded => column.is_loaded,
        Group::PerRow => matches!(column.origin, PerRow),
        Group::Shared => matches!(column.origin, Shared),
        Group::Derived => matches!(column.origin, PerRow | Shared),
        Group::Input => matches!(column.origin, Copied) && column.is_loaded,
    }
}

const fn count(group: Group) -> usize {
    let (mut found, mut index) = (0, 0);
    while index < COLUMNS.len() {
        found += is_in_group(&COLUMNS[index], group) as usize;
        index += 1;
    }
    found
}

const fn names<const N: usize>(group: Group) -> [&'static str; N] {
    let (mut names, mut found, mut index) = ([""; N], 0, 0);
    while index < COLUMNS.len() {
        if is_in_group(&COLUMNS[index], group) {
            names[found] = COLUMNS[index].name;
            found += 1;
        }
        index += 1;
    }
    names
}

/// The type of a column in a batch. Every value that the server parses is text; versions and fingerprints are numbers.
const fn batch_type(name: &str) -> fn() -> DataType {
    if is_same(name, ROW_VERSION) || is_same(name, SOURCE_HASH) {
        || DataType::Int64
    } else {
        || DataType::Utf8
    }
}

/// Compares two names at compile time, where `==` does not work.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

const fn resources<const N: usize>(lists: &[&[&'static str]]) -> [Resource; N] {
    let (mut resources, mut found, mut list) = ([Resource::Column(""); N], 0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            let name = lists[list][index];
            resources[found] = Resource::Typed(name, batch_type(name));
            found += 1;
            index += 1;
        }
        list += 1;
    }
    resources
}

/// Repeats a template for every column of the list that the template names. The copies are separated by commas. Returns
/// `None` if the template names no list.
///
/// In each copy, the name of the column replaces the name of the list. The type in staging, without a length, replaces `TYPE`.
/// The type with constraints replaces `DEFINITION`; for the list `raw_table`, it is the type in the raw table.
///
/// ```
/// use jobinsight_sql::columns::expand;
/// assert_eq!(expand("s.per_row").unwrap(), "s.title_clean, s.company_name_standardized");
/// assert!(expand("e.shared::TYPE AS shared").unwrap().starts_with("e.location::VARCHAR AS location, "));
/// ```
pub fn expand(template: &str) -> Option<String> {
    let mut words = template.split(|c: char| !(c.is_ascii_lowercase() || c == '_'));
    let list = words.find(|word| COLUMNS[0].is_in(word).is_some())?;
    let columns = COLUMNS.iter().filter(|c| c.is_in(list) == Some(true));
    let copies = columns.map(|column| {
        let definition = match list {
            "raw_table" => column.raw.unwrap_or_default(),
            _ => column.staging,
        };
        template
            .replace(list, column.name)
            .replace("TYPE", column.staging_type())
            .replace("DEFINITION", definition)
    });
    Some(copies.collect::<Vec<_>>().join(", "))
}
