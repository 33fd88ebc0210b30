//! Generated salaries.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::{TEXTS, assert_none};
use crate::goldens::with_functions;

/// A text and its meaning. Amounts are in VND.
struct Salary {
    text: String,
    kind: &'static str,
    low: Option<i64>,
    high: Option<i64>,
    period: &'static str,
    warning: Option<&'static str>,
}

impl Salary {
    /// The bounds for a month. `None` for pay per product.
    fn monthly(&self) -> (Option<i64>, Option<i64>) {
        let times = match self.period {
            "month" => 1,
            "hour" => 208,
            "day" => 26,
            _ => return (None, None),
        };
        let monthly = |bound: Option<i64>| bound.map(|bound| bound * times);
        (monthly(self.low), monthly(self.high))
    }

    /// The meaning if it is at most 20 k for a month without a currency: USD, because as VND it is not a salary.
    fn in_usd(self) -> Self {
        Self {
            low: self.low.map(|bound| bound * 25_000),
            high: self.high.map(|bound| bound * 25_000),
            warning: Some("salary_currency_assumed"),
            ..self
        }
    }

    /// The meaning after the check of the plausible range: from 0.5 to 1,000 million VND for a month.
    fn checked(self) -> Self {
        let (low, high) = self.monthly();
        let is_plausible = |bound: i64| (500_000..=1_000_000_000).contains(&bound);
        if [low, high].into_iter().flatten().all(is_plausible) {
            return self;
        }
        Self {
            kind: "unknown",
            low: None,
            high: None,
            period: "",
            warning: Some("salary_implausible"),
            text: self.text,
        }
    }
}

#[derive(Clone, Copy)]
enum Unit {
    Million,
    Thousand,
    Vnd,
    Usd,
}

/// The digits in groups of three.
fn grouped(number: i64, separator: char) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A random amount: the text without its unit, and the amount in VND.
fn amount(unit: Unit, random: &mut StdRng) -> (String, i64) {
    match unit {
        Unit::Million => {
            let tenths = random.random_range(1..2000_i64);
            let mark = if random.random() { ',' } else { '.' };
            let text = if tenths % 10 == 0 && random.random() {
                (tenths / 10).to_string()
            } else {
                // Before triệu a separator is a decimal mark, however many digits follow it.
                let zeros = "0".repeat(random.random_range(0..3));
                format!("{}{mark}{}{zeros}", tenths / 10, tenths % 10)
            };
            (text, tenths * 100_000)
        }
        Unit::Thousand => {
            let number = random.random_range(1..999_i64);
            (number.to_string(), number * 1000)
        }
        Unit::Vnd => {
            let number = random.random_range(1000..200_000_i64) * 1000;
            let text = match random.random_range(0..3) {
                0 => grouped(number, '.'),
                1 => grouped(number, ','),
                _ => number.to_string(),
            };
            (text, number)
        }
        Unit::Usd => {
            let number = random.random_range(100..9_999_i64);
            let text = match random.random_range(0..3) {
                0 => grouped(number, ','),
                1 => grouped(number, '.'),
                _ => number.to_string(),
            };
            (text, number * 25_000)
        }
    }
}

