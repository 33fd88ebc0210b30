//! The indexes of staging that a first load leaves out until its last batch is published.
//!
//! PostgreSQL creates the index of a partitioned table partition by partition. So the index of each partition is created by itself,
//! several at a time, and the index of the table then adopts them.

use jobinsight_core::settings::quote;
use jobinsight_core::{EtlError, PhaseContext, Result, Settings, codes, database};
use tokio_postgres::Client;

use crate::Script;
use crate::scripts::{CREATE_INDEXES, LIST_LEAVES, LIST_MISSING_INDEXES};

/// A missing index of staging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The name of the index.
    pub name: String,
    /// Whether the current role may create the index. Only the owner of the table may.
    pub ours: bool,
}

/// The missing indexes. The list is empty if staging itself does not exist.
///
/// # Errors
/// A database error.
pub async fn missing(client: &Client, settings: &Settings) -> Result<Vec<Missing>> {
    let script = LIST_MISSING_INDEXES.render(settings);
    let rows = client
        .query(script.sql(), &[&settings.staging.schema])
        .await
        .map_err(|error| script.error(error, "looking for the indexes of staging"))?;
    Ok(rows
        .into_iter()
        .map(|row| Missing {
            name: row.get(0),
            ours: row.get(1),
        })
        .collect())
}

/// The statements that create the missing indexes which the current role may create, in steps. The statements of a step can be
/// executed at the same time. The first step creates the indexes of the partitions of staging, if it has any.
///
/// # Errors
/// A database error.
pub async fn statements(client: &Client, settings: &Settings) -> Result<[Vec<String>; 2]> {
    let missing = missing(client, settings).await?;
    let is_ours = |statement: &&str| {
        let named = |index: &Missing| index.ours && statement.contains(index.name.as_str());
        missing.iter().any(named)
    };
    // Split before the names are filled in, because a quoted name may contain a semicolon.
    let wanted: Vec<&str> = CREATE_INDEXES.text.split(';').filter(is_ours).collect();
    if wanted.is_empty() {
        return Ok([Vec::new(), Vec::new()]);
    }
    let leaves = leaves(client, settings).await?;
    let of_leaf = |statement: &&str| of_leaves(statement, &leaves);
    let first = wanted.iter().flat_map(of_leaf).collect();
    let complete = |statement: &&'static str| {
        let script = Script::new(CREATE_INDEXES.name, statement);
        script.render(settings).sql().to_owned()
    };
    Ok([first, wanted.iter().map(complete).collect()])
}

/// A statement of `create_indexes.sql` for each partition.
fn of_leaves(statement: &str, leaves: &[Leaf]) -> Vec<String> {
    const TABLE: &str = " ON :\"staging\".staging_jobs ";
    let parts = statement
        .split_once("INDEX IF NOT EXISTS staging_jobs_")
        .and_then(|(_, rest)| rest.split_once(TABLE));
    let Some((name, columns)) = parts else {
        return Vec::new();
    };
    let name = name.trim();
    let create = |leaf: &Leaf| {
        let index = quote(&format!("{}_{name}", leaf.name));
        format!(
            "CREATE INDEX IF NOT EXISTS {index} ON {} {columns}",
            leaf.table
        )
    };
    leaves.iter().map(create).collect()
}

/// A partition of staging that stores rows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Leaf {
    /// The quoted name with the schema.
    table: String,
    /// The name alone.
    name: String,
}

async fn leaves(client: &Client, settings: &Settings) -> Result<Vec<Leaf>> {
    let table = format!("{}.staging_jobs", settings.staging_schema());
    let rows = client
        .query(LIST_LEAVES.text, &[&table])
        .await
        .map_err(|error| EtlError::database(error, "looking for the partitions of staging"))?;
    let leaves = rows.iter().map(|row| Leaf {
        table: row.get(0),
        name: row.get(1),
    });
    Ok(leaves.collect())
}

/// Runs a script in a separate transaction. The script changes staging for a first load, or changes it back. The run does not
/// depend on the script. If the lock is not free at once, or another role owns the table, this returns the reason, and the
/// load only takes longer.
///
/// # Errors
/// Any other database error.
pub async fn change(
    cx: &PhaseContext<'_>,
    client: &mut database::Client<'_>,
    script: &Script,
    doing: &'static str,
) -> Result<Option<EtlError>> {
    let script = script.render(cx.settings());
    let tx = database::begin(client).await?;
    cx.fence(&tx).await?;
    match script.apply(&tx, doing).await {
        Ok(()) => tx
            .commit()
            .await
            .map(|()| None)
            .map_err(|error| EtlError::database(error, doing)),
        Err(error) => {
            let is_refused = [codes::DATABASE_LOCK_TIMEOUT, codes::DATABASE_PRIVILEGE];
            if is_refused.contains(&error.code()) {
                Ok(Some(error))
            } else {
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_index_is_created_on_each_partition() {
        let leaves = [0, 1].map(|part| Leaf {
            table: format!("\"s\".\"Part {part}\""),
            name: format!("Part {part}"),
        });
        let statements = CREATE_INDEXES.text.split(';');
        let made: Vec<String> = statements
            .flat_map(|statement| of_leaves(statement, &leaves))
            .collect();
        assert_eq!(made.len(), 2 * 7);
        for (statement, leaf) in made.iter().zip(leaves.iter().cycle()) {
            let (begin, rest) = statement.split_once("_idx\" ON ").unwrap();
            let name = format!("CREATE INDEX IF NOT EXISTS \"{}_", leaf.name);
            assert!(begin.starts_with(&name), "{statement}");
            let columns = rest.strip_prefix(&leaf.table).unwrap();
            assert!(
                columns.starts_with(" (") || columns.starts_with(" USING brin ("),
                "{statement}"
            );
        }
    }
}
