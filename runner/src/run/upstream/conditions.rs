//! One function for each condition of `[upstream]`. Its error says what was found, and how to go on.

use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Result, Settings, advice, clock};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::codes;
use crate::ledger::Crawl;

/// Whether a newest crawl meets `upstream.max_age`.
///
/// # Errors
/// `jobinsight::quality::stale_crawl`.
pub(super) fn age(settings: &Settings, crawl: Option<&Crawl>) -> Result<()> {
    let Some(text) = &settings.upstream.max_age else {
        return Ok(());
    };
    let Some(wanted) = clock::parse_age(text) else {
        return Ok(());
    };
    let retry = advice::command("retry");
    let (found, help) = match crawl {
        Some(crawl) if crawl.age <= wanted => return Ok(()),
        Some(crawl) => (
            format!(
                "the newest crawl was at {}, {} ago",
                crawl.newest,
                crawl.age_in_words()
            ),
            format!(
                "check the crawler; to publish the old data: ETL_UPSTREAM__MAX_AGE={}h {retry}",
                crawl.age.as_secs() / 3600 + 1
            ),
        ),
        // No age is long enough, and an empty variable does not remove a setting.
        None => (
            "no raw row has a crawl time".to_owned(),
            format!(
                "let the crawler store the time of each crawl, or remove the setting upstream.max_age; then: {retry}"
            ),
        ),
    };
    Err(EtlError::new(
        codes::QUALITY_STALE_CRAWL,
        format!("{found}, and upstream.max_age = {text}"),
    )
    .help(help))
}

/// Whether a number of raw rows meets `upstream.min_rows`.
///
/// # Errors
/// `jobinsight::quality::too_few_rows`.
pub(super) fn rows(settings: &Settings, raw: u64) -> Result<()> {
    let Some(wanted) = settings.upstream.min_rows.filter(|wanted| raw < *wanted) else {
        return Ok(());
    };
    Err(EtlError::new(
        codes::QUALITY_TOO_FEW_ROWS,
        format!(
            "the raw table has {}, and upstream.min_rows = {wanted}",
            counted(raw, "row")
        ),
    )
    .help(format!(
        "check the crawl; if it is complete: ETL_UPSTREAM__MIN_ROWS=0 {}",
        advice::command("retry")
    )))
}

/// Whether the answer to the query `upstream.sql` lets a run publish.
///
/// # Errors
/// `jobinsight::quality::upstream_not_ready`.
pub(super) fn query(sql: &str, answer: Option<bool>) -> Result<()> {
    let answer = match answer {
        Some(true) => return Ok(()),
        Some(false) => "false",
        None => "NULL or no row",
    };
    Err(EtlError::new(
        codes::QUALITY_UPSTREAM_NOT_READY,
        format!("the query upstream.sql returned {answer}: {sql}"),
    ))
}

/// Asks the query `upstream.sql`, which cannot write. `None`: its answer is NULL, or it has no row.
///
/// # Errors
/// `jobinsight::upstream::query` if the query cannot be executed, or does not return a boolean.
pub(super) async fn ask(client: &Client, sql: &str) -> Result<Option<bool>> {
    let failed = |error| EtlError::database(error, "asking the query upstream.sql");
    client
        .batch_execute("BEGIN READ ONLY")
        .await
        .map_err(failed)?;
    let answer = client.query_opt(sql, &[]).await;
    let end = client.batch_execute("ROLLBACK").await;
    let wrong = |why: String| {
        EtlError::new(
            codes::UPSTREAM_QUERY,
            format!("the query upstream.sql {why}: {sql}"),
        )
    };
    let row = answer.map_err(|error| match error.code().map(SqlState::code) {
        // Syntax, names and privileges, and a statement that writes.
        Some(state) if state.starts_with("42") || state == "25006" => wrong(format!(
            "cannot be executed: {}",
            EtlError::database(error, "PostgreSQL says").message()
        )),
        None if !error.is_closed() && error.as_db_error().is_none() => {
            wrong("returns more than one row".to_owned())
        }
        _ => failed(error),
    })?;
    end.map_err(failed)?;
    let Some(row) = row else {
        return Ok(None);
    };
    row.try_get(0)
        .map_err(|_| wrong("does not return a boolean in its first column".to_owned()))
}
