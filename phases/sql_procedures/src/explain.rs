//! Explains how the SQL functions read the salary and the deadline of one posting.

use std::pin::Pin;

use jobinsight_core::explain::{Field, Posting, Step, Story};
use jobinsight_core::plural::counted;
use jobinsight_core::{Result, Settings, advice};
use jobinsight_sql::scripts::EXPLAIN_TEXTS;
use serde_json::{Map, Value};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use crate::settings::{NAME, SqlProceduresSettings};

/// See [`jobinsight_core::Plugin::EXPLAIN`].
pub(crate) fn explain<'a>(
    posting: &'a Posting<'a>,
) -> Pin<Box<dyn Future<Output = Result<Story>> + Send + 'a>> {
    Box::pin(tell(posting))
}

async fn tell(posting: &Posting<'_>) -> Result<Story> {
    let only = |note: &str| Story {
        notes: vec![note.to_owned()],
        ..Story::default()
    };
    let Some(client) = posting.client else {
        return Ok(only(&format!(
            "SQL functions read the salary and the deadline, so they can be explained only for a row of the raw table: {}",
            advice::command("explain-row JOB")
        )));
    };
    let settings = &posting.loaded.settings;
    let own: SqlProceduresSettings = posting.loaded.phase(NAME)?;
    let (rules, rate) = (settings.rules.name(), own.rate(settings.rules));
    let rule_set = own.rule_set(rules, settings.rules);
    let (salary, deadline) = (posting.text("salary"), posting.text("deadline"));
    let crawled_at = posting.text("crawled_at");
    let values: [&(dyn ToSql + Sync); 5] = [&salary, &deadline, &crawled_at, &rules, &rule_set];
    let Some(row) = read_texts(client, settings, &values).await? else {
        return Ok(only(&format!(
            "the SQL functions that read salary and deadline are not in the database yet: {}",
            advice::command("run")
        )));
    };
    let columns = |index: usize| match row.get(index) {
        Value::Object(columns) => columns,
        _ => Map::new(),
    };
    let (pay, due) = (columns(0), columns(1));
    let days = row.get::<_, Option<i32>>(2);
    let schema = &settings.staging.schema;
    let counted = match (days, crawled_at) {
        (Some(days), Some(crawled_at)) => format!("{} after {crawled_at}: ", counted(days, "day")),
        _ => String::new(),
    };
    let field = |field, given: Option<&str>, step, made, warning: usize| Field {
        field,
        given: given.into(),
        steps: vec![step],
        made,
        warnings: row.get::<_, Option<String>>(warning).into_iter().collect(),
    };
    let salary_step = Step::new(
        match row.get::<_, Option<String>>(5) {
            None => format!("{schema}.normalize_salary(salary, '{rules}', {rate})"),
            Some(options) => {
                format!("{schema}.normalize_salary(salary, '{rules}', {rate}, '{options}')")
            }
        },
        salary.unwrap_or_default(),
        told(&pay),
    );
    let deadline_step = Step::new(
        format!("{schema}.parse_deadline(deadline, crawled_at, '{rules}')"),
        deadline.unwrap_or_default(),
        counted + &told(&due),
    );
    Ok(Story::of([
        field("salary", salary, salary_step, pay, 3),
        field("deadline", deadline, deadline_step, due, 4),
    ]))
}

/// The result of the SQL functions; `None` if they do not exist yet.
async fn read_texts(
    client: &Client,
    settings: &Settings,
    values: &[&(dyn ToSql + Sync)],
) -> Result<Option<Row>> {
    let script = EXPLAIN_TEXTS.render(settings);
    match client.query_one(script.sql(), values).await {
        Ok(row) => Ok(Some(row)),
        Err(error)
            if matches!(
                error.code(),
                Some(&SqlState::UNDEFINED_FUNCTION | &SqlState::INVALID_SCHEMA_NAME)
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(script.error(error, "reading salary and deadline")),
    }
}

/// The columns that have a value, in one line.
fn told(columns: &Map<String, Value>) -> String {
    let there = columns.iter().filter(|(_, value)| !value.is_null());
    let said = there.map(|(column, value)| match value {
        Value::String(text) => format!("{column} {text}"),
        other => format!("{column} {other}"),
    });
    said.collect::<Vec<_>>().join(", ")
}
