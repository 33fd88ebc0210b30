//! Generated salaries.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::{TEXTS, assert_none};
use crate::goldens::with_functions;

/// A text and its meaning: type, bounds in VND, period.
type Salary = (String, &'static str, Option<i64>, Option<i64>, &'static str);

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
    match kind {
        "range" => (
            text,
            "range",
            Some(low.min(high)),
            Some(low.max(high)),
            period,
        ),
        "upto" => (text, "upto", None, Some(low), period),
        "from" => (text, "from", Some(low), None, period),
        _ => (text, "range", Some(low), Some(low), period),
    }
}

#[tokio::test]
async fn generated_salaries_are_parsed_to_their_values() {
    let db = with_functions().await;
    let mut random = StdRng::seed_from_u64(5);
    let salaries: Vec<Salary> = (0..TEXTS).map(|_| salary(&mut random)).collect();
    let column = |of: fn(&Salary) -> Option<i64>| salaries.iter().map(of).collect::<Vec<_>>();
    let texts: Vec<&str> = salaries.iter().map(|salary| salary.0.as_str()).collect();
    let kinds: Vec<&str> = salaries.iter().map(|salary| salary.1).collect();
    let periods: Vec<&str> = salaries.iter().map(|salary| salary.4).collect();
    let misses = db
        .client
        .query(
            "SELECT t.text, to_jsonb(n)::text
               FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) t (text, kind, low, high, period),
                    LATERAL jobinsight_staging.normalize_salary(t.text) n
              WHERE (n.salary_type, n.salary_min * 1000000, n.salary_max * 1000000, n.salary_period)
                    IS DISTINCT FROM (t.kind::varchar, t.low::numeric, t.high::numeric, t.period::varchar)
                 OR coalesce(n.warning, 'salary_swapped') <> 'salary_swapped'",
            &[&texts, &kinds, &column(|salary| salary.2), &column(|salary| salary.3), &periods],
        )
        .await
        .unwrap();
    assert_none(&misses, "");
}
