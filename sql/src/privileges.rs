//! The privileges that the current role lacks, and the tables whose rows it may not see.

use jobinsight_core::{EtlError, Result, Settings, codes};
use tokio_postgres::Client;

use crate::rendered::Rendered;
use crate::scripts::{LIST_IMPORT_PRIVILEGES, LIST_MISSING_PRIVILEGES, LIST_ROW_SECURITY};

/// The `GRANT` statements that the current role needs to run the pipeline. The list is empty if the role has every
/// privilege.
///
/// # Errors
/// A database error.
pub async fn missing(client: &Client, settings: &Settings) -> Result<Vec<String>> {
    let script = LIST_MISSING_PRIVILEGES.render(settings);
    list(client, settings, &script, "reading privileges").await
}

/// The `GRANT` statements that the current role needs to import into the raw table. The list is empty if the role has every
/// privilege.
///
/// # Errors
/// A database error.
pub async fn missing_for_import(client: &Client, settings: &Settings) -> Result<Vec<String>> {
    let script = LIST_IMPORT_PRIVILEGES.render(settings);
    list(client, settings, &script, "reading privileges").await
}

/// Adds the missing `GRANT` statements to the error of a missing privilege.
#[must_use]
pub fn with_grants(error: EtlError, missing: &[String]) -> EtlError {
    if missing.is_empty() {
        return error;
    }
    error.help(format!(
        "let an administrator run:\n{};",
        missing.join(";\n")
    ))
}

/// Refuses to work while row level security would hide rows of the raw table or of staging from the current role.
///
/// # Errors
/// `jobinsight::database::row_security`; a database error.
pub async fn refuse_hidden_rows(client: &Client, settings: &Settings) -> Result<()> {
    let script = LIST_ROW_SECURITY.render(settings);
    let tables = list(client, settings, &script, "looking for row level security").await?;
    if tables.is_empty() {
        return Ok(());
    }
    let row = client
        .query_one("SELECT quote_ident(current_user)", &[])
        .await
        .map_err(|error| EtlError::database(error, "reading the name of the role"))?;
    let role: &str = row.get(0);
    Err(EtlError::new(
        codes::DATABASE_ROW_SECURITY,
        format!(
            "row level security would hide rows of {} from the role {role}",
            tables.join(", ")
        ),
    )
    .help(format!(
        "let an administrator run: ALTER ROLE {role} BYPASSRLS; or, for each table: ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        tables[0]
    )))
}

async fn list(
    client: &Client,
    settings: &Settings,
    script: &Rendered,
    doing: &str,
) -> Result<Vec<String>> {
    let names = [
        &settings.raw.schema,
        &settings.raw.table,
        &settings.staging.schema,
    ];
    let rows = client
        .query(script.sql(), &[names[0], names[1], names[2]])
        .await
        .map_err(|error| script.error(error, doing))?;
    Ok(rows.into_iter().map(|row| row.get(0)).collect())
}
