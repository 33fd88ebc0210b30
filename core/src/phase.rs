//! Phases. The role of a phase is a type, so a wrong place in the pipeline is refused before the start.

use std::pin::Pin;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Transaction;

use crate::explain::Explain;
use crate::resource::with_types;
use crate::settings::schema_of;
use crate::{
    Batch, Committed, Loaded, PhaseContext, PlanForecast, ReaderTable, Resource, Result, RoleKind,
    RuleTable, Settings, Warning,
};

/// A phase that works once in a run.
#[async_trait]
pub trait Once: Send + Sync {
    /// Does the work of the phase. Building a phase does no I/O, so all of it starts here.
    async fn run(&self, cx: &PhaseContext<'_>) -> Result<()>;
}

/// The phase that returns batches: the head of a lane.
#[async_trait]
pub trait Load: Send + Sync {
    /// Claims and reads the next batch. `None` means that no work is left; the lane ends.
    async fn load(&self, cx: &PhaseContext<'_>) -> Result<Option<Batch>>;
}

/// A phase that changes a batch between loading and saving.
#[async_trait]
pub trait Process: Send + Sync {
    /// Processes a batch. Rows that cannot be processed move to [`Batch::rejects`].
    async fn process(&self, cx: &PhaseContext<'_>, batch: Batch) -> Result<Batch>;

    /// Completes the work when every batch of the run is published, after [`Save::finish`]. The process that leads calls this once;
    /// after a retry, it may be called again. A run without a batch and a fill call this as well.
    async fn finish(&self, _cx: &PhaseContext<'_>) -> Result<()> {
        Ok(())
    }
}

/// The phase that publishes a batch: the end of a lane.
#[async_trait]
pub trait Save: Send + Sync {
    /// Publishes the batch in one transaction, which only [`PhaseContext::commit`] can commit.
    async fn save(&self, cx: &PhaseContext<'_>, batch: &Batch) -> Result<Committed>;

    /// Completes the work when every batch of the run is published, by any process. The process that leads calls this
    /// once, before the next phases. After a retry it may be called again.
    async fn finish(&self, _cx: &PhaseContext<'_>) -> Result<()> {
        Ok(())
    }

    /// Restores shared state after a failure, such as indexes that [`Save::finish`] would have created. The process that
    /// leads calls this once, when its lanes have stopped and the server still works. The future may be dropped at any
    /// time, for instance when the run is told to stop. An error becomes a warning.
    async fn on_failure(&self, _cx: &PhaseContext<'_>) -> Result<()> {
        Ok(())
    }
}

/// A phase that was built, by its role.
pub enum Role {
    /// See [`Once`].
    Once(Box<dyn Once>),
    /// See [`Load`].
    Load(Box<dyn Load>),
    /// See [`Process`].
    Process(Box<dyn Process>),
    /// See [`Save`].
    Save(Box<dyn Save>),
}

impl Role {
    /// The kind of this role.
    pub fn kind(&self) -> RoleKind {
        match self {
            Self::Once(_) => RoleKind::Once,
            Self::Load(_) => RoleKind::Load,
            Self::Process(_) => RoleKind::Process,
            Self::Save(_) => RoleKind::Save,
        }
    }
}

/// Examines the database. Returns notes on harmless differences.
pub type Check = for<'a> fn(
    &'a tokio_postgres::Client,
    &'a Settings,
) -> Pin<Box<dyn Future<Output = Result<Vec<String>>> + Send + 'a>>;

/// Counts the rows that the phase would put into the queue under the name of these rules. The transaction is read-only and sees
/// one snapshot.
pub type Forecast = for<'a> fn(
    &'a Transaction<'a>,
    &'a Loaded,
    &'a str,
) -> Pin<Box<dyn Future<Output = Result<PlanForecast>> + Send + 'a>>;

/// A function that returns the name of the rule set, as each published row records it, from the settings and the name of the
/// rules.
pub type RuleSetName = fn(&Loaded, &str) -> Result<String>;

/// A function that returns the table of the staging schema in which the phase stores its values; `None` if its settings say that it
/// stores none.
pub type StoringTable = fn(&Loaded) -> Result<Option<&'static str>>;

/// The trait that a phase crate implements to be a plug-in.
pub trait Plugin {
    /// The name in `pipeline = […]` and in `[phases.NAME]`.
    const NAME: &'static str;
    /// One line for `jobinsight phases`.
    const ABOUT: &'static str;
    /// The version of the results. Raise it when the phase produces other values from the same rows: if the phase decides
    /// published columns, the next run processes the published rows again.
    const VERSION: u32 = 1;
    /// The kind of role that [`Plugin::build`] returns.
    const ROLE: RoleKind;
    /// The resources that the phase needs. A column must come from a phase before it in the lane. Anything else may also
    /// exist in the database from an earlier run. If a column has a type here, the pipeline is refused when an earlier
    /// phase declares another type.
    const NEEDS: &'static [Resource] = &[];
    /// The resources that the phase produces. A column has its exact Arrow type,
    /// `Resource::Typed("mood", || DataType::Utf8)`, and each returned batch is checked. A phase that changes the type of a
    /// column lists the column in [`Plugin::DROPS`] as well. A loading phase may leave out a column that no phase of the
    /// run needs: [`PhaseContext::is_needed`].
    const GIVES: &'static [Resource] = &[];
    /// The columns of a batch that the phase does not pass on. It must pass on all others.
    const DROPS: &'static [Resource] = &[];
    /// Checks that the database is as agreed, without changing anything. `jobinsight doctor` calls it.
    const CHECK: Option<Check> = None;
    /// Counts the rows to plan. `jobinsight run --dry-run` calls it for the phase that fills the queue.
    const FORECAST: Option<Forecast> = None;
    /// Names the rule set as published rows record it. `jobinsight run --dry-run` calls it for the phase that fills the
    /// queue, and compares the published rows of other rule sets with the rows that a run would publish.
    const RULE_SET: Option<RuleSetName> = None;
    /// Names the table of its own in which the phase stores the columns of its [`Plugin::GIVES`], each with the key and the
    /// fingerprint of the row. Events of OpenLineage contain the table.
    const STORES: Option<StoringTable> = None;
    /// Explains one posting. `jobinsight explain-row` calls it for the phases of the pipeline, in order.
    const EXPLAIN: Option<Explain> = None;
    /// The rule tables of the phase. Files in `rules_dir` extend them: [`Settings::custom_rules`]. [`Plugin::build`]
    /// checks their lines.
    const TABLES: &'static [RuleTable] = &[];
    /// The warnings that this phase attaches to rows. Reports count them by field.
    const WARNINGS: &'static [Warning] = &[];
    /// The tables that the phase writes for other programs. `jobinsight contract show` describes them.
    const READER_TABLES: &'static [ReaderTable] = &[];
    /// The settings of the phase, with defaults and `deny_unknown_fields`.
    type Settings: Serialize + DeserializeOwned + Default + JsonSchema;
    /// Checks the settings and builds the phase. Does no I/O.
    ///
    /// # Errors
    /// A usage error that names the setting.
    fn build(settings: Self::Settings, common: &Settings) -> Result<Role>;
}

/// A registered phase: created by [`PhaseSpec::of`], registered by `inventory::submit!`.
pub struct PhaseSpec {
    /// See [`Plugin::NAME`].
    pub name: &'static str,
    /// See [`Plugin::ABOUT`].
    pub about: &'static str,
    krate: fn() -> &'static str,
    /// See [`Plugin::VERSION`].
    pub version: u32,
    /// See [`Plugin::ROLE`].
    pub role: RoleKind,
    /// See [`Plugin::NEEDS`].
    pub needs: &'static [Resource],
    /// See [`Plugin::GIVES`].
    pub gives: &'static [Resource],
    /// See [`Plugin::DROPS`].
    pub drops: &'static [Resource],
    /// See [`Plugin::CHECK`].
    pub check: Option<Check>,
    /// See [`Plugin::FORECAST`].
    pub forecast: Option<Forecast>,
    /// See [`Plugin::RULE_SET`].
    pub rule_set: Option<RuleSetName>,
    /// See [`Plugin::STORES`].
    pub stores: Option<StoringTable>,
    /// See [`Plugin::EXPLAIN`].
    pub explain: Option<Explain>,
    /// See [`Plugin::TABLES`].
    pub tables: &'static [RuleTable],
    /// See [`Plugin::WARNINGS`].
    pub warnings: &'static [Warning],
    /// See [`Plugin::READER_TABLES`].
    pub reader_tables: &'static [ReaderTable],
    build: fn(&Loaded) -> Result<Role>,
    read: fn(&Loaded) -> Result<()>,
    defaults: fn() -> serde_json::Value,
    schema: fn() -> serde_json::Value,
}

inventory::collect!(PhaseSpec);

impl PhaseSpec {
    /// The spec of a plug-in.
    ///
    /// # Panics
    /// At compile time, if a column in [`Plugin::GIVES`] has no type.
    pub const fn of<P: Plugin>() -> Self {
        Self {
            name: P::NAME,
            about: P::ABOUT,
            krate: krate::<P>,
            version: P::VERSION,
            role: P::ROLE,
            needs: P::NEEDS,
            gives: with_types(P::GIVES),
            drops: P::DROPS,
            check: P::CHECK,
            forecast: P::FORECAST,
            rule_set: P::RULE_SET,
            stores: P::STORES,
            explain: P::EXPLAIN,
            tables: P::TABLES,
            warnings: P::WARNINGS,
            reader_tables: P::READER_TABLES,
            build: build::<P>,
            read: read::<P>,
            defaults: defaults::<P>,
            schema: schema_of::<P::Settings>,
        }
    }

