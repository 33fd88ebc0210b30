//! The figures of a report, and how they are read: in one transaction, so that they agree with each other.

use jobinsight_core::configuration::Origin;
use jobinsight_core::database::{self, Connection};
use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Result, Settings, clock};
use jobinsight_sql::schema;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::crawl::CrawlFigures;
use super::examples::Examples;
use super::flow::RowFlow;
use super::history::{RunHistory, rows_per_second};
use super::lanes::LaneFigures;
use super::phases::{AttemptTime, PhaseFigures};
use super::quality::StagingQuality;
use super::rejected::RejectedRows;
use super::run::ReportedRun;
use super::settings::{ReportedSetting, with_recorded};
use super::verdict::{Evidence, Verdict};
use crate::ledger::{Crawl, Ledger, RunEntry};
use crate::report::results::{RunResults, Warnings};
use crate::report::text;

/// The report of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RunReport {
    /// When the report was written, in RFC 3339. Figures of tables are of this moment.
    #[schemars(extend("format" = "date-time"))]
    written_at: String,
    /// The version of the program that wrote the report.
    program: String,
    /// Whether the run was good, and what to type.
    pub(super) verdict: Verdict,
    /// The run.
    run: ReportedRun,
    /// The newest crawl; null if no raw row has a crawl time, or if there is no raw table.
    crawl: Option<CrawlFigures>,
    /// Raw rows by what became of them; null if the run did not plan.
    pub(super) flow: Option<RowFlow>,
    /// Time of the last attempt in seconds, by the clock of the server; 0 if no phase has begun.
    pub(super) attempt_s: f64,
    /// The phases of the last attempt, in order.
    pub(super) phases: Vec<PhaseFigures>,
    /// The lanes of the last attempt.
    pub(super) lanes: LaneFigures,
    /// Processed rows for each second of the run; null if it processed none or has no results.
    rows_per_second: Option<f64>,
    /// Largest resident memory of the process in MB; null if the run has no results.
    peak_memory_mb: Option<f64>,
    /// The run among the runs before it.
    pub(super) history: RunHistory,
    /// The rows of staging; null if they could not be counted.
    quality: Option<StagingQuality>,
    /// Why the rows of staging were not counted; null if they were.
    not_counted: Option<String>,
    /// Rows of the run with a warning, by field and kind.
    warnings: Warnings,
    /// The rejected rows as they are now.
    rejected: RejectedRows,
    /// Examples of values before and after processing.
    examples: Examples,
    /// The settings as they are now, with the differing values of the run.
    settings: Vec<ReportedSetting>,
}

/// The run that a report is about, with its neighbors in the ledger.
pub(crate) struct Subject<'a> {
    /// The run.
    pub(crate) run: &'a RunEntry,
    /// The last run, if it is not this one.
    pub(crate) later: Option<&'a RunEntry>,
    /// The active run, in words.
    pub(crate) active: Option<String>,
    /// The settings with their origins. Secrets are hidden.
    pub(crate) settings: Vec<Origin>,
}

/// Begins a transaction in which every statement sees the same rows, and none can write. It ends with the connection.
pub(crate) async fn begin(client: &Connection, settings: &Settings) -> Result<()> {
    let limit = database::milliseconds(settings.statement_limit());
    client
        .batch_execute(&format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {limit}"
        ))
        .await
        .map_err(|error| EtlError::database(error, "beginning a transaction"))
}

impl RunReport {
    /// Reads the figures. The staging schema must exist, and a transaction must have begun.
    pub(crate) async fn read(
        client: &Connection,
        settings: &Settings,
        subject: Subject<'_>,
    ) -> Result<Self> {
        let run = subject.run;
        let stored = run.results.clone();
        let read: Option<RunResults> =
            stored.and_then(|results| serde_json::from_value(results).ok());
        let is_unreadable = run.results.is_some() && read.is_none();
        // The results of an earlier attempt are not those of an attempt that is in progress or was killed.
        let is_ended = !matches!(run.state, RunState::Running | RunState::Abandoned);
        let results = read.filter(|results| is_ended && results.attempt == run.attempt);
        let results = results.as_ref();
        let ledger = Ledger::new(settings, run.run_id, run.attempt, Uuid::nil());
        let (phases, events) = (ledger.phases(client).await?, ledger.events(client).await?);
        let attempt = AttemptTime::of(run.attempt, &phases, &events);
        let lanes = LaneFigures::read(client, settings, run.run_id, attempt.begin).await?;
        let queue = ledger.queue(client).await?;
        let planned = ledger.plan(client, settings).await?;
        let flow = RowFlow::of(results, planned.as_ref(), &queue);
        // The raw table may not exist any more.
        let crawl = optional(client, Crawl::read(client, settings, None)).await?;
        let staging = OfStaging::read(client, settings, run.run_id).await?;
        let schema = text::schema_difference(schema::version(&**client, settings).await?);
        let evidence = Evidence {
            run,
            results,
            is_unreadable,
            queue: &queue,
            flow: flow.as_ref(),
            later: subject.later,
            active: subject.active.as_deref(),
            rejected: staging.rejected.rows,
            schema,
        };
        Ok(Self {
            written_at: clock::now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            verdict: evidence.judge(),
            run: ReportedRun::of(run, results),
            crawl: crawl
                .ok()
                .flatten()
                .map(|crawl| CrawlFigures::of(&crawl, settings)),
            attempt_s: attempt.last_end().max(lanes.last_end()),
            rows_per_second: results.and_then(rows_per_second),
            peak_memory_mb: attempt.peak_memory(),
            phases: attempt.phases,
            lanes,
            history: RunHistory::read(client, settings, run).await?,
            warnings: ledger.warnings(client).await?,
            quality: staging.quality,
            not_counted: staging.not_counted,
            rejected: staging.rejected,
            examples: staging.examples,
            settings: with_recorded(subject.settings, run.settings.as_ref()),
            flow,
        })
    }
}

/// The part of a report about the tables of staging.
struct OfStaging {
    quality: Option<StagingQuality>,
    not_counted: Option<String>,
    rejected: RejectedRows,
    examples: Examples,
}

impl OfStaging {
    /// Reads the tables. A table that cannot be read, because it has the columns of another version or is too large for the time
    /// limit of a statement, does not prevent the rest of the report.
    async fn read(client: &Connection, settings: &Settings, run: Uuid) -> Result<Self> {
        let rejected = RejectedRows::read(client, settings, run).await?;
        let quality = optional(client, StagingQuality::read(client, settings)).await?;
        let examples = optional(client, Examples::read(client, settings, run)).await?;
        let (quality, not_counted) = match quality {
            Ok(quality) => (Some(quality), None),
            Err(error) => (None, Some(error.message().to_owned())),
        };
        Ok(Self {
            quality,
            not_counted,
            rejected,
            examples: examples.unwrap_or_default(),
        })
    }
}

/// Reads something without which the report is complete enough. A failed statement does not end the transaction.
async fn optional<T>(
    client: &Connection,
    reading: impl Future<Output = Result<T>>,
) -> Result<Result<T>> {
    let execute = async |statement: &str| {
        client
            .batch_execute(statement)
            .await
            .map_err(|error| EtlError::database(error, "reading a part of the report"))
    };
    execute("SAVEPOINT part").await?;
    let read = reading.await;
    if let Err(error) = &read {
        tracing::warn!("{error}");
        execute("ROLLBACK TO SAVEPOINT part").await?;
    }
    Ok(read)
}
