//! The list of the columns of the raw table and of staging. Tables, statements and phases get their columns from this list.
//!
//! A script does not repeat the columns. It names a list of them in a template, `:{…}`: see [`crate::column_lists`].
//! CONTRIBUTING says how to add a column.

use jobinsight_core::{Batch, DataType, Resource};

use crate::column::column;
pub use crate::column::{Allowed, Column, Origin};
use crate::kept::KEPT;
use Origin::{Computed, Copied, PerRow, Salary, Shared, Stamp, Warehouse};

/// The column that identifies a posting.
pub const KEY: &str = Batch::KEY;

/// The raw columns of the columns of pay. A title may name the pay.
const PAY: &[&str] = &["salary", "title"];
/// The raw columns of the columns of places.
const PLACES: &[&str] = &["location", "location_detail"];
/// The raw columns of the deadline.
const DEADLINE: &[&str] = &["deadline", "crawled_at"];
/// The raw columns of the warnings: the texts that are read.
const TEXTS: &[&str] = &[
    "title",
    "company_name",
    "location",
    "location_detail",
    "salary",
    "deadline",
];

/// All columns, in the order of the staging table. Add a new column at the end, because an existing table gets it there.
///
/// A column with a derived text has the type TEXT, because no raw column limits its length.
#[rustfmt::skip] // one column is one line, and its meaning the next
pub const COLUMNS: [Column; 38] = [
    column(KEY, Copied, "VARCHAR(20) PRIMARY KEY").raw("VARCHAR(20) PRIMARY KEY")
        .about("The key of the posting, as the job board numbers it"),
    column("title", Copied, "VARCHAR(255) NOT NULL").loaded("VARCHAR(255) NOT NULL")
        .about("The title of the posting, as it was crawled"),
    column("title_clean", PerRow, "TEXT NOT NULL").from(&["title"]).dimension()
        .about("The name of the job: the title without places, salaries and advertising"),
    column("job_url", Copied, "TEXT").raw("TEXT")
        .about("The address of the posting"),
    column("company_name", Copied, "VARCHAR(200)").loaded("VARCHAR(200)")
        .about("The name of the company, as it was crawled"),
    column("company_name_standardized", PerRow, "TEXT").from(&["company_name"]).dimension()
        .about("The name of the company in one spelling, so that postings can be grouped by it"),
    column("company_url", Copied, "TEXT").raw("TEXT")
        .about("The address of the company on the job board"),
    column("salary", Copied, "VARCHAR(100)").raw("VARCHAR(100)")
        .about("The salary, as it was crawled"),
    column("salary_min", Salary, "NUMERIC").from(PAY).at_most("salary_max")
        .about("The lower bound of the salary in million VND. NULL: the text has none"),
    column("salary_max", Salary, "NUMERIC").from(PAY)
        .about("The upper bound of the salary in million VND. NULL: the text has none"),
    column("salary_type", Salary, "TEXT").from(PAY).allowed(Allowed::Words(&["negotiable", "range", "upto", "from", "unknown"]))
        .about("The kind of the salary, such as range, upto or negotiable"),
    column("skills", Copied, "JSONB").raw("JSONB")
        .about("The skills that the posting lists"),
    column("location", Shared, "TEXT").from(PLACES).dimension().loaded("VARCHAR(100)")
        .about("The places of the job, by their official names, separated by commas")
        .raw_about("The place of the job, as it was crawled"),
    column("location_detail", Copied, "TEXT").loaded("TEXT")
        .about("The addresses of the job, as they were crawled: lines or HTML"),
    column("location_pairs", Shared, "JSONB").from(&["location_detail"])
        .about("The addresses of the job as a JSON array of `place: address`. NULL: the posting has none"),
    column("deadline", Copied, "VARCHAR(50)").raw("VARCHAR(50)")
        .about("The deadline, as it was crawled: a number of days after the crawl, or a date"),
    column("verified_employer", Copied, "BOOLEAN").raw("BOOLEAN")
        .about("Whether the job board has verified the company"),
    column("last_update", Copied, "TEXT").raw("VARCHAR(100)")
        .about("The last change of the posting, in the words of the job board"),
    column("logo_url", Copied, "TEXT").raw("TEXT")
        .about("The address of the logo of the company"),
    column("posted_time", Copied, "TIMESTAMPTZ").raw("TIMESTAMPTZ")
        .about("When the posting was published on the job board"),
    column("crawled_at", Copied, "TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP").raw("TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP")
        .about("When the crawler read the posting"),
    column("due_date", Computed, "TIMESTAMPTZ").from(DEADLINE)
        .about("The end of the last day to apply, from the deadline and the time of the crawl. NULL: no deadline was found"),
    column("time_remaining", Stamp, "TEXT").from(DEADLINE)
        .about("The time that is left to apply, in words, at the clock of the last run. A refresh changes neither published_at nor processed_to_dwh"),
    // The Python pipeline had the columns up to here.
    column("processed_to_dwh", Warehouse, "BOOLEAN NOT NULL DEFAULT false")
        .about("Set by the loader of the warehouse. A run sets it to false only for the rows that it changes"),
    column(SOURCE_HASH, Computed, "BIGINT")
        .about("Fingerprint of the raw row that this row was produced from"),
    column("processed_at", Stamp, "TIMESTAMPTZ")
        .about("The clock of the run that wrote this row. A retry has the clock of its first attempt, so readers use published_at"),
    column("run_id", Stamp, "UUID")
        .about("The run that wrote this row"),
    column("salary_period", Salary, "TEXT").from(PAY).allowed(Allowed::Words(&["month", "hour", "day", "week", "year", "product"]))
        .about("The period that the salary is paid for: month, hour, day, week, year or product. NULL: no amount was found"),
    column("location_codes", Shared, "TEXT[]").from(PLACES).allowed(Allowed::Form("^VN-[0-9A-Z]{2}$"))
        .about("ISO 3166-2:VN codes of the provinces in location, of the 63 before July 2025. If location names none, of those in location_detail"),
    column("warnings", Computed, "TEXT[]").from(TEXTS).allowed(Allowed::Warnings)
        .about("One word for each odd detail of the row, such as salary_unparsed"),
    column("rule_set", Stamp, "TEXT").allowed(Allowed::Rules)
        .about("The rule set that produced this row. NULL: another program inserted or changed this row"),
    column("published_at", Stamp, "TIMESTAMPTZ NOT NULL DEFAULT now()")
        .about("The time of the transaction that wrote this row, by the clock of the server. Readers of new and changed rows use it"),
    column("company_key", PerRow, "TEXT").from(&["company_name"])
        .about("The company without spelling: postings of several boards can be grouped by it. NULL: no name, or the rule set v1"),
    column("province_codes", Shared, "TEXT[]").from(PLACES).allowed(Allowed::Form("^[0-9]{2}$"))
        .about("The two-digit codes of the 34 provinces since July 2025 that contain the provinces of location_codes. NULL: no code, or the rule set v1"),
    column("places", Shared, "JSONB").from(PLACES)
        .about("The places of the job in parts, a JSON array of {name, code, province, district, address}. NULL: no place, or the rule set v1"),
    column("salary_monthly_min", Salary, "NUMERIC").from(PAY).at_most("salary_monthly_max")
        .about("The lower bound of the pay for a month in million VND. NULL: none, pay per product, or the rule set v1"),
    column("salary_monthly_max", Salary, "NUMERIC").from(PAY)
        .about("The upper bound of the pay for a month in million VND. NULL: none, pay per product, or the rule set v1"),
    column("salary_source", Computed, "TEXT").from(PAY).allowed(Allowed::Words(&["salary", "title"]))
        .about("The text that the bounds come from: salary, or title if the salary is negotiable. NULL: no bounds, or the rule set v1"),
];

