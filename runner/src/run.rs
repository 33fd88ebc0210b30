//! A run: lock, stages, integrity, results.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jobinsight_core::database::{self, Target};
use jobinsight_core::metrics::Monitor;
use jobinsight_core::{EtlError, Loaded, Outcome, Result, Role, RunContext, clock};
use uuid::Uuid;

use crate::attempt::{attempt, is_cancelled};
use crate::ledger::{Batches, Entry};
use crate::lock::RunLock;
use crate::pipeline::{self, Stage};
use crate::results::{
    ErrorResult, PhaseResult, RunResults, SCHEMA_VERSION, Stats, check_state_dir,
};
use crate::stop::Stop;

/// How a run ended: its results, and the error if it failed.
pub struct Ended {
    /// For machines.
    pub results: RunResults,
    /// For the exit code and for people.
    pub error: Option<EtlError>,
}

/// Runs the configured phases, with signals and the timeout watched.
pub async fn run(loaded: &Loaded, target: &Target) -> Ended {
    let stop = Stop::on_signals();
    run_until(loaded, target, &stop).await
}

pub(crate) async fn run_until(loaded: &Loaded, target: &Target, stop: &Stop) -> Ended {
    let timeout = stop.after(loaded.settings.timeout);
    let run_id = Uuid::now_v7();
    let mut progress = Progress {
        started: Instant::now(),
        results: RunResults {
            schema_version: SCHEMA_VERSION,
            run_id: run_id.to_string(),
            ..RunResults::default()
        },
        outcome: Outcome::default(),
        finished: 0,
    };
    let error = prepare_and_run(loaded, target, stop, run_id, &mut progress)
        .await
        .err();
    timeout.abort();
    let mut results = progress.results;
    results.success = error.is_none();
    match &error {
        Some(error) => {
            results.message = error.message().to_owned();
            results.error = Some(ErrorResult::from(error));
        }
        None if results.message.is_empty() => results.message = sentence(&results.stats),
        None => {}
    }
    if let Err(error) = results.write(&loaded.settings.state_dir()) {
        tracing::warn!("{error}");
    }
    Ended { results, error }
}

struct Progress {
    started: Instant,
    results: RunResults,
    outcome: Outcome,
    /// Stages that are done.
    finished: usize,
}

impl Progress {
    /// Brings the results up to date.
    fn describe(&mut self, run: &RunContext, stages: &[Stage], failed: bool) {
        let finished = self.finished;
        self.results.phases = stages
            .iter()
            .enumerate()
            .flat_map(|(index, stage)| {
                let status = match index.cmp(&finished) {
                    std::cmp::Ordering::Less => "done",
                    std::cmp::Ordering::Equal if failed => "failed",
                    std::cmp::Ordering::Equal => "running",
                    std::cmp::Ordering::Greater if failed => "skipped",
                    std::cmp::Ordering::Greater => "pending",
                };
                stage
                    .steps()
                    .iter()
                    .map(move |step| PhaseResult::of(step, status))
            })
            .collect();
        self.results.stats = Stats::of(&run.counts(), &self.outcome, self.started.elapsed());
        self.results.warnings = run.warnings();
        self.results.notes = run.notes();
    }
}

async fn prepare_and_run(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    run_id: Uuid,
    progress: &mut Progress,
) -> Result<()> {
    let settings = &loaded.settings;
    check_state_dir(&settings.state_dir())?;
    let stages = Arc::new(pipeline::build(loaded, &Monitor::start())?);
    let as_of = settings
        .as_of
        .as_deref()
        .map_or_else(|| Ok(std::time::SystemTime::now()), clock::parse)?;
    let name = format!("jobinsight run {run_id}");
    let lock = connect(target, loaded, &name, stop).await?;
    let pool = database::pool(target, settings, &name).await?;
    let run = Arc::new(RunContext::new(
        run_id,
        Arc::new(settings.clone()),
        pool,
        stop.token.child_token(),
        as_of,
        Box::new(Batches::new(settings)),
    ));
    let mut entry = Entry::new(settings, run_id);
    entry.open(lock.client()).await?;

    let mut result = walk(&run, &stages, &lock, &mut entry, progress).await;
    if result.is_ok() {
        result = progress.results.stats.check();
    }
    if let Err(error) = &result {
        // What other lanes still execute must not go on behind our back.
        lock.cancel_statements(&name).await;
        if is_cancelled(error) {
            result = Err(stopped(stop));
        }
    }
    progress.describe(&run, &stages, result.is_err());
    let results = &mut progress.results;
    results.success = result.is_ok();
    results.message = match &result {
        Ok(()) => sentence(&results.stats),
        Err(error) => error.message().to_owned(),
    };
    results.error = result.as_ref().err().map(ErrorResult::from);
    if let Err(error) = entry.close(lock.client(), results).await {
        tracing::warn!("{error}");
        result = result.and(Err(error));
    }
    if result.is_ok() && results.stats.new + results.stats.updated > 0 {
        let message = serde_json::json!({
            "run_id": results.run_id, "new": results.stats.new, "updated": results.stats.updated
        });
        lock.client()
            .execute(
                "SELECT pg_notify('jobinsight_staging_ready', $1)",
                &[&message.to_string()],
            )
            .await
            .map_err(|error| EtlError::database(error, "telling downstream"))?;
    }
    result
}

