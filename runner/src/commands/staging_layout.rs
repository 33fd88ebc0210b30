//! How staging stores its rows, before `jobinsight partition` changes it.

use jobinsight_core::database::Connection;
use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::scripts::READ_LAYOUT;
use jobinsight_sql::tables;

use crate::codes;

/// How staging stores its rows.
pub(super) struct StagingLayout {
    /// Number of partitions; 1: a plain table.
    pub(super) parts: u32,
    /// Whether staging is a plain table, or has partitions by hash of the key alone.
    pub(super) is_usual: bool,
    /// Estimated rows.
    pub(super) rows: u64,
    /// Bytes with indexes.
    pub(super) bytes: u64,
}

/// Reads how staging stores its rows. Refuses a table that does not exist, or that another role owns.
pub(super) async fn read_layout(client: &Connection, settings: &Settings) -> Result<StagingLayout> {
    let script = READ_LAYOUT.render(settings);
    let row = client
        .query_opt(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "reading the partitions of staging"))?;
    let table = format!("{}.staging_jobs", settings.staging.schema);
    let Some(row) = row else {
        return Err(EtlError::new(
            codes::PARTITION_NO_STAGING,
            format!("the table {table} does not exist in this database"),
        )
        .help(advice::command("run")));
    };
    if !row.get::<_, bool>(4) {
        return Err(EtlError::new(
            codes::PARTITION_REFUSED,
            format!("another role owns the table {table}; nothing was changed"),
        )
        .help("type the command as the owner of the table"));
    }
    Ok(StagingLayout {
        parts: u32::try_from(row.get::<_, i64>(0)).unwrap_or(u32::MAX),
        is_usual: row.get(1),
        rows: row.get::<_, i64>(2).cast_unsigned(),
        bytes: row.get::<_, i64>(3).cast_unsigned(),
    })
}

/// Refuses a staging table whose rows are on other servers, because its partitions would be on this one.
pub(super) async fn refuse_distributed(client: &Connection, settings: &Settings) -> Result<()> {
    let table = format!("{}.staging_jobs", settings.staging_schema());
    let is_distributed = tables::any_distributed(&**client, &[&table]).await;
    if !is_distributed
        .map_err(|error| EtlError::database(error, "looking for distributed tables"))?
    {
        return Ok(());
    }
    Err(EtlError::new(
        codes::PARTITION_REFUSED,
        "staging_jobs is distributed, so its rows are in several tables of several servers already; nothing was changed",
    )
    .help(format!("to bring the rows back to this server: SELECT undistribute_table('{table}')")))
}
