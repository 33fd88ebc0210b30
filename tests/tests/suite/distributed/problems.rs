//! The statements that Citus refuses, each with its reason.

use super::sql_text::{correlated, words};

/// Functions whose result differs from call to call.
const VOLATILE: [&str; 5] = [
    "clock_timestamp",
    "gen_random_uuid",
    "nextval",
    "random",
    "timeofday",
];

/// The columns that a row has on the server that stores it.
const OF_ONE_SERVER: [&str; 5] = ["ctid", "tableoid", "xmax", "xmin", "cmin"];

/// The reasons why Citus refuses a statement.
pub(super) fn problems(sql: &str) -> Vec<String> {
    let words = words(sql);
    let text = words.join(" ");
    let names = |table: &str| words.iter().any(|word| word == table);
    let is_distributed = names("raw_jobs") || names("staging_jobs");
    let is_function = text.starts_with("create or replace") || text.starts_with("do ");
    let writes = ["into", "update", "delete from"].iter().any(|verb| {
        ["raw_jobs", "staging_jobs"].iter().any(|table| {
            text.contains(&format!("{verb} {table}"))
                || text.contains(&format!("{verb} public . {table}"))
                || text.contains(&format!("{verb} jobinsight_staging . {table}"))
        })
    });
    let mut found = Vec::new();
    if text.contains("select from ") {
        found.push("a SELECT without columns: a server cannot send rows without columns to another one; write SELECT 1".to_owned());
    }
    if writes {
        for function in VOLATILE.iter().filter(|function| names(function)) {
            found.push(format!("{function}() in a write to a distributed table: each server would compute another value; use a value that was computed before"));
        }
        if let Some((_, update)) = text.split_once("do update set")
            && update.contains("now (")
        {
            found.push("now() in ON CONFLICT DO UPDATE: each server would compute another value; use EXCLUDED".to_owned());
        }
    }
    let is_write = ["insert", "update", "delete"]
        .iter()
        .any(|verb| names(verb));
    let in_cases = text.split(" case ").skip(1);
    let mut cases = in_cases.map(|case| case.split(" end").next().unwrap_or(case));
    if is_write && is_distributed && !is_function && cases.any(|case| case.contains("now (")) {
        found.push("now() in the CASE of a write that names a distributed table: Citus allows no such function there; compute it in a query before".to_owned());
    }
    if is_distributed && text.contains("lateral ( values") && text.contains("concat (") {
        found.push("a function such as concat in VALUES for each row: Citus allows no such function there; use unnest".to_owned());
    }
    for name in correlated(&words)
        .iter()
        .filter(|_| is_distributed && !is_function)
    {
        found.push(format!("a subquery names {name} of the query around it, and the rows of the two are on different servers; write a join, or IN"));
    }
    if is_distributed && !is_function {
        for column in OF_ONE_SERVER.iter().filter(|column| names(column)) {
            found.push(format!(
                "{column} of a distributed row: the number belongs to another server"
            ));
        }
    }
    // `(a.b).c` and `(f(x)).c`: the column of a record.
    if text.contains(") . ") && is_distributed && !is_function {
        found.push("the column of a record: a record without a name cannot be sent to another server; use FROM or LATERAL".to_owned());
    }
    let is_ddl = |verb: &str| words.first().is_some_and(|word| word == verb);
    if is_ddl("drop") && words.iter().any(|word| word == ",") {
        found.push("several objects in one DROP: Citus drops one at a time".to_owned());
    }
    found
}

/// Each pattern is found, so the test above can fail.
#[test]
fn each_pattern_is_refused_with_its_reason() {
    let refused = [
        (
            "SELECT 1 WHERE EXISTS (SELECT FROM public.raw_jobs)",
            "SELECT 1",
        ),
        (
            "UPDATE staging_jobs SET published_at = clock_timestamp()",
            "clock_timestamp() in a write",
        ),
        (
            "INSERT INTO staging_jobs AS s SELECT 1 ON CONFLICT (job_id) DO UPDATE SET published_at = now()",
            "use EXCLUDED",
        ),
        (
            "SELECT count(*) FROM raw_jobs r WHERE NOT EXISTS (SELECT 1 FROM etl_rejects j WHERE j.job_id = r.job_id)",
            "names r.job_id",
        ),
        (
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM staging_jobs s WHERE s.job_id = bad.job_id) THEN 1 END FROM bad",
            "names bad.job_id",
        ),
        (
            "SELECT (d.parts).days FROM (SELECT f(r.deadline) AS parts FROM raw_jobs r) d",
            "use FROM or LATERAL",
        ),
        (
            "INSERT INTO staging_jobs SELECT 1 RETURNING (xmax = 0)",
            "xmax of a distributed row",
        ),
        ("DROP INDEX IF EXISTS a, b", "one at a time"),
        (
            "UPDATE etl_rejects j SET removed_at = CASE WHEN s.job_id IS NULL THEN now() END FROM staging_jobs s WHERE s.job_id = j.job_id",
            "in the CASE of a write",
        ),
        (
            "SELECT w.wrong FROM staging_jobs s CROSS JOIN LATERAL (VALUES (concat(s.salary_min))) AS w (wrong)",
            "use unnest",
        ),
    ];
    for (sql, reason) in refused {
        let found = problems(sql);
        assert!(
            found.len() == 1 && found[0].contains(reason),
            "{sql}: {found:?}"
        );
    }
    let allowed = [
        "SELECT count(*) FROM raw_jobs r WHERE NOT EXISTS (SELECT 1 FROM staging_jobs s WHERE s.job_id = r.job_id)",
        "SELECT 1 FROM etl_batches b WHERE NOT EXISTS (SELECT 1 FROM etl_work w WHERE w.batch_no = b.batch_no)",
        "UPDATE etl_runs SET finished_at = clock_timestamp()",
        "SELECT 1 FROM raw_jobs r JOIN etl_work w ON w.job_id = r.job_id WHERE r.job_id IN (SELECT j.job_id FROM etl_rejects j)",
    ];
    for sql in allowed {
        assert_eq!(problems(sql), [""; 0], "{sql}");
    }
}