    /// The crate that registers the phase, as Rust code writes it: `jobinsight_data_loading`.
    pub fn krate(&self) -> &'static str {
        (self.krate)()
    }

    /// Reads `[phases.NAME]` and builds the phase.
    ///
    /// # Errors
    /// A usage error that shows the wrong setting.
    pub fn build(&self, loaded: &Loaded) -> Result<Role> {
        (self.build)(loaded)
    }

    /// Reads `[phases.NAME]` only to check its keys, types and ranges.
    ///
    /// # Errors
    /// A usage error that shows the wrong setting.
    pub(crate) fn read(&self, loaded: &Loaded) -> Result<()> {
        (self.read)(loaded)
    }

    /// The defaults of the settings, as a JSON object.
    pub fn defaults(&self) -> serde_json::Value {
        (self.defaults)()
    }

    /// The JSON schema of the settings: meaning, type, range and default of each.
    pub fn schema(&self) -> serde_json::Value {
        (self.schema)()
    }
}

fn krate<P: Plugin>() -> &'static str {
    let path = std::any::type_name::<P>();
    path.split("::").next().unwrap_or(path)
}

fn build<P: Plugin>(loaded: &Loaded) -> Result<Role> {
    let role = P::build(loaded.phase::<P::Settings>(P::NAME)?, &loaded.settings)?;
    debug_assert_eq!(
        role.kind(),
        P::ROLE,
        "{} declares one role and builds another",
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