async fn walk(
    run: &Arc<RunContext>,
    stages: &Arc<Vec<Stage>>,
    lock: &RunLock,
    entry: &mut Entry,
    progress: &mut Progress,
) -> Result<()> {
    let state_dir = run.settings.state_dir();
    for (index, stage) in stages.iter().enumerate() {
        progress.describe(run, stages, false);
        progress.results.write(&state_dir)?;
        match stage {
            Stage::Once(step) => {
                let Role::Once(phase) = &step.role else {
                    return Err(EtlError::bug(format!(
                        "phase {} is not what its spec says",
                        step.spec.name
                    )));
                };
                attempt(run, step, 0, |cx| async move { phase.run(&cx).await }).await?;
            }
            Stage::Lane(_) => {
                let (outcome, result) = crate::lanes::run(run, stages, index).await;
                progress.outcome.add(outcome);
                result?;
            }
        }
        progress.finished = index + 1;
        for step in stage.steps() {
            let done = PhaseResult::of(step, "done");
            tracing::info!(
                phase = done.name, rows_in = done.rows_in, rows_out = done.rows_out, rejected = done.rejected,
                duration_s = done.duration_s, busy_s = done.busy_s, cpu_s = done.cpu_s,
                rss_mb = %format_args!("{}→{} (peak {})", done.rss_before_mb, done.rss_after_mb, done.rss_peak_mb),
                "phase done"
            );
        }
        entry.open(lock.client()).await?;
    }
    progress.describe(run, stages, false);
    Ok(())
}

/// How long a server that does not answer is waited for before a run.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connects and takes the lock; a server that is just starting is waited for.
async fn connect(target: &Target, loaded: &Loaded, name: &str, stop: &Stop) -> Result<RunLock> {
    let started = Instant::now();
    let mut last = None;
    loop {
        // Time that runs out while the server is away is the server's failure, and may pass.
        let out_of_time = |last: Option<EtlError>| {
            last.filter(|_| stop.is_timeout())
                .unwrap_or_else(|| stopped(stop))
        };
        let error = tokio::select! {
            lock = RunLock::take(target, &loaded.settings, name) => match lock {
                Err(error) if error.kind().is_passing() => error,
                other => return other,
            },
            () = stop.token.cancelled() => return Err(out_of_time(last)),
        };
        if started.elapsed() >= PATIENCE {
            return Err(error);
        }
        tracing::warn!("{error}; waiting for the server at {}", target.display());
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = stop.token.cancelled() => return Err(out_of_time(Some(error))),
        }
        last = Some(error);
    }
}

fn stopped(stop: &Stop) -> EtlError {
    stop.error()
        .unwrap_or_else(|| EtlError::bug("the run was stopped, and nobody says why"))
}

fn sentence(stats: &Stats) -> String {
    if stats.total_records == 0 {
        return "nothing to do: the raw table is empty".into();
    }
    if stats.new + stats.updated + stats.left == 0 && stats.processed_records == 0 {
        return format!("nothing to do: {} rows stand as they are", stats.unchanged);
    }
    let mut text = format!(
        "{} raw rows: {} new, {} updated, {} unchanged, {} rejected",
        stats.total_records, stats.new, stats.updated, stats.unchanged, stats.rejected
    );
    if stats.left > 0 {
        let _ = write!(text, "; {} are left for the next run", stats.left);
    }
    text
}
