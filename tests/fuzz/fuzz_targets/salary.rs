//! Salaries and deadlines, one on each line. No text aborts a statement, each result makes sense, and the parsers in Rust have
//! the results of the SQL functions. PostgreSQL is not instrumented, so the parsers in Rust guide the fuzzer.
#![no_main]

#[path = "../../tests/suite/parsers_in_rust/compare.rs"]
mod compare;

use std::cell::OnceCell;

use jobinsight_sql::testing::Database;
use tokio::runtime::Runtime;

/// Selects the results that make no sense.
const ODD: &str = "
SELECT t.text, r.rules, to_jsonb(n)::text, to_jsonb(d)::text
  FROM unnest($1::text[]) t (text)
 CROSS JOIN (VALUES ('standard'), ('v1')) r (rules)
 CROSS JOIN LATERAL jobinsight_staging.normalize_salary(t.text, r.rules) n
 CROSS JOIN LATERAL jobinsight_staging.parse_deadline(t.text, '2025-10-19T14:27:00+07', r.rules) d
 WHERE n.salary_type IS NULL OR d.warning IS NOT NULL AND d.due_date IS NOT NULL
    OR r.rules = 'standard'
       AND ((n.warning IN ('salary_unparsed', 'salary_implausible')) <> (n.salary_type = 'unknown') OR n.salary_min > n.salary_max
            OR n.salary_min < 0 OR n.salary_max < 0
            OR (n.salary_type IN ('range', 'upto', 'from')) <> (n.salary_period IS NOT NULL)
            OR (n.salary_type IN ('range', 'from')) <> (n.salary_min IS NOT NULL)
            OR (n.salary_type IN ('range', 'upto')) <> (n.salary_max IS NOT NULL)
            OR coalesce(d.due_date::text, '') > '9999')";

thread_local! {
    static DATABASE: OnceCell<(Runtime, Database)> = const { OnceCell::new() };
}

libfuzzer_sys::fuzz_target!(|input: &str| {
    DATABASE.with(|known| {
        let (runtime, database) = known.get_or_init(|| {
            let runtime = Runtime::new().expect("a runtime");
            let database = runtime.block_on(Database::staged());
            (runtime, database)
        });
        // PostgreSQL cannot store U+0000 in a text.
        let texts: Vec<String> = input.lines().map(|line| line.replace('\0', "")).collect();
        let odd = runtime
            .block_on(database.client.query(ODD, &[&texts]))
            .expect("no text aborts a statement");
        let odd: Vec<[String; 4]> = odd.iter().map(|row| [0, 1, 2, 3].map(|at| row.get(at))).collect();
        assert!(odd.is_empty(), "{odd:#?}");
        let different = runtime.block_on(compare::differences(database, &texts));
        assert!(different.is_empty(), "{}", different.join("\n"));
    });
});
