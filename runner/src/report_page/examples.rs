//! Examples of values before and after processing.

use jobinsight_core::{Result, Settings};
use jobinsight_sql::scripts::LIST_EXAMPLES;
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Client;
use uuid::Uuid;

/// How many published rows are searched for examples.
const ROWS: i64 = 2_000;

/// Examples of changed values.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Examples {
    /// Whether this run published the rows. If it published none, the rows are of other runs.
    of_run: bool,
    /// The values.
    values: Vec<ChangedValue>,
}

/// A value before and after processing.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ChangedValue {
    /// The field.
    field: String,
    /// The value as it was crawled; null if there was none.
    before: Option<String>,
    /// The published value; null if there is none.
    after: Option<String>,
}

impl Examples {
    /// Searches the rows that the run published. If the run published none, it searches the rows of all runs.
    pub(super) async fn read(client: &Client, settings: &Settings, run: Uuid) -> Result<Self> {
        let values = list(client, settings, Some(run)).await?;
        if !values.is_empty() {
            return Ok(Self {
                of_run: true,
                values,
            });
        }
        Ok(Self {
            of_run: false,
            values: list(client, settings, None).await?,
        })
    }
}

async fn list(
    client: &Client,
    settings: &Settings,
    run: Option<Uuid>,
) -> Result<Vec<ChangedValue>> {
    let script = LIST_EXAMPLES.render(settings);
    let rows = client
        .query(script.sql(), &[&run, &ROWS])
        .await
        .map_err(|error| script.error(error, "looking for examples"))?;
    let values = rows.iter().map(|row| ChangedValue {
        field: row.get(0),
        before: row.get(1),
        after: row.get(2),
    });
    Ok(values.collect())
}
