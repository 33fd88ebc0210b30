//! The check of the partitions of the raw table and of staging. It says nothing if neither table is partitioned.

use jobinsight_core::database::Connection;
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::{LIST_MISSING_PARTITIONS, LIST_PARTITIONED};

use super::checks::Checks;

const CHECK: &str = "partitions";

/// Lists the partitions, and the partitions that staging lacks.
pub(super) async fn check(client: &Connection, settings: &Settings, checks: &mut Checks) {
    match partitioned(client, settings).await {
        Ok(tables) if tables.is_empty() => {}
        Ok(tables) => match missing(client, settings).await {
            Ok(missing) if missing.is_empty() => checks.ok(CHECK, tables.join("; ")),
            Ok(missing) => {
                let found = format!(
                    "{}; staging_jobs lacks {}",
                    tables.join("; "),
                    missing.in_words()
                );
                checks.warn(CHECK, found, &missing.statements.join("; "));
            }
            Err(error) => checks.fail(CHECK, &error),
        },
        Err(error) => checks.fail(CHECK, &error),
    }
}

/// Describes each table that is partitioned.
async fn partitioned(client: &Connection, settings: &Settings) -> Result<Vec<String>> {
    let staging = format!("{}.staging_jobs", settings.staging_schema());
    let rows = client
        .query(LIST_PARTITIONED.text, &[&settings.raw_table(), &staging])
        .await
        .map_err(|error| EtlError::database(error, "looking for partitions"))?;
    let tables = rows.iter().map(|row| {
        let (table, key, parts): (&str, &str, i64) = (row.get(0), row.get(1), row.get(2));
        format!("{table}: {} by {key}", counted(parts, "partition"))
    });
    Ok(tables.collect())
}

/// The partitions that staging lacks.
struct Missing {
    /// The statements that create them.
    statements: Vec<String>,
    /// The raw rows that have no partition, if they can be counted.
    rows: i64,
}

impl Missing {
    fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    fn in_words(&self) -> String {
        let partitions = counted(self.statements.len(), "partition");
        match self.rows {
            0 => format!("{partitions}, so a run rejects the rows of it"),
            rows => format!(
                "{partitions}, so a run rejects {}",
                counted(rows, "raw row")
            ),
        }
    }
}

async fn missing(client: &Connection, settings: &Settings) -> Result<Missing> {
    let list = LIST_MISSING_PARTITIONS.render(settings);
    let rows = client
        .query(list.sql(), &[])
        .await
        .map_err(|error| list.error(error, "looking for missing partitions"))?;
    let counts = rows.iter().filter_map(|row| row.get::<_, Option<i64>>(1));
    Ok(Missing {
        rows: counts.sum(),
        statements: rows.iter().map(|row| row.get(0)).collect(),
    })
}