/// The column with the time of the crawl.
pub const CRAWLED_AT: &str = "crawled_at";
/// The column by which readers find new and changed rows.
pub const PUBLISHED_AT: &str = "published_at";

impl Column {
    /// The columns of the raw table that the value in staging depends on; empty for a stamp, and for a value that the warehouse
    /// sets. The suite changes one raw column at a time, and checks that no other column of staging changes.
    pub fn sources(&self) -> Vec<&'static str> {
        match self.origin {
            Copied => vec![self.name],
            // The fingerprint hashes every column but the key.
            Computed if is_same(self.name, SOURCE_HASH) => {
                let raw = COLUMNS.iter().filter(|column| column.raw.is_some());
                raw.map(|column| column.name)
                    .filter(|name| *name != KEY)
                    .collect()
            }
            _ => self.from.to_vec(),
        }
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
    Dimension,
    /// Loaded, and copied to staging from the raw row: only processing phases need the value in the batch.
    Input,
}

/// The columns whose raw values a batch carries.
pub const LOADED: [&str; count(Group::Loaded)] = names(Group::Loaded);
/// The columns in which nearly every row has its own value.
pub const PER_ROW: [&str; count(Group::PerRow)] = names(Group::PerRow);
/// The columns whose values many rows share.
pub const SHARED: [&str; count(Group::Shared)] = names(Group::Shared);
/// The columns whose values are names by which a warehouse groups postings.
pub const DIMENSIONS: [&str; count(Group::Dimension)] = names(Group::Dimension);

/// See [`Batch::ROW_VERSION`].
pub const ROW_VERSION: &str = Batch::ROW_VERSION;
/// The column with the fingerprint of the raw row, in staging and, if a phase needs it, in a batch.
pub const SOURCE_HASH: &str = Batch::SOURCE_HASH;

/// The batch column with the pay that the title names and the clean title does not. Publishing reads it, and does not store it.
pub const TITLE_SALARY: &str = "title_salary";

/// The batch columns that loading can produce. It leaves out the fingerprint and [`KEPT`] if no phase needs them.
pub const LOADED_RESOURCES: [Resource; 3 + LOADED.len() + KEPT.len()] =
    resources(&[&[KEY, ROW_VERSION, SOURCE_HASH], &LOADED, &KEPT]);
/// The batch columns that processing needs.
pub const PROCESSED_RESOURCES: [Resource; 2 + LOADED.len()] =
    resources(&[&[KEY, ROW_VERSION], &LOADED]);
/// The batch columns that processing produces.
pub const DERIVED_RESOURCES: [Resource; 2 + count(Group::Derived)] = resources(&[
    &names::<{ count(Group::Derived) }>(Group::Derived),
    &[TITLE_SALARY, "warnings"],
]);
/// The batch columns that processing reads and drops.
pub const INPUT_RESOURCES: [Resource; count(Group::Input)] =
    resources(&[&names::<{ count(Group::Input) }>(Group::Input)]);
/// The batch columns that publishing needs.
pub const PUBLISHED_RESOURCES: [Resource; 4 + PER_ROW.len() + SHARED.len()] = resources(&[
    &[KEY, ROW_VERSION, TITLE_SALARY, "warnings"],
    &PER_ROW,
    &SHARED,
]);

const fn is_in_group(column: &Column, group: Group) -> bool {
    match group {
        Group::Loaded => column.is_loaded,
        Group::PerRow => matches!(column.origin, PerRow),
        Group::Shared => matches!(column.origin, Shared),
        Group::Derived => matches!(column.origin, PerRow | Shared),
        Group::Dimension => column.is_dimension,
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
