//! The checks that a run made on the raw table, as assertions of OpenLineage.

use jobinsight_core::{Code, Settings};
use serde_json::{Value, json};

use crate::codes;
use crate::report::results::RunResults;

/// The word for a check that stops the run.
const ERROR: &str = "error";
/// The word for a check that does not.
const WARNING: &str = "warn";

/// The checks of a run that has ended.
pub(super) fn assertions(settings: &Settings, results: &RunResults) -> Value {
    let failed = |code: Code| {
        let error = results.error.as_ref();
        error.is_some_and(|error| error.code == code.name())
    };
    let (upstream, stats) = (&settings.upstream, &results.stats);
    let mut checks = Vec::new();
    if let Some(rows) = upstream.min_rows {
        let mut check = check(
            "row_count",
            "upstream.min_rows",
            !failed(codes::QUALITY_TOO_FEW_ROWS),
            ERROR,
        );
        check["expected"] = rows.to_string().into();
        check["actual"] = stats.total_records.to_string().into();
        checks.push(check);
    }
    if let Some(age) = &upstream.max_age {
        let mut check = check(
            "freshness",
            "upstream.max_age",
            !failed(codes::QUALITY_STALE_CRAWL),
            ERROR,
        );
        check["expected"] = age.as_str().into();
        checks.push(check);
    }
    if let Some(sql) = &upstream.sql {
        let is_ready = !failed(codes::QUALITY_UPSTREAM_NOT_READY);
        let mut check = check("custom_sql", "upstream.sql", is_ready, ERROR);
        check["content"] = sql.as_str().into();
        check["contentType"] = "sql".into();
        checks.push(check);
    }
    let mut integrity = check(
        "integrity",
        "integrity_threshold",
        !failed(codes::QUALITY_INTEGRITY),
        ERROR,
    );
    integrity["expected"] = settings.integrity_threshold.to_string().into();
    integrity["actual"] = (stats.success_rate / 100.0).to_string().into();
    checks.push(integrity);
    for (field, words) in &results.warnings {
        for (word, rows) in words {
            let mut check = check("no_warning", word, *rows == 0, WARNING);
            check["column"] = field.as_str().into();
            check["expected"] = "0".into();
            check["actual"] = rows.to_string().into();
            checks.push(check);
        }
    }
    for limit in &results.exceeded {
        let mut check = check("limit", &limit.setting, false, WARNING);
        check["description"] = limit.message.as_str().into();
        checks.push(check);
    }
    json!({ "assertions": checks })
}

fn check(assertion: &str, name: &str, success: bool, severity: &str) -> Value {
    json!({ "assertion": assertion, "name": name, "success": success, "severity": severity })
}
