//! A run for tests. It has everything that a phase sees of a run, and nothing else happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use async_trait::async_trait;
use serde_json::Value;
use tokio_postgres::Transaction;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::TestPhase;
use crate::configuration::load;
use crate::database::{self, Target, TargetOrigin};
use crate::quality_gate::Judged;
use crate::settings::{Flag, Loaded};
use crate::{Outcome, Result, RunContext, RunLedger, clock, registry};

/// The clock of test runs, unless `as_of` is set.
const AS_OF: &str = "2026-01-15T20:00:00+07:00";

/// The number of rows in the run, for the quality gate.
const ROWS: u64 = 1000;

/// A run for phases under test: default settings, a fixed clock, a ledger that accepts everything.
pub struct TestRun {
    url: String,
    flags: Vec<Flag>,
    loaded: Loaded,
    context: Arc<RunContext>,
}

impl TestRun {
    /// A run for phases that need no database. A request for a connection fails.
    pub async fn offline() -> Self {
        Self::on("postgresql://nobody@127.0.0.1:1/nothing").await
    }

    /// A run on a database. The first connection is opened when a phase requests one.
    pub async fn on(url: &str) -> Self {
        Self::with_flags(url, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Adds a setting: `run.with("phases.seniority.unknown", "none")`. Environment and settings files are not read.
    ///
    /// # Errors
    /// The error of a wrong setting, as users see it.
    pub async fn with(self, key: &'static str, value: impl Into<Value>) -> Result<Self> {
        let mut flags = self.flags;
        flags.push(Flag {
            key,
            value: value.into(),
            flag: "test",
        });
        Self::with_flags(&self.url, flags).await
    }

    async fn with_flags(url: &str, flags: Vec<Flag>) -> Result<Self> {
        let loaded = load(None, std::iter::empty(), flags.clone())?;
        let settings = Arc::new(loaded.settings.clone());
        let pool = database::pool(
            &Target::parse(url, TargetOrigin::Test)?,
            &settings,
            "jobinsight test",
        )
        .await?;
        let as_of = clock::parse(settings.as_of.as_deref().unwrap_or(AS_OF))?;
        let process = format!("test/{}", std::process::id());
        let context = RunContext::new(
            Uuid::now_v7(),
            (Uuid::now_v7(), process),
            settings,
            pool,
            CancellationToken::new(),
            as_of,
            Box::new(AcceptingLedger::default()),
        );
        Ok(Self {
            url: url.to_owned(),
            flags,
            loaded,
            context: Arc::new(context),
        })
    }

    /// The linked phase of that name, built from the settings of this run.
    pub fn phase(&self, name: &str) -> TestPhase {
        self.build(name).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The linked phase of that name, built from the settings of this run.
    ///
    /// # Errors
    /// The error of a wrong setting of the phase, as users see it.
    pub fn build(&self, name: &str) -> Result<TestPhase> {
        let spec = registry::find(name).unwrap_or_else(|| {
            panic!("no phase `{name}` is linked into this test; add `use the_crate as _;`")
        });
        Ok(TestPhase::new(
            spec,
            spec.build(&self.loaded)?,
            Arc::clone(&self.context),
        ))
    }

    /// The part of the run that phases see. A test reads notes here.
    pub fn context(&self) -> &RunContext {
        &self.context
    }
}

/// A ledger that accepts everything.
#[derive(Default)]
struct AcceptingLedger {
    rejected: AtomicU64,
}

#[async_trait]
impl RunLedger for AcceptingLedger {
    async fn fence(&self, _: &Transaction<'_>) -> Result<()> {
        Ok(())
    }

    async fn count_rejected(&self, _: &Transaction<'_>, _: i64, keys: &[&str]) -> Result<Judged> {
        let rejected = keys.len() as u64;
        Ok(Judged {
            rows: ROWS,
            raw: ROWS,
            rejected: self.rejected.fetch_add(rejected, SeqCst) + rejected,
            ..Judged::default()
        })
    }

    async fn close(&self, _: &Transaction<'_>, _: i64, _: &Outcome) -> Result<()> {
        Ok(())
    }
}
