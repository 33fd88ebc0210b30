//! Rejected rows by reason, with examples.

use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::scripts::LIST_REASONS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;
use uuid::Uuid;

/// The most reasons, the most examples of a reason, and the most characters of a value that a report has.
const REASONS: i64 = 30;
const EXAMPLES: i64 = 3;
const CHARACTERS: i32 = 200;

/// The rejected rows as they are now.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct RejectedRows {
    /// All rejected rows.
    pub(super) rows: u64,
    /// Rows that this run rejected, and that are still rejected.
    of_run: u64,
    /// The most frequent reasons.
    reasons: Vec<RejectReason>,
    /// Rows with other reasons.
    other_reasons: u64,
    /// The command that lists the rows.
    list: String,
}

/// A reason, and the field that it is about.
#[derive(Debug, Serialize, JsonSchema)]
struct RejectReason {
    /// The reason, as one word.
    reason: String,
    /// The column with the value that was refused.
    field: String,
    /// Rejected rows.
    rows: u64,
    /// Rows that this run rejected.
    of_run: u64,
    /// Some of the rows, those of this run first.
    examples: Vec<RejectedExample>,
}

/// A rejected row.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct RejectedExample {
    /// The key.
    key: String,
    /// The beginning of the value that was refused; null if there was none.
    value: Option<String>,
}

impl RejectedRows {
    /// Counts the rows in one pass.
    pub(super) async fn read(client: &Client, settings: &Settings, run: Uuid) -> Result<Self> {
        let script = LIST_REASONS.render(settings);
        let rows = client
            .query(script.sql(), &[&run, &REASONS, &EXAMPLES, &CHARACTERS])
            .await
            .map_err(|error| script.error(error, "reading rejects"))?;
        let mut found = Self {
            list: advice::command("rejects list --limit 1000"),
            ..Self::default()
        };
        let count =
            |row: &tokio_postgres::Row, index: usize| row.get::<_, i64>(index).cast_unsigned();
        for row in &rows {
            (found.rows, found.of_run) = (count(row, 5), count(row, 6));
            let examples = serde_json::from_value(row.get(4))
                .map_err(|error| EtlError::bug(format!("examples of rejected rows: {error}")))?;
            found.reasons.push(RejectReason {
                reason: row.get(0),
                field: row.get(1),
                rows: count(row, 2),
                of_run: count(row, 3),
                examples,
            });
        }
        let listed: u64 = found.reasons.iter().map(|reason| reason.rows).sum();
        found.other_reasons = found.rows - listed;
        Ok(found)
    }
}
