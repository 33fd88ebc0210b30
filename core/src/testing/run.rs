//! A run that stands still: what a phase sees of it is there, nothing else happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use async_trait::async_trait;
use serde_json::Value;
use tokio_postgres::Transaction;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::TestPhase;
use crate::database::{self, Target};
use crate::gate::Judged;
use crate::settings::{Flag, Loaded, load};
use crate::{Outcome, Result, RunContext, RunLedger, clock, registry};

/// The clock of test runs, unless `as_of` is set.
const AS_OF: &str = "2026-01-15T20:00:00+07:00";

/// What the quality gate takes for the run's rows.
const ROWS: u64 = 1000;

/// A run for phases under test: default settings, a clock that stands, a ledger that agrees to everything.
pub struct TestRun {
    url: String,
    flags: Vec<Flag>,
    loaded: Loaded,
    context: Arc<RunContext>,
}

impl TestRun {
    /// For phases that need no database: asking for a connection fails.
    pub async fn offline() -> Self {
        Self::on("postgresql://nobody@127.0.0.1:1/nothing").await
    }

    /// On a database; it is not connected to before a phase asks for a connection.
    pub async fn on(url: &str) -> Self {
        Self::with_flags(url, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The same with one more setting: `run.with("phases.seniority.unknown", "none")`. What the environment and
    /// settings files say is not read.
    ///
    /// # Errors
    /// What a user would be told of a wrong setting.
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
        let pool =
            database::pool(&Target::parse(url, "test")?, &settings, "jobinsight test").await?;
        let as_of = clock::parse(settings.as_of.as_deref().unwrap_or(AS_OF))?;
        let process = format!("test/{}", std::process::id());
        let context = RunContext::new(
            Uuid::now_v7(),
            (Uuid::now_v7(), process),
            settings,
            pool,
            CancellationToken::new(),
            as_of,
            Box::new(Agreeing::default()),
        );
        Ok(Self {
            url: url.to_owned(),
            flags,
            loaded,
            context: Arc::new(context),
        })
    }

    /// The linked phase of that name, made from this run's settings.
    pub fn phase(&self, name: &str) -> TestPhase {
        self.build(name).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The linked phase of that name, made from this run's settings.
    ///
    /// # Errors
    /// What a user would be told of a wrong setting of this phase.
    pub fn build(&self, name: &str) -> Result<TestPhase> {
        let spec = registry::find(name).unwrap_or_else(|| {
            panic!("no phase `{name}` is linked into this test; say `use the_crate as _;`")
        });
        Ok(TestPhase::new(
            spec,
            spec.build(&self.loaded)?,
            Arc::clone(&self.context),
        ))
    }

    /// What phases see of the run; its notes are read here.
    pub fn context(&self) -> &RunContext {
        &self.context
    }
}

/// A ledger of a run that stands still.
#[derive(Default)]
struct Agreeing {
    rejected: AtomicU64,
}

#[async_trait]
impl RunLedger for Agreeing {
    async fn fence(&self, _: &Transaction<'_>) -> Result<()> {
        Ok(())
    }

    async fn count_rejected(&self, _: &Transaction<'_>, rejected: u64) -> Result<Judged> {
        Ok(Judged {
            rows: ROWS,
            rejected: self.rejected.fetch_add(rejected, SeqCst) + rejected,
            ..Judged::default()
        })
    }

    async fn close(&self, _: &Transaction<'_>, _: i64, _: &Outcome) -> Result<()> {
        Ok(())
    }
}
