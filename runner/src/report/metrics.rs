//! The figures of runs as metrics of Prometheus.
//!
//! Every metric is a gauge, because each run is a new measurement. Names, units and help texts follow the conventions of
//! Prometheus: base units, the unit as the suffix, and no label with a value for each run.

use jobinsight_core::{EtlError, Result};
use prometheus::proto::MetricFamily;
use prometheus::{GaugeVec, Opts, Registry, TextEncoder};

use super::results::RunResults;

/// The name of the metric that a failed run keeps.
pub(crate) const LAST_SUCCESS: &str = "jobinsight_last_success_timestamp_seconds";

/// Bytes in a megabyte of the results.
const MEGABYTE: f64 = 1_048_576.0;

/// The figures that the metrics show.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// The last run that ended; `None` before the first run.
    pub(crate) last_run: Option<LastRun>,
    /// When the last successful run ended, in seconds since 1970; `None` if no run succeeded.
    pub(crate) last_success: Option<f64>,
    /// The tables as they are now; `None` if the database cannot be read.
    pub(crate) tables: Option<TableFigures>,
}

/// The last run that ended.
#[derive(Debug)]
pub(crate) struct LastRun {
    /// When it ended, in seconds since 1970.
    pub(crate) ended: f64,
    /// Whether it succeeded.
    pub(crate) success: bool,
    /// The code of its error.
    pub(crate) error_code: Option<String>,
    /// The results of the run; `None` if it was killed, or if an incompatible version of this program wrote them.
    pub(crate) results: Option<RunResults>,
}

/// The tables as they are now.
#[derive(Debug, Default)]
pub(crate) struct TableFigures {
    /// The newest crawl: its time in seconds since 1970, and its age in seconds.
    pub(crate) newest_crawl: Option<(f64, f64)>,
    /// Staging and the queue; `None` before the first run.
    pub(crate) staging: Option<StagingFigures>,
}

/// Staging and the queue as they are now.
#[derive(Debug)]
pub(crate) struct StagingFigures {
    /// The rows of staging and the rejected rows.
    pub(crate) counts: StagingCounts,
    /// Batches of the last plan that are not published.
    pub(crate) batches: i64,
    /// The rows of these batches.
    pub(crate) planned: u64,
}

/// The rows of staging and the rejected rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StagingCounts {
    /// Rows in staging.
    pub(crate) rows: i64,
    /// Rejected rows.
    pub(crate) rejected: i64,
    /// Rows in staging that the warehouse has not loaded.
    pub(crate) untaken: i64,
}

impl From<&RunResults> for LastRun {
    /// `ended` is the clock of this moment if the results have no end.
    fn from(results: &RunResults) -> Self {
        let ended = results.ended_at.as_deref().and_then(epoch);
        Self {
            ended: ended.unwrap_or_else(|| milliseconds(jiff::Timestamp::now())),
            success: results.success,
            error_code: results.error.as_ref().map(|error| error.code.clone()),
            results: Some(results.clone()),
        }
    }
}

/// A time in RFC 3339 as seconds since 1970.
pub(crate) fn epoch(time: &str) -> Option<f64> {
    time.parse().ok().map(milliseconds)
}

#[allow(clippy::cast_precision_loss)] // exact to the millisecond for 285,000 years
fn milliseconds(time: jiff::Timestamp) -> f64 {
    time.as_millisecond() as f64 / 1000.0
}

/// The metrics in the text format of Prometheus.
pub(crate) fn text(figures: &Figures) -> Result<String> {
    let encoded = TextEncoder::new().encode_to_string(&families(figures)?);
    encoded.map_err(|error| EtlError::bug(format!("the metrics: {error}")))
}

/// The metrics, ordered by name.
pub(crate) fn families(figures: &Figures) -> Result<Vec<MetricFamily>> {
    let page = Page(Registry::new());
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    page.add(
        "jobinsight_build_info",
        "The version of the program; the value is always 1",
        [(&version[..], 1.0)],
    )?;
    if let Some(run) = &figures.last_run {
        add_run(&page, run)?;
    }
    page.one(
        LAST_SUCCESS,
        "When the last successful run ended",
        figures.last_success,
    )?;
    if let Some(tables) = &figures.tables {
        add_tables(&page, tables)?;
    }
    Ok(page.0.gather())
}

fn add_run(page: &Page, run: &LastRun) -> Result<()> {
    page.one(
        "jobinsight_last_run_timestamp_seconds",
        "When the last run ended",
        Some(run.ended),
    )?;
    page.one(
        "jobinsight_last_run_success",
        "Whether the last run succeeded: 1 or 0",
        Some(f64::from(u8::from(run.success))),
    )?;
    let code = run.error_code.as_deref();
    page.add(
        "jobinsight_last_run_error_info",
        "The code of the error of the last run; absent if it succeeded",
        code.iter().map(|code| ([("code", *code)], 1.0)),
    )?;
    let Some(results) = &run.results else {
        return Ok(());
    };
    add_results(page, results)
}

