//! The processing phases of the pipeline, outside a run. They decide what a run would publish.

use std::sync::Arc;
use std::time::SystemTime;

use jobinsight_core::batch_contract::BatchContract;
use jobinsight_core::database::Pool;
use jobinsight_core::metrics::{PhaseMetrics, measure};
use jobinsight_core::quality_gate::Judged;
use jobinsight_core::{
    Batch, EtlError, Loaded, NeededColumns, Outcome, PhaseContext, PhaseSpec, Process, Resource,
    Result, Role, RoleKind, RunContext, RunLedger, async_trait, clock,
};
use tokio_postgres::Transaction;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::pipeline::{self, fill};

/// The processing phases that produce what the saving phase publishes, in order.
pub(super) struct Processing {
    run: RunContext,
    processors: Vec<Processor>,
}

struct Processor {
    spec: &'static PhaseSpec,
    phase: Box<dyn Process>,
    metrics: Arc<PhaseMetrics>,
}

impl Processing {
    /// Builds the phases. A phase that stores values of its own is left out, because it would write to the database.
    pub(super) fn new(
        loaded: &Loaded,
        pipeline: &[&'static PhaseSpec],
        pool: &Pool,
        rules: &str,
    ) -> Result<Self> {
        let of_role = |role| move |spec: &&&PhaseSpec| spec.role == role;
        let mut needed: Vec<Resource> = Vec::new();
        for spec in pipeline.iter().filter(of_role(RoleKind::Save)) {
            needed.extend(spec.needs);
        }
        let mut chosen = Vec::new();
        for spec in pipeline.iter().filter(of_role(RoleKind::Process)).rev() {
            fill::choose(spec, &mut needed, &mut chosen);
        }
        let mut processors = Vec::new();
        for spec in chosen.into_iter().rev() {
            if let Role::Process(phase) = pipeline::build_phase(spec, loaded)? {
                processors.push(Processor {
                    spec,
                    phase,
                    metrics: Arc::default(),
                });
            }
        }
        let as_of = match &loaded.settings.as_of {
            Some(text) => clock::parse(text)?,
            None => SystemTime::now(),
        };
        let needs = processors
            .iter()
            .flat_map(|processor| processor.spec.needs)
            .copied();
        let run = RunContext::new(
            Uuid::now_v7(),
            (Uuid::now_v7(), "dry run".to_owned()),
            Arc::new(loaded.settings.clone()),
            pool.clone(),
            CancellationToken::new(),
            as_of,
            Box::new(NoLedger),
        )
        .with_phases(NeededColumns::of(needs), rules.to_owned());
        Ok(Self { run, processors })
    }

    /// Whether a phase needs the batch column.
    pub(super) fn needs(&self, column: &str) -> bool {
        self.run.needed().contains(column)
    }

    /// Processes a batch as a run does, and checks the batch contract.
    pub(super) async fn process(&self, mut batch: Batch) -> Result<Batch> {
        for Processor {
            spec,
            phase,
            metrics,
        } in &self.processors
        {
            let contract = BatchContract::of_processing(spec, &batch);
            let cx = PhaseContext::new(&self.run, spec.name, 0, metrics);
            batch = pipeline::guarded(spec, async || {
                let made = measure(metrics, phase.process(&cx, batch)).await?;
                contract.check(&made).map(|()| made)
            })
            .await
            .map_err(|error| error.in_phase(spec.name))?;
        }
        Ok(batch)
    }
}

/// The ledger of a dry run, which has none. No processing phase writes to it.
struct NoLedger;

#[async_trait]
impl RunLedger for NoLedger {
    async fn fence(&self, _: &Transaction<'_>) -> Result<()> {
        Err(absent())
    }

    async fn count_rejected(&self, _: &Transaction<'_>, _: i64, _: &[&str]) -> Result<Judged> {
        Err(absent())
    }

    async fn close(&self, _: &Transaction<'_>, _: i64, _: &Outcome) -> Result<()> {
        Err(absent())
    }
}

fn absent() -> EtlError {
    EtlError::bug("a processing phase used the ledger, and a dry run has none")
}
