//! Checks the contract of the raw table before any write, and prepares the staging schema.
//!
//! A script is applied only if its checksum differs from the recorded one. Both scripts are applied in one transaction, with the
//! upgrades of the schema: see [`jobinsight_sql::schema`].
//!
//! # Module order
//! 1. `codes`
//! 2. `contract`, `publications`, `staging_table`, `upgrade`
#![forbid(unsafe_code)]

mod codes;
mod contract;
mod publications;
mod staging_table;
mod upgrade;

use jobinsight_core::{
    Check, EtlError, Once, PhaseContext, PhaseSpec, Plugin, Resource, Result, Role, RoleKind,
    Settings, async_trait, failpoints,
};
use jobinsight_sql::Script;
use jobinsight_sql::narrow::narrow_columns;
use jobinsight_sql::schema::Pending;
use jobinsight_sql::scripts::{SCHEMA_STAGING, STORED_PROCEDURES};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of this phase: `[phases.schema_setup]`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SchemaSetupSettings {
    /// Do not change the schema. The run fails if a script must be applied.
    pub read_only: bool,
}

/// The scripts of the schema, in the order in which they are applied.
const SCRIPTS: [Script; 2] = [SCHEMA_STAGING, STORED_PROCEDURES];

struct SchemaSetup {
    settings: SchemaSetupSettings,
}

impl Plugin for SchemaSetup {
    const NAME: &'static str = "schema_setup";
    const ABOUT: &'static str = "checks the contract of raw_jobs, and prepares the staging schema";
    const ROLE: RoleKind = RoleKind::Once;
    const GIVES: &'static [Resource] = &[Resource::Schema];
    const CHECK: Option<Check> = Some(|client, settings| Box::pin(check_all(client, settings)));
    type Settings = SchemaSetupSettings;

    fn build(settings: SchemaSetupSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Once(Box::new(Self { settings })))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<SchemaSetup>() }

/// Checks the raw table, the staging table and the publications. Returns notes about harmless differences.
async fn check(client: &tokio_postgres::Client, settings: &Settings) -> Result<Vec<String>> {
    let notes = contract::check(client, settings).await?;
    staging_table::check(client, settings).await?;
    publications::check(client, settings).await?;
    Ok(notes)
}

/// The check of `jobinsight doctor`, which also names the columns that the next run leaves as they are.
async fn check_all(client: &tokio_postgres::Client, settings: &Settings) -> Result<Vec<String>> {
    let mut notes = check(client, settings).await?;
    let columns = narrow_columns(client, settings).await?;
    let left: Vec<_> = columns
        .iter()
        .filter(|column| !column.is_widened())
        .collect();
    notes.extend(upgrade::narrow_note(&left));
    Ok(notes)
}

#[async_trait]
impl Once for SchemaSetup {
    async fn run(&self, cx: &PhaseContext<'_>) -> Result<()> {
        cx.doing("checking the contract of the raw table");
        let mut client = cx.client().await?;
        for note in check(&client, cx.settings()).await? {
            cx.note(note);
        }
        let pending = Pending::find(&**client, cx.settings(), &SCRIPTS).await?;
        let changed: Vec<&str> = pending.scripts.iter().map(|script| script.name).collect();
        if changed.is_empty() {
            failpoints::point(failpoints::SCHEMA_SETUP_BEFORE_COMMIT);
            tracing::info!("schema unchanged");
        } else if self.settings.read_only {
            return Err(EtlError::new(
                codes::SCHEMA_OUTDATED,
                format!(
                    "{} must be applied, but read_only is set",
                    changed.join(", ")
                ),
            )
            .help("let a role with CREATE run once without [phases.schema_setup] read_only"));
        } else {
            cx.doing("applying the scripts of the schema");
            upgrade::apply(cx, &mut client, &pending).await?;
            tracing::info!("applied {}", changed.join(", "));
        }
        failpoints::point(failpoints::SCHEMA_SETUP_AFTER_COMMIT);
        for note in upgrade::notes(&pending) {
            cx.note(note);
        }
        cx.count_rows(SCRIPTS.len() as u64, changed.len() as u64);
        Ok(())
    }
}
