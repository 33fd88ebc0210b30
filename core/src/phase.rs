//! What a phase takes and gives is its type: a wrong place in the list is refused before the start.

use std::pin::Pin;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::explain::Explain;
use crate::settings::schema_of;
use crate::{Batch, Committed, Loaded, PhaseContext, Result, Settings};

/// A phase that works once for the run.
#[async_trait]
pub trait Once: Send + Sync {
    /// Does the phase's work. Building a phase does no I/O; work starts here.
    async fn run(&self, cx: &PhaseContext<'_>) -> Result<()>;
}

/// The phase that gives batches: the head of a lane.
#[async_trait]
pub trait Load: Send + Sync {
    /// Claims and reads the next batch; `None` when no work is left, and the lane ends.
    async fn load(&self, cx: &PhaseContext<'_>) -> Result<Option<Batch>>;
}

/// A phase that changes a batch on its way.
#[async_trait]
pub trait Process: Send + Sync {
    /// Turns a batch into a batch; rows that can't go on move to [`Batch::rejects`].
    async fn process(&self, cx: &PhaseContext<'_>, batch: Batch) -> Result<Batch>;
}

/// The phase that publishes a batch: the end of a lane.
#[async_trait]
pub trait Save: Send + Sync {
    /// Publishes the batch in one transaction, which only [`PhaseContext::commit`] can end well.
    async fn save(&self, cx: &PhaseContext<'_>, batch: &Batch) -> Result<Committed>;

    /// Does what is left to do when every batch of the run is published, by whichever process. The one that leads calls
    /// it once, before the phases that follow; it may be called again after a retry.
    async fn finish(&self, _cx: &PhaseContext<'_>) -> Result<()> {
        Ok(())
    }

    /// Puts right what others rely on and [`Save::finish`] would have, when the run fails and the server is well. The
    /// process that leads calls it once, when its lanes are at rest. It may be dropped at any time, as when the run is
    /// told to stop; what it fails with is a warning.
    async fn on_failure(&self, _cx: &PhaseContext<'_>) -> Result<()> {
        Ok(())
    }
}

/// A phase, ready to work.
pub enum Role {
    /// Works once for the run.
    Once(Box<dyn Once>),
    /// Gives batches.
    Load(Box<dyn Load>),
    /// Changes batches.
    Process(Box<dyn Process>),
    /// Publishes batches.
    Save(Box<dyn Save>),
}

/// The kind of a [`Role`], known before the phase is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// See [`Once`].
    Once,
    /// See [`Load`].
    Load,
    /// See [`Process`].
    Process,
    /// See [`Save`].
    Save,
}

impl RoleKind {
    /// `run` for phases that work once, `batch` for those that stand in a lane.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Once => "run",
            Self::Load | Self::Process | Self::Save => "batch",
        }
    }

    /// What it takes and gives, for people.
    pub fn signature(self) -> &'static str {
        match self {
            Self::Once => "once a run",
            Self::Load => "queue → batch",
            Self::Process => "batch → batch",
            Self::Save => "batch → committed",
        }
    }
}

impl Role {
    /// Its kind.
    pub fn kind(&self) -> RoleKind {
        match self {
            Self::Once(_) => RoleKind::Once,
            Self::Load(_) => RoleKind::Load,
            Self::Process(_) => RoleKind::Process,
            Self::Save(_) => RoleKind::Save,
        }
    }
}

/// Looks at the database; gives notes on what differs and does no harm.
pub type Check = for<'a> fn(
    &'a tokio_postgres::Client,
    &'a Settings,
) -> Pin<Box<dyn Future<Output = Result<Vec<String>>> + Send + 'a>>;

/// A table of rules: a line a rule, `#` before comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTable {
    /// Its name; the file that extends it is `NAME.txt`.
    pub name: &'static str,
    /// What its lines say, and how one is written.
    pub about: &'static str,
    /// The lines that are compiled in.
    pub text: &'static str,
}

/// A warning that a phase may attach to a row: [`Batch::warn`](crate::Batch::warn).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// The word that is stored with the row, such as `title_kept`.
    pub word: &'static str,
    /// The field that it is about: a column of the raw table.
    pub field: &'static str,
}

