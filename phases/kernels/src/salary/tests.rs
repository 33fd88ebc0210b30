use arrow_array::StringArray;
use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;

use super::patterns::{PATTERNS, V1_FORMS};
use super::*;
use crate::RuleSet;
use crate::pattern::assert_compiled;

/// A salary in one line: type, bounds, period, bounds for a month, warning.
fn shown(salary: &Salary) -> String {
    let bound =
        |amount: &Option<Amount>| amount.as_ref().map_or("-".to_owned(), ToString::to_string);
    let words = [
        salary.kind.word().to_owned(),
        bound(&salary.min),
        bound(&salary.max),
        salary.period.map_or("-", PayPeriod::word).to_owned(),
        bound(&salary.monthly_min),
        bound(&salary.monthly_max),
        salary.warning.map_or("", SalaryWarning::word).to_owned(),
    ];
    words.join(" ").trim_end().to_owned()
}

fn parsed(text: &str) -> String {
    shown(&SalaryParser::new(RuleSet::Standard, &SalaryOptions::default()).parse(text))
}

#[test]
fn every_pattern_is_compiled() {
    assert_compiled(PATTERNS);
    assert_compiled(V1_FORMS.iter().map(|form| &form.pattern));
}

#[test]
fn a_salary_has_bounds_type_period_and_pay_for_a_month() {
    for (text, wanted) in [
        ("Thoả thuận", "negotiable - - - - -"),
        ("Từ 10 đến 15 triệu/tháng", "range 10 15 month 10 15"),
        ("8,5 – 9.5 Triệu", "range 8.5 9.5 month 8.5 9.5"),
        ("15.000.000 - 20.000.000 VND", "range 15 20 month 15 20"),
        ("Up to 17 triệu", "upto - 17 month - 17"),
        ("Trên 900 USD", "from 22.5 - month 22.5 -"),
        ("24 k - 25 k /giờ", "range 0.024 0.025 hour 4.992 5.2"),
        ("Tới 150 k /sp", "upto - 0.15 product - -"),
        ("$36,000/year", "range 900 900 year 75 75"),
        ("200 USD/week", "range 5 5 week 21.666667 21.666667"),
        ("12tr5", "range 12.5 12.5 month 12.5 12.5"),
        (
            "1500-3000",
            "range 37.5 75 month 37.5 75 salary_currency_assumed",
        ),
        ("Up to 2k", "upto - 50 month - 50 salary_currency_assumed"),
        ("20 - 10 triệu", "range 10 20 month 10 20 salary_swapped"),
        ("0 - 48 triệu", "upto - 48 month - 48"),
        ("Trên 0", "negotiable - - - - -"),
        ("2000 triệu", "unknown - - - - - salary_implausible"),
        ("A$500", "unknown - - - - - salary_unparsed"),
        (
            "10 triệu, thưởng 5 triệu",
            "unknown - - - - - salary_unparsed",
        ),
    ] {
        assert_eq!(parsed(text), wanted, "{text}");
    }
}

#[test]
fn options_decide_rates_and_the_pay_for_a_month() {
    let options = SalaryOptions {
        usd_vnd_rate: 26_000.5,
        month_days: 20.0,
        plausible_max: 30.0,
        // An option that is not a number has its default.
        eur_vnd_rate: f64::NAN,
        ..SalaryOptions::default()
    };
    let parser = SalaryParser::new(RuleSet::Standard, &options);
    for (text, wanted) in [
        ("1,000 USD", "range 26.0005 26.0005 month 26.0005 26.0005"),
        ("1 triệu/ngày", "range 1 1 day 20 20"),
        ("1,000 EUR", "range 27 27 month 27 27"),
        ("31 triệu", "unknown - - - - - salary_implausible"),
    ] {
        assert_eq!(shown(&parser.parse(text)), wanted, "{text}");
    }
}

#[test]
fn the_rules_v1_repeat_the_defects_of_the_old_pipeline() {
    let parser = SalaryParser::new(RuleSet::V1, &SalaryOptions::default());
    for (text, wanted) in [
        ("Thoả thuận", "negotiable 0 0 - - -"),
        ("10 - 15 triệu", "range 10 15 - - -"),
        ("Tới 1,5 triệu", "upto 0 1.5 - - -"),
        ("Từ 20 TRIỆU", "from 20 20 - - -"),
        (
            "1,000 USD",
            "range 24.0000000000000000 24.0000000000000000 - - -",
        ),
        (
            "1.000.000 - 2.000.000 triệu",
            "negotiable 0 0 - - - salary_unparsed",
        ),
    ] {
        assert_eq!(shown(&parser.parse(text)), wanted, "{text}");
    }
}

#[test]
fn columns_take_the_bounds_of_a_negotiable_salary_from_the_title() {
    let salaries = StringArray::from(vec![
        None,
        Some("20 triệu"),
        Some("Cạnh tranh"),
        Some("7x7"),
    ]);
    let titles = StringArray::from(vec![
        Some("10-15 triệu"),
        Some("5 triệu"),
        Some("900 triệu/ngày"),
        Some("5 triệu"),
    ]);
    let options = SalaryOptions::default();
    let made = parse(&salaries, Some(&titles), RuleSet::Standard, &options).unwrap();
    let bounds = made["salary_min"].as_primitive::<Decimal128Type>();
    let row = |row: usize| {
        let word = |name: &str| {
            made[name]
                .as_string::<i32>()
                .iter()
                .nth(row)
                .flatten()
                .map(str::to_owned)
        };
        let bound = bounds
            .iter()
            .nth(row)
            .flatten()
            .map(|digits| digits / 10_i128.pow(18));
        (
            bound,
            word("salary_type"),
            word("salary_source"),
            word("salary_warning"),
        )
    };
    let some = |word: &str| Some(word.to_owned());
    assert_eq!(row(0), (Some(10), some("range"), some("title"), None));
    assert_eq!(row(1), (Some(20), some("range"), some("salary"), None));
    // An implausible amount in a title is not read, and the salary stays negotiable.
    assert_eq!(row(2), (None, some("negotiable"), None, None));
    assert_eq!(
        row(3),
        (None, some("unknown"), None, some("salary_unparsed"))
    );

    let short = StringArray::from(vec![Some("5 triệu")]);
    assert!(parse(&salaries, Some(&short), RuleSet::Standard, &options).is_err());
}

#[test]
fn a_bound_that_a_column_cannot_store_has_a_warning() {
    let salaries = StringArray::from(vec![format!("{} triệu", "9".repeat(30))]);
    let made = parse(&salaries, None, RuleSet::V1, &SalaryOptions::default()).unwrap();
    assert!(made["salary_min"].is_null(0));
    assert_eq!(
        made["salary_warning"].as_string::<i32>().value(0),
        "salary_unparsed"
    );
}
