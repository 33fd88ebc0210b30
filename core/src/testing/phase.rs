//! A phase under test.

use std::sync::Arc;

use crate::metrics::{PhaseMetrics, measure};
use crate::{
    Batch, Committed, PhaseContext, PhaseSpec, Result, Role, RunContext,
    batch_contract::BatchContract,
};

/// A phase under test. It works, is measured and is checked as in a run.
pub struct TestPhase {
    spec: &'static PhaseSpec,
    role: Role,
    run: Arc<RunContext>,
    metrics: Arc<PhaseMetrics>,
}

impl TestPhase {
    pub(super) fn new(spec: &'static PhaseSpec, role: Role, run: Arc<RunContext>) -> Self {
        Self {
            spec,
            role,
            run,
            metrics: Arc::default(),
        }
    }

    /// Runs a phase that works once.
    ///
    /// # Errors
    /// The error of the phase.
    pub async fn run(&self) -> Result<()> {
        let Role::Once(phase) = &self.role else {
            panic!("{}", self.other("run"));
        };
        measure(&self.metrics, phase.run(&self.context())).await
    }

    /// Loads the next batch with a loading phase.
    ///
    /// # Errors
    /// The error of the phase; a broken batch contract.
    pub async fn load(&self) -> Result<Option<Batch>> {
        let Role::Load(phase) = &self.role else {
            panic!("{}", self.other("load"));
        };
        let loaded = measure(&self.metrics, phase.load(&self.context())).await?;
        if let Some(batch) = &loaded {
            BatchContract::of_loading(self.spec, self.run.needed()).check(batch)?;
        }
        Ok(loaded)
    }

    /// Processes a batch with a processing phase.
    ///
    /// # Errors
    /// The error of the phase; a broken batch contract.
    pub async fn process(&self, batch: Batch) -> Result<Batch> {
        let Role::Process(phase) = &self.role else {
            panic!("{}", self.other("process"));
        };
        let contract = BatchContract::of_processing(self.spec, &batch);
        let made = measure(&self.metrics, phase.process(&self.context(), batch)).await?;
        contract.check(&made)?;
        Ok(made)
    }

    /// Completes the work of a processing phase or of a saving phase.
    ///
    /// # Errors
    /// The error of the phase.
    pub async fn finish(&self) -> Result<()> {
        let cx = self.context();
        match &self.role {
            Role::Process(phase) => measure(&self.metrics, phase.finish(&cx)).await,
            Role::Save(phase) => measure(&self.metrics, phase.finish(&cx)).await,
            Role::Once(_) | Role::Load(_) => panic!("{}", self.other("finish")),
        }
    }

    /// Saves a batch with a saving phase.
    ///
    /// # Errors
    /// The error of the phase.
    pub async fn save(&self, batch: &Batch) -> Result<Committed> {
        let Role::Save(phase) = &self.role else {
            panic!("{}", self.other("save"));
        };
        measure(&self.metrics, phase.save(&self.context(), batch)).await
    }

    /// The measurements: rows, time, memory.
    pub fn metrics(&self) -> &PhaseMetrics {
        &self.metrics
    }

    fn context(&self) -> PhaseContext<'_> {
        PhaseContext::new(&self.run, self.spec.name, 0, &self.metrics)
    }

    fn other(&self, wanted: &str) -> String {
        format!(
            "phase `{}` cannot {wanted}: its role is {}",
            self.spec.name,
            self.spec.role.signature()
        )
    }
}
