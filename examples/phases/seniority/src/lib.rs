//! Phase `seniority`: reads the level of a job (intern, junior, senior, lead, manager, director) from its clean title,
//! between processing and saving.
//!
//! ```toml
//! pipeline = ["schema_setup", "sql_procedures", "data_loading", "data_processing", "seniority", "data_saving"]
//! ```
//!
//! The phase produces the batch column `seniority` and stores it. **An added column has a separate table**, because
//! `data_saving` publishes only the columns of its contract. This phase owns the table `job_seniority` and the view
//! `jobs_with_seniority`, which joins the table to `staging_jobs` by key *and fingerprint*. This needs no change of the
//! saving phase, and works from outside this repository. It is also safe, because the value depends only on the raw row that
//! the fingerprint identifies. If a value is written twice, or for a batch that fails later, a reader of the view sees no
//! difference.
//!
//! Adding a phase does not process published rows again. `jobinsight run --fill seniority` stores their levels.
#![forbid(unsafe_code)]

use std::sync::Arc;

use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::types::Int64Type;
use jobinsight_core::arrow_array::{RecordBatch, StringArray};
use jobinsight_core::explain::{Explain, Field, Posting, Step, Story};
use jobinsight_core::{
    Batch, DataType, EtlError, PhaseContext, PhaseSpec, Plugin, Process, Resource, Result, Role,
    RoleKind, Settings, StoringTable, async_trait, database,
};
use jobinsight_sql::Script;
use jobinsight_sql::apply::apply_changed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod level;

pub use level::level;

/// Creates the table and the view unless they exist.
const SCHEMA: Script = Script::new("seniority/schema.sql", include_str!("schema.sql"));

/// Writes the levels of a batch.
const STORE: Script = Script::new("seniority/store.sql", include_str!("store.sql"));

/// Settings of this phase: `[phases.seniority]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SenioritySettings {
    /// Store the levels in `job_seniority`. With false, the phase only adds the batch column, for a saving phase of your own.
    pub store: bool,
}

impl Default for SenioritySettings {
    fn default() -> Self {
        Self { store: true }
    }
}

struct Seniority {
    settings: SenioritySettings,
}

impl Plugin for Seniority {
    const NAME: &'static str = "seniority";
    const ABOUT: &'static str = "reads the level of a job from its title";
    const ROLE: RoleKind = RoleKind::Process;
    const NEEDS: &'static [Resource] = &[
        Resource::Schema,
        Resource::Column("job_id"),
        Resource::Column("source_hash"),
        Resource::Column("title_clean"),
    ];
    const GIVES: &'static [Resource] = &[Resource::Typed("seniority", || DataType::Utf8)];
    const STORES: Option<StoringTable> = Some(|loaded| {
        let own: SenioritySettings = loaded.phase(Self::NAME)?;
        Ok(own.store.then_some("job_seniority"))
    });
    const EXPLAIN: Option<Explain> = Some(|posting| Box::pin(async { Ok(explain(posting)) }));
    type Settings = SenioritySettings;

    fn build(settings: SenioritySettings, _: &Settings) -> Result<Role> {
        Ok(Role::Process(Box::new(Self { settings })))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<Seniority>() }

/// The steps that `jobinsight explain-row` shows for a posting.
fn explain(posting: &Posting<'_>) -> Story {
    let title = posting.text("title_clean");
    let level = title.and_then(level);
    let step = |level| Step::new("words that name a level", title.unwrap_or_default(), level);
    Story::of([Field {
        field: "title_clean",
        given: title.into(),
        steps: level.map(step).into_iter().collect(),
        made: [("seniority".to_owned(), level.into())]
            .into_iter()
            .collect(),
        ..Field::default()
    }])
}

#[async_trait]
impl Process for Seniority {
    async fn process(&self, cx: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let records = batch.records.clone();
        let levels = cx.compute(move || levels(&records)).await??;
        batch.put("seniority", Arc::new(levels))?;
        if self.settings.store {
            store(cx, &batch).await?;
        }
        Ok(batch)
    }
}

fn texts<'a>(records: &'a RecordBatch, name: &str) -> Result<&'a StringArray> {
    records
        .column_by_name(name)
        .and_then(|column| column.as_string_opt::<i32>())
        .ok_or_else(|| EtlError::bug(format!("the batch column `{name}` does not contain text")))
}

fn levels(records: &RecordBatch) -> Result<StringArray> {
    let titles = texts(records, "title_clean")?;
    Ok(titles.iter().map(|title| title.and_then(level)).collect())
}

/// Stores the levels, each with the fingerprint of the raw row that it was read from.
async fn store(cx: &PhaseContext<'_>, batch: &Batch) -> Result<()> {
    let records = &batch.records;
    let keys: Vec<Option<&str>> = texts(records, "job_id")?.iter().collect();
    let levels: Vec<Option<&str>> = texts(records, "seniority")?.iter().collect();
    let hashes: Vec<Option<i64>> = records
        .column_by_name("source_hash")
        .and_then(|column| column.as_primitive_opt::<Int64Type>())
        .map(|column| column.iter().collect())
        .ok_or_else(|| EtlError::bug("the batch column `source_hash` does not contain numbers"))?;

    let mut client = cx.client().await?;
    let tx = database::begin(&mut client).await?;
    apply_changed(&tx, cx.settings(), &[SCHEMA]).await?;
    let store = STORE.render(cx.settings());
    tx.execute(store.sql(), &[&keys, &hashes, &levels])
        .await
        .map_err(|error| store.error(error, "storing levels"))?;
    tx.commit()
        .await
        .map_err(|error| EtlError::database(error, "storing levels"))
}
