//! The version of the staging schema, and how an older schema becomes the schema of this program.
//!
//! The version is one number in the database: the column `version` of `etl_scripts`, in the row of `schema_staging.sql`. A
//! schema that a program without versions created has version 1; a database without our schema has version 0.
//!
//! # Steps
//! 1. A program refuses a schema that is newer than its own [`VERSION`], before it writes anything ([`refuse_newer`]).
//! 2. [`Pending::find`] reads, without a lock, what is to do: scripts that have changed, and columns to widen.
//! 3. [`Pending::apply`] does it in one transaction. The scripts add what an older schema lacks. Then the numbered upgrades
//!    above the old version change what a script that may run again and again cannot change, such as the values of rows.
//!    The transaction ends with the new version.
//!
//! Indexes are not part of this transaction, because it has locks that readers would wait for.
//!
//! # Example
//! The database has version 1, and this program version 4. The transaction applies `schema_staging.sql` and
//! `stored_procedures.sql`, then the upgrades 2 to 4, and writes version 4.

use jobinsight_core::{EtlError, Result, Settings, advice};
use tokio_postgres::{GenericClient, Transaction};

use crate::apply::{apply, changed};
use crate::narrow::{NarrowColumn, narrow_columns};
use crate::scripts::{READ_VERSION, RECORD_VERSION, SCHEMA_STAGING, UPGRADE_2};
use crate::{Script, codes, tables};

/// The version of the schema that this program creates and needs. A change of the scripts after a release raises it.
pub const VERSION: i32 = 4;

/// The version of a schema that a program without versions created.
const UNVERSIONED: i32 = 1;

/// The numbered upgrades, in order. Each leads to its version, and may run on a schema that has it already. `None`: the scripts do
/// everything, because the version only adds columns.
const UPGRADES: [(i32, Option<Script>); 3] = [(2, Some(UPGRADE_2)), (3, None), (4, None)];

/// The version of the schema; 0 if there is none.
///
/// # Errors
/// A database error.
pub async fn version(client: &impl GenericClient, settings: &Settings) -> Result<i32> {
    let fail = |error| EtlError::database(error, "reading the version of the schema");
    let table = format!("{}.etl_scripts", settings.staging_schema());
    if !tables::exists(client, &table).await.map_err(fail)? {
        return Ok(0);
    }
    let script = READ_VERSION.render(settings);
    let row = client.query_one(script.sql(), &[&UNVERSIONED]).await;
    row.map(|row| row.get(0)).map_err(fail)
}

/// Refuses a schema that is newer than this program.
///
/// # Errors
/// The schema is newer, or a database error. A role that may not read the version is not refused here: a later statement names
/// the missing privilege.
pub async fn refuse_newer(client: &impl GenericClient, settings: &Settings) -> Result<()> {
    match version(client, settings).await {
        Ok(found) => refuse(found, settings),
        Err(error) if error.code() == jobinsight_core::codes::DATABASE_PRIVILEGE => Ok(()),
        Err(error) => Err(error),
    }
}

fn refuse(found: i32, settings: &Settings) -> Result<()> {
    if found <= VERSION {
        return Ok(());
    }
    Err(EtlError::new(
        codes::SCHEMA_NEWER,
        format!(
            "the schema {} has version {found}, and this program knows only version {VERSION}; nothing was written",
            settings.staging.schema
        ),
    )
    .help("run the newer program that upgraded the schema; or go back to this version: docs/upgrades.md"))
}

/// Refuses a schema that is older than this program, for a run whose phases do not upgrade it.
///
/// # Errors
/// The schema is older, or a database error.
pub async fn require_current(client: &impl GenericClient, settings: &Settings) -> Result<()> {
    let found = version(client, settings).await?;
    if found >= VERSION || found == 0 {
        return Ok(());
    }
    Err(EtlError::new(
        codes::SCHEMA_OLDER,
        format!(
            "the schema {} has version {found}, and this program needs version {VERSION}; the phase that upgrades it does not work in this run",
            settings.staging.schema
        ),
    )
    .help(format!("run all phases once: {}", advice::command("run"))))
}

/// The work that turns the schema of a database into the one of this program.
#[derive(Debug)]
pub struct Pending {
    /// The version that the database has.
    pub from: i32,
    /// The scripts to apply.
    pub scripts: Vec<Script>,
    /// The derived columns of an existing table that are not TEXT yet.
    narrow: Vec<NarrowColumn>,
}

impl Pending {
    /// Finds the work, and changes nothing. `scripts` are the scripts of the schema, and begin with [`SCHEMA_STAGING`].
    ///
    /// # Errors
    /// The schema is newer, or a database error.
    pub async fn find(
        client: &impl GenericClient,
        settings: &Settings,
        scripts: &[Script],
    ) -> Result<Self> {
        let from = version(client, settings).await?;
        refuse(from, settings)?;
        let mut scripts = changed(client, settings, scripts).await?;
        let narrow = narrow_columns(client, settings).await?;
        let widens = narrow.iter().any(NarrowColumn::is_widened);
        let has_schema = scripts
            .iter()
            .any(|script| script.name == SCHEMA_STAGING.name);
        if !has_schema && (widens || from < VERSION) {
            scripts.insert(0, SCHEMA_STAGING);
        }
        Ok(Self {
            from,
            scripts,
            narrow,
        })
    }

    /// Whether columns of an existing table become TEXT.
    pub fn widens(&self) -> bool {
        self.narrow.iter().any(NarrowColumn::is_widened)
    }

    /// The columns that do not become TEXT.
    pub fn left_narrow(&self) -> impl Iterator<Item = &NarrowColumn> {
        self.narrow.iter().filter(|column| !column.is_widened())
    }

    /// Does the work. If the schema has this version and a script differs nevertheless, a program without versions may have worked
    /// on it, so the upgrades run again.
    ///
    /// # Errors
    /// The error of the statement that failed. The caller must then drop the transaction.
    pub async fn apply(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
        for script in &self.scripts {
            apply(tx, settings, *script).await?;
        }
        let from = match self.from {
            VERSION => UNVERSIONED,
            from => from,
        };
        let newer = UPGRADES.iter().filter(|(to, _)| *to > from && from > 0);
        for upgrade in newer.filter_map(|(_, upgrade)| *upgrade) {
            let rendered = upgrade.render(settings);
            rendered.apply(tx, "upgrading the schema").await?;
        }
        let record = RECORD_VERSION.render(settings);
        tx.execute(record.sql(), &[&SCHEMA_STAGING.name, &VERSION])
            .await
            .map(|_| ())
            .map_err(|error| record.error(error, "writing the version of the schema"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upgrades_end_at_the_version_of_this_program() {
        let versions: Vec<i32> = UPGRADES.iter().map(|(version, _)| *version).collect();
        assert_eq!(versions, (UNVERSIONED + 1..=VERSION).collect::<Vec<_>>());
    }
}