#[allow(clippy::cast_precision_loss)] // counts of rows
fn add_results(page: &Page, results: &RunResults) -> Result<()> {
    let stats = &results.stats;
    page.one(
        "jobinsight_run_duration_seconds",
        "Wall time of the last run",
        Some(stats.duration_seconds),
    )?;
    page.one(
        "jobinsight_run_attempt",
        "Number of the attempt of the last run, from 1",
        Some(f64::from(results.attempt)),
    )?;
    let phases = || results.phases.iter().map(|phase| (&*phase.name, phase));
    page.add(
        "jobinsight_phase_duration_seconds",
        "Time in which at least one lane worked on the phase, in the last run",
        phases().map(|(name, phase)| ([("phase", name)], phase.duration_s)),
    )?;
    page.add(
        "jobinsight_phase_cpu_seconds",
        "CPU time of the process for the phase, in the last run",
        phases().map(|(name, phase)| ([("phase", name)], phase.cpu_s)),
    )?;
    let peaks = results.phases.iter().map(|phase| phase.rss_peak_mb);
    page.one(
        "jobinsight_run_peak_memory_bytes",
        "Largest resident memory of the process during the phases of the last run",
        peaks.reduce(f64::max).map(|peak| peak * MEGABYTE),
    )?;
    // Without a plan, the run did not count the rows. Zeros would say that the raw table is empty.
    if !results.planned {
        return Ok(());
    }
    page.one(
        "jobinsight_raw_rows",
        "Raw rows of the last run; absent if it ended before its plan",
        Some(stats.total_records as f64),
    )?;
    let rows = [
        ("new", stats.new),
        ("updated", stats.updated),
        ("unchanged", stats.unchanged),
        ("rejected", stats.rejected),
        ("left", stats.left),
    ];
    page.add(
        "jobinsight_rows",
        "Raw rows of the last run by result; their sum is jobinsight_raw_rows; absent if the run ended before its plan",
        rows.map(|(result, rows)| ([("result", result)], rows as f64)),
    )?;
    let warnings = results.warnings.iter().flat_map(|(field, kinds)| {
        let labels = move |kind| [("field", &**field), ("kind", kind)];
        kinds
            .iter()
            .map(move |(kind, rows)| (labels(&**kind), *rows as f64))
    });
    page.add(
        "jobinsight_warning_rows",
        "Rows of the last run with a warning, by field and kind of warning",
        warnings,
    )
}

#[allow(clippy::cast_precision_loss)] // counts of rows
fn add_tables(page: &Page, tables: &TableFigures) -> Result<()> {
    page.one(
        "jobinsight_newest_crawl_timestamp_seconds",
        "Time of the newest crawl in the raw table",
        tables.newest_crawl.map(|(time, _)| time),
    )?;
    page.one(
        "jobinsight_crawl_age_seconds",
        "Age of the newest crawl when these metrics were written",
        tables.newest_crawl.map(|(_, age)| age),
    )?;
    let Some(staging) = &tables.staging else {
        return Ok(());
    };
    page.one(
        "jobinsight_staging_rows",
        "Rows in staging",
        Some(staging.counts.rows as f64),
    )?;
    page.one(
        "jobinsight_rejected_rows",
        "Rejected rows",
        Some(staging.counts.rejected as f64),
    )?;
    page.one(
        "jobinsight_not_taken_rows",
        "Rows in staging that the warehouse has not loaded",
        Some(staging.counts.untaken as f64),
    )?;
    page.one(
        "jobinsight_queue_batches",
        "Batches of the last plan that are not published",
        Some(staging.batches as f64),
    )?;
    page.one(
        "jobinsight_queue_rows",
        "Rows of the batches that are not published",
        Some(staging.planned as f64),
    )
}

/// The metrics of one output.
struct Page(Registry);

impl Page {
    /// Adds a metric without labels; nothing if it has no value.
    fn one(&self, name: &str, help: &str, value: Option<f64>) -> Result<()> {
        self.add(name, help, value.map(|value| ([("", ""); 0], value)))
    }

    /// Adds a metric; nothing if it has no samples. All samples have the same labels.
    fn add<'a, L: AsRef<[(&'a str, &'a str)]>>(
        &self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (L, f64)>,
    ) -> Result<()> {
        let mut samples = samples.into_iter().peekable();
        let Some((first, _)) = samples.peek() else {
            return Ok(());
        };
        let added = || {
            let names: Vec<&str> = first.as_ref().iter().map(|(name, _)| *name).collect();
            let gauge = GaugeVec::new(Opts::new(name, help), &names)?;
            self.0.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let gauge = added()
            .map_err(|error: prometheus::Error| EtlError::bug(format!("{name}: {error}")))?;
        for (labels, value) in samples {
            let values: Vec<&str> = labels.as_ref().iter().map(|(_, value)| *value).collect();
            gauge.with_label_values(&values).set(value);
        }
        Ok(())
    }
}
