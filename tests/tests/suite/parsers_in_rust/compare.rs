//! Compares the parsers of salaries and deadlines in SQL and in Rust. The fuzz target `salary` uses this file too.

use jobinsight_kernels::RuleSet;
use jobinsight_kernels::deadline::{DeadlineWarning, read, time_remaining};
use jobinsight_kernels::salary::{
    Amount, PayPeriod, Salary, SalaryOptions, SalaryParser, SalaryWarning,
};
use jobinsight_sql::testing::Database;
use serde_json::json;

/// A result, column by column.
type Fields = Vec<Option<String>>;

/// The columns of one salary and one deadline. A number is a text, so that trailing zeros are compared too.
///   $1 texts   $2 rules   $3 when they were crawled   $4 VND for one USD   $5 options of salaries
const FIELDS: &str = "
    SELECT n.salary_min::text, n.salary_max::text, n.salary_type::text, n.salary_period::text, n.warning,
           n.salary_monthly_min::text, n.salary_monthly_max::text,
           (extract(epoch FROM d.due_date) * 1000000)::bigint::text, d.warning,
           jobinsight_staging.time_remaining(d.due_date, '2025-10-19T14:27:00+07')
      FROM unnest($1::text[]) WITH ORDINALITY AS t (text, n)
     CROSS JOIN LATERAL jobinsight_staging.normalize_salary(t.text, $2, $4::text::numeric, $5) n
     CROSS JOIN LATERAL jobinsight_staging.parse_deadline(t.text, $3::text::timestamptz, $2) d
     ORDER BY t.n";

/// 2025-10-19T14:27:00+07 in microseconds since 1970.
const NOW: i64 = 1_760_858_820_000_000;

/// The times of crawls, as PostgreSQL reads them and in microseconds since 1970. In 1959, the clocks of Vietnam were changed.
const CRAWLED: [(Option<&str>, Option<i64>); 3] = [
    (Some("2025-10-19T14:27:00+07"), Some(NOW)),
    (Some("1959-12-31T15:59:59.5Z"), Some(-315_648_000_500_000)),
    (None, None),
];

/// The options of salaries that are tried: the default, and values with decimals.
fn options() -> [SalaryOptions; 2] {
    let other = SalaryOptions {
        usd_vnd_rate: 25_431.5,
        v1_usd_vnd_rate: 25_431.5,
        eur_vnd_rate: 30_000.125,
        jpy_vnd_rate: 171.3,
        sgd_vnd_rate: 0.5,
        krw_vnd_rate: 17.77,
        month_days: 22.5,
        month_hours: 173.3,
        plausible_min: 2.0,
        plausible_max: 90.0,
    };
    [SalaryOptions::default(), other]
}

/// The results of the SQL functions.
async fn by_sql(
    db: &Database,
    texts: &[String],
    rules: RuleSet,
    crawled_at: Option<&str>,
    options: &SalaryOptions,
) -> Vec<Fields> {
    let (rules, rate) = match rules {
        RuleSet::Standard => ("standard", options.usd_vnd_rate),
        RuleSet::V1 => ("v1", options.v1_usd_vnd_rate),
    };
    let others = json!({
        "eur_vnd_rate": options.eur_vnd_rate, "jpy_vnd_rate": options.jpy_vnd_rate, "sgd_vnd_rate": options.sgd_vnd_rate,
        "krw_vnd_rate": options.krw_vnd_rate, "month_days": options.month_days, "month_hours": options.month_hours,
        "plausible_min": options.plausible_min, "plausible_max": options.plausible_max,
    });
    let rate = rate.to_string();
    let rows = db
        .client
        .query(FIELDS, &[&texts, &rules, &crawled_at, &rate, &others])
        .await
        .unwrap();
    let rows = rows.iter();
    rows.map(|row| (0..10).map(|at| row.get(at)).collect())
        .collect()
}

/// The results of the functions in Rust.
fn in_rust(text: &str, parser: &SalaryParser, rules: RuleSet, crawled_at: Option<i64>) -> Fields {
    let Salary {
        min,
        max,
        kind,
        period,
        warning,
        monthly_min,
        monthly_max,
    } = parser.parse(text);
    let number = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let (due, due_warning) = read(text, rules).due_after(crawled_at);
    vec![
        number(min),
        number(max),
        Some(kind.word().to_owned()),
        period.map(PayPeriod::word).map(str::to_owned),
        warning.map(SalaryWarning::word).map(str::to_owned),
        number(monthly_min),
        number(monthly_max),
        due.map(|due| due.to_string()),
        due_warning.map(DeadlineWarning::word).map(str::to_owned),
        due.map(|due| time_remaining(due, NOW)),
    ]
}

/// The texts that have another result in Rust than in SQL, under any rule set, crawl or options.
pub(crate) async fn differences(db: &Database, texts: &[String]) -> Vec<String> {
    let mut different = Vec::new();
    for rules in [RuleSet::Standard, RuleSet::V1] {
        for ((crawled_at, crawled), options) in CRAWLED.iter().zip(options().iter().cycle()) {
            let parser = SalaryParser::new(rules, options);
            let wanted = by_sql(db, texts, rules, *crawled_at, options).await;
            assert_eq!(wanted.len(), texts.len());
            for (text, wanted) in texts.iter().zip(wanted) {
                let found = in_rust(text, &parser, rules, *crawled);
                if found != wanted {
                    different.push(format!(
                        "{rules:?} {text:?}\n  SQL  {wanted:?}\n  Rust {found:?}"
                    ));
                }
            }
        }
    }
    different
}
