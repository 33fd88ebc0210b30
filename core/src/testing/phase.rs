//! A phase under test.

use std::sync::Arc;

use crate::metrics::{PhaseMetrics, measure};
use crate::{
    Batch, Committed, PhaseContext, PhaseSpec, Result, Role, RunContext, promise::Promise,
};

/// A phase under test: does what its role does, measured and held to its promise as in a run.
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

    /// Lets a run-scope phase work.
    ///
    /// # Errors
    /// The phase's.
    pub async fn run(&self) -> Result<()> {
        let Role::Once(phase) = &self.role else {
            panic!("{}", self.other("run"));
        };
        measure(&self.metrics, phase.run(&self.context())).await
    }

    /// Lets a loading phase load its next batch.
    ///
    /// # Errors
    /// The phase's; a promise that it broke.
    pub async fn load(&self) -> Result<Option<Batch>> {
        let Role::Load(phase) = &self.role else {
            panic!("{}", self.other("load"));
        };
        let loaded = measure(&self.metrics, phase.load(&self.context())).await?;
        if let Some(batch) = &loaded {
            Promise::of_loading(self.spec).check(batch)?;
        }
        Ok(loaded)
    }

    /// Lets a processing phase process a batch.
    ///
    /// # Errors
    /// The phase's; a promise that it broke.
    pub async fn process(&self, batch: Batch) -> Result<Batch> {
        let Role::Process(phase) = &self.role else {
            panic!("{}", self.other("process"));
        };
        let promise = Promise::of_processing(self.spec, &batch);
        let made = measure(&self.metrics, phase.process(&self.context(), batch)).await?;
        promise.check(&made)?;
        Ok(made)
    }

    /// Lets a saving phase save a batch.
    ///
    /// # Errors
    /// The phase's.
    pub async fn save(&self, batch: &Batch) -> Result<Committed> {
        let Role::Save(phase) = &self.role else {
            panic!("{}", self.other("save"));
        };
        measure(&self.metrics, phase.save(&self.context(), batch)).await
    }

    /// What was measured: rows, time, memory.
    pub fn metrics(&self) -> &PhaseMetrics {
        &self.metrics
    }

    fn context(&self) -> PhaseContext<'_> {
        PhaseContext::new(&self.run, self.spec.name, 0, &self.metrics)
    }

    fn other(&self, wanted: &str) -> String {
        format!(
            "phase `{}` can't {wanted}: it is {}",
            self.spec.name,
            self.spec.role.signature()
        )
    }
}