/// What a phase crate implements to be a plug-in.
pub trait Plugin {
    /// Its name in `pipeline = […]` and in `[phases.NAME]`.
    const NAME: &'static str;
    /// One line for `jobinsight phases`.
    const ABOUT: &'static str;
    /// The kind of role that [`Plugin::build`] gives.
    const ROLE: RoleKind;
    /// What must be there before it works: `batch.COLUMN` for a column that a phase before it in the lane gives, any
    /// other word for something in the database (`schema`, `queue`), which may also stand from an earlier run.
    const NEEDS: &'static [&'static str] = &[];
    /// What is there after it worked, in the same words.
    const GIVES: &'static [&'static str] = &[];
    /// The columns (`batch.COLUMN`) of a batch that it does not hand on. All others it must.
    const DROPS: &'static [&'static str] = &[];
    /// Looks whether what it needs outside is as agreed, without changing anything: `jobinsight doctor` asks.
    const CHECK: Option<Check> = None;
    /// Tells what it does to one posting: `jobinsight explain-row` asks the phases of the list, in order.
    const EXPLAIN: Option<Explain> = None;
    /// The tables of its rules, which files in `rules_dir` extend: [`Settings::own_rules`]. Their lines are checked in
    /// [`Plugin::build`].
    const TABLES: &'static [RuleTable] = &[];
    /// The warnings that this phase attaches to rows. Reports count them by field.
    const WARNINGS: &'static [Warning] = &[];
    /// Its own settings, with defaults and `deny_unknown_fields`.
    type Settings: Serialize + DeserializeOwned + Default + JsonSchema;
    /// Checks the settings and makes the phase. Does no I/O.
    ///
    /// # Errors
    /// A usage error that names the setting.
    fn build(settings: Self::Settings, common: &Settings) -> Result<Role>;
}

/// A registered phase: made by [`PhaseSpec::of`], handed to `inventory::submit!`.
pub struct PhaseSpec {
    /// See [`Plugin::NAME`].
    pub name: &'static str,
    /// See [`Plugin::ABOUT`].
    pub about: &'static str,
    /// See [`Plugin::ROLE`].
    pub role: RoleKind,
    /// See [`Plugin::NEEDS`].
    pub needs: &'static [&'static str],
    /// See [`Plugin::GIVES`].
    pub gives: &'static [&'static str],
    /// See [`Plugin::DROPS`].
    pub drops: &'static [&'static str],
    /// See [`Plugin::CHECK`].
    pub check: Option<Check>,
    /// See [`Plugin::EXPLAIN`].
    pub explain: Option<Explain>,
    /// See [`Plugin::TABLES`].
    pub tables: &'static [RuleTable],
    /// See [`Plugin::WARNINGS`].
    pub warnings: &'static [Warning],
    build: fn(&Loaded) -> Result<Role>,
    read: fn(&Loaded) -> Result<()>,
    defaults: fn() -> serde_json::Value,
    schema: fn() -> serde_json::Value,
}

inventory::collect!(PhaseSpec);

impl PhaseSpec {
    /// The spec of a plug-in.
    pub const fn of<P: Plugin>() -> Self {
        Self {
            name: P::NAME,
            about: P::ABOUT,
            role: P::ROLE,
            needs: P::NEEDS,
            gives: P::GIVES,
            drops: P::DROPS,
            check: P::CHECK,
            explain: P::EXPLAIN,
            tables: P::TABLES,
            warnings: P::WARNINGS,
            build: build::<P>,
            read: read::<P>,
            defaults: defaults::<P>,
            schema: schema_of::<P::Settings>,
        }
    }

    /// Reads `[phases.NAME]` and makes the phase.
    ///
    /// # Errors
    /// A usage error that shows the setting at fault.
    pub fn build(&self, loaded: &Loaded) -> Result<Role> {
        (self.build)(loaded)
    }

    /// Reads `[phases.NAME]` and makes nothing of it: its keys and their types are right.
    ///
    /// # Errors
    /// A usage error that shows the setting at fault.
    pub(crate) fn read(&self, loaded: &Loaded) -> Result<()> {
        (self.read)(loaded)
    }

    /// The defaults of its settings, as a JSON object.
    pub fn defaults(&self) -> serde_json::Value {
        (self.defaults)()
    }

    /// The JSON schema of its settings: what each means, its type, its default.
    pub fn schema(&self) -> serde_json::Value {
        (self.schema)()
    }
}

fn build<P: Plugin>(loaded: &Loaded) -> Result<Role> {
    let role = P::build(loaded.phase::<P::Settings>(P::NAME)?, &loaded.settings)?;
    debug_assert_eq!(
        role.kind(),
        P::ROLE,
        "{} says one role and builds another",
        P::NAME
    );
    Ok(role)
}

fn read<P: Plugin>(loaded: &Loaded) -> Result<()> {
    loaded.phase::<P::Settings>(P::NAME).map(|_| ())
}

fn defaults<P: Plugin>() -> serde_json::Value {
    serde_json::to_value(P::Settings::default()).unwrap_or_default()
}