/// A random salary in the grammar of normalisation.md.
fn salary(random: &mut StdRng) -> Salary {
    let mut pick = |from: &[&'static str]| *from.choose(random).unwrap_or(&"");
    let unit = match pick(&["triệu", "k", "VND", "USD"]) {
        "triệu" => Unit::Million,
        "k" => Unit::Thousand,
        "VND" => Unit::Vnd,
        _ => Unit::Usd,
    };
    let (word, dollar) = match unit {
        Unit::Million => (
            pick(&[
                " triệu",
                "tr",
                " Triệu",
                "triệu",
                " TRIỆU",
                " tr",
                " triệu VND",
            ]),
            "",
        ),
        Unit::Thousand => (pick(&[" k", "k", " K", " nghìn", " ngàn"]), ""),
        Unit::Vnd => (pick(&[" VND", " VNĐ", "đ", " đồng", "vnđ"]), ""),
        Unit::Usd => match pick(&["$", "USD"]) {
            "$" => ("", "$"),
            _ => (pick(&[" USD", " usd", "USD", "$"]), ""),
        },
    };
    let (per, period) = match pick(&["", "", "tháng", "giờ", "ngày", "sp"]) {
        "tháng" => (pick(&["/tháng", " / tháng", " /Tháng"]), "month"),
        "giờ" => (pick(&[" /giờ", "/giờ", "/h"]), "hour"),
        "ngày" => (pick(&["/ngày", " /ngày"]), "day"),
        "sp" => (pick(&[" /sp", "/sản phẩm"]), "product"),
        _ => ("", "month"),
    };
    let kind = pick(&["range", "one", "upto", "from"]);
    let dash = pick(&[" - ", "-", " – ", " — ", " -", " đến ", "~", " tới "]);
    let lead = match kind {
        "upto" => pick(&[
            "Tới ",
            "Đến ",
            "Lên đến ",
            "Upto ",
            "Up to ",
            "tới ",
            "TỚI ",
            "UP TO ",
        ]),
        "from" => pick(&["Từ ", "Trên ", "Hơn ", "From ", "TỪ ", "từ "]),
        _ => "",
    };
    let space = pick(&["", "", "", " ", "\u{a0}", "\u{200b}", "\t"]);
    let (first, low) = amount(unit, random);
    let (second, high) = amount(unit, random);
    let body = match kind {
        // Either only the second bound has the unit, or both bounds have it.
        "range" if random.random() => format!("{dollar}{first}{dash}{dollar}{second}{word}"),
        "range" => format!("{dollar}{first}{word}{dash}{dollar}{second}{word}"),
        _ => format!("{dollar}{first}{word}"),
    };
    let text = format!("{space}{lead}{body}{per}{space}");
    let (kind, low, high) = match kind {
        "range" => ("range", Some(low.min(high)), Some(low.max(high))),
        "upto" => ("upto", None, Some(low)),
        "from" => ("from", Some(low), None),
        _ => ("range", Some(low), Some(low)),
    };
    let salary = Salary {
        text,
        kind,
        low,
        high,
        period,
        warning: None,
    };
    let largest = salary.low.max(salary.high);
    match unit {
        Unit::Thousand if period == "month" && largest <= Some(20_000) => salary.in_usd().checked(),
        _ => salary.checked(),
    }
}

/// The text of a random salary.
pub(crate) fn salary_text(random: &mut StdRng) -> String {
    salary(random).text
}

#[tokio::test]
async fn generated_salaries_are_parsed_to_their_values() {
    let db = with_functions().await;
    let mut random = StdRng::seed_from_u64(5);
    let salaries: Vec<Salary> = (0..TEXTS).map(|_| salary(&mut random)).collect();
    let column = |of: fn(&Salary) -> Option<i64>| salaries.iter().map(of).collect::<Vec<_>>();
    let words = |of: fn(&Salary) -> &str| salaries.iter().map(of).collect::<Vec<_>>();
    let warnings: Vec<_> = salaries.iter().map(|salary| salary.warning).collect();
    let misses = db
        .client
        .query(
            "SELECT t.text, to_jsonb(n)::text
               FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
                    t (text, kind, low, high, period, monthly_low, monthly_high, warning),
                    LATERAL jobinsight_staging.normalize_salary(t.text) n
              WHERE (n.salary_type, n.salary_min * 1000000, n.salary_max * 1000000, coalesce(n.salary_period, ''),
                     n.salary_monthly_min * 1000000, n.salary_monthly_max * 1000000, nullif(n.warning, 'salary_swapped'))
                    IS DISTINCT FROM (t.kind::varchar, t.low::numeric, t.high::numeric, t.period,
                                      t.monthly_low::numeric, t.monthly_high::numeric, t.warning)",
            &[
                &words(|salary| &salary.text),
                &words(|salary| salary.kind),
                &column(|salary| salary.low),
                &column(|salary| salary.high),
                &words(|salary| salary.period),
                &column(|salary| salary.monthly().0),
                &column(|salary| salary.monthly().1),
                &warnings,
            ],
        )
        .await
        .unwrap();
    assert_none(&misses, "");
}
