//! Explains how the bounds of a negotiable salary come from the title of one posting.

use std::pin::Pin;

use jobinsight_core::explain::{Field, Posting, Step, Story};
use jobinsight_core::{Result, registry};
use jobinsight_sql::columns::TITLE_SALARY;
use jobinsight_sql::scripts::EXPLAIN_TITLE_SALARY;
use serde_json::Value;
use tokio_postgres::error::SqlState;

/// Implements [`jobinsight_core::Plugin::EXPLAIN`].
pub(crate) fn explain<'a>(
    posting: &'a Posting<'a>,
) -> Pin<Box<dyn Future<Output = Result<Story>> + Send + 'a>> {
    Box::pin(tell(posting))
}

async fn tell(posting: &Posting<'_>) -> Result<Story> {
    let is_negotiable = posting.text("salary_type") == Some("negotiable");
    let (Some(client), Some(pay), true) =
        (posting.client, posting.text(TITLE_SALARY), is_negotiable)
    else {
        return Ok(Story::default());
    };
    let (loaded, settings) = (posting.loaded, &posting.loaded.settings);
    let phases = settings.pipeline.iter();
    let mut phases = phases.filter_map(|name| registry::find(name));
    let Some(rule_set) = phases.find_map(|spec| spec.rule_set) else {
        return Ok(Story::default());
    };
    let rule_set = rule_set(loaded, settings.rules.name())?;
    let script = EXPLAIN_TITLE_SALARY.render(settings);
    let row = match client.query_opt(script.sql(), &[&pay, &rule_set]).await {
        Ok(row) => row,
        Err(error)
            if matches!(
                error.code(),
                Some(&SqlState::UNDEFINED_FUNCTION | &SqlState::INVALID_SCHEMA_NAME)
            ) =>
        {
            None
        }
        Err(error) => return Err(script.error(error, "reading the pay that a title names")),
    };
    let Some(row) = row else {
        return Ok(Story::default());
    };
    let Value::Object(made) = row.get(0) else {
        return Ok(Story::default());
    };
    let step = "the salary is negotiable, and the title names pay that normalize_salary reads";
    Ok(Story::of([Field {
        field: TITLE_SALARY,
        given: pay.into(),
        steps: vec![Step::new(step, pay, pay)],
        made,
        warnings: row.get::<_, Option<String>>(1).into_iter().collect(),
    }]))
}
