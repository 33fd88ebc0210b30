//! Salaries and deadlines by their grammar: texts that are made with their meaning, read by one statement.

use jobinsight_tests::Db;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use tokio_postgres::Row;

/// Texts of each kind.
const TEXTS: usize = 20_000;

/// A text and what it says: type, bounds in VND, period.
type Made = (String, &'static str, Option<i64>, Option<i64>, &'static str);

/// Ready db with the functions in place.
async fn with_functions() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    db
}

/// One amount in one of the ways of writing it: the text without its unit, and VND.
#[derive(Clone, Copy)]
enum Unit {
    Million,
    Thousand,
    Vnd,
    Usd,
}

/// Digits in groups of three.
fn grouped(number: i64, sign: char) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(sign);
        }
        out.push(digit);
    }
    out
}

fn amount(unit: Unit, random: &mut StdRng) -> (String, i64) {
    match unit {
        Unit::Million => {
            let tenths = random.random_range(1..2000_i64);
            let mark = if random.random() { ',' } else { '.' };
            let text = if tenths % 10 == 0 && random.random() {
                (tenths / 10).to_string()
            } else {
                // Before triệu a separator is a decimal mark, whatever number of digits is behind it.
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

/// A salary by the grammar of normalisation.md.
fn salary(random: &mut StdRng) -> Made {
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
        // Either the second bound alone bears the unit, or both do.
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
async fn a_salary_that_the_grammar_makes_is_read_as_it_was_meant() {
    let db = with_functions().await;
    let mut random = StdRng::seed_from_u64(5);
    let made: Vec<Made> = (0..TEXTS).map(|_| salary(&mut random)).collect();
    let column = |of: fn(&Made) -> Option<i64>| made.iter().map(of).collect::<Vec<_>>();
    let texts: Vec<&str> = made.iter().map(|made| made.0.as_str()).collect();
    let kinds: Vec<&str> = made.iter().map(|made| made.1).collect();
    let periods: Vec<&str> = made.iter().map(|made| made.4).collect();
    let misses = db
        .client
        .query(
            "SELECT t.text, to_jsonb(n)::text
               FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) t (text, kind, low, high, period),
                    LATERAL jobinsight_staging.normalize_salary(t.text) n
              WHERE (n.salary_type, n.salary_min * 1000000, n.salary_max * 1000000, n.salary_period)
                    IS DISTINCT FROM (t.kind::varchar, t.low::numeric, t.high::numeric, t.period::varchar)
                 OR coalesce(n.warning, 'salary_swapped') <> 'salary_swapped'",
            &[&texts, &kinds, &column(|made| made.2), &column(|made| made.3), &periods],
        )
        .await
        .unwrap();
    assert_none(&misses, "");
}

/// Fails the test, and shows what was read otherwise than it was meant: the text, and what it gave.
fn assert_none(misses: &[Row], where_at: &str) {
    let shown: Vec<String> = misses
        .iter()
        .take(20)
        .map(|row| format!("{:?} gave {}", row.get::<_, &str>(0), row.get::<_, &str>(1)))
        .collect();
    assert!(
        misses.is_empty(),
        "{where_at} {} misses:\n{}",
        misses.len(),
        shown.join("\n")
    );
}

/// Texts of what salaries and deadlines are made of, in any order.
fn noise(random: &mut StdRng) -> String {
    let units = [
        "10",
        "15",
        "1.000.000",
        "1,5",
        "99999999999999999999",
        "-",
        " - ",
        "–",
        "triệu",
        "tr",
        "USD",
        "$",
        "k",
        "/giờ",
        "/sp",
        "Tới ",
        "Từ ",
        "Thoả thuận",
        ".",
        ",",
        "\u{a0}",
        "\u{200b}",
        "e",
        "e\u{302}\u{323}",
        "1e308",
        "NaN",
        "infinity",
        "0x1F",
        "٣",
        "１",
        "²",
        "\n",
        "'",
        "\\",
        "%",
        "31/12/2025",
        "2025-02-30",
        "99/99/9999",
        "0000-00-00",
        "Còn ",
        " ngày",
        "31/12/0001",
        "-5",
        "+5",
        "00",
        "now",
        "epoch",
        "tomorrow",
        "🔥",
        "\u{1}",
        "(",
        "[",
        "{",
        "*",
        "+",
        "?",
    ];
    let count = random.random_range(0..9);
    let text: String = (0..count)
        .filter_map(|_| units.choose(random))
        .copied()
        .collect();
    match random.random_range(0..60) {
        0 => text.repeat(400),
        _ => text,
    }
}

#[tokio::test]
async fn no_text_aborts_a_statement() {
    let db = with_functions().await;
    let mut random = StdRng::seed_from_u64(6);
    let mut texts: Vec<String> = (0..TEXTS).map(|_| noise(&mut random)).collect();
    for unit in [
        "9", "1.", "1,000.", " - ", "tr", "Tới ", "a", "\u{301}", "ngày",
    ] {
        texts.push(unit.repeat(1_000_000 / unit.len()));
    }
    for rules in ["standard", "v1"] {
        let row = db
            .client
            .query_one(
                "SELECT count(*), count(*) FILTER (WHERE n.salary_type IS NULL
                          OR (n.warning = 'salary_unparsed') <> (n.salary_type = 'unknown') AND $2 = 'standard'
                          OR n.salary_min > n.salary_max AND $2 = 'standard'
                          OR d.warning IS NOT NULL AND d.due_date IS NOT NULL
                          OR coalesce(d.due_date::text, '') > '9999' AND $2 = 'standard')
                   FROM unnest($1::text[]) t (text),
                        LATERAL jobinsight_staging.normalize_salary(t.text, $2) n,
                        LATERAL jobinsight_staging.parse_deadline(t.text, '2025-10-19T14:27:00+07', $2) d",
                &[&texts, &rules],
            )
            .await
            .unwrap();
        let (all, odd): (i64, i64) = (row.get(0), row.get(1));
        assert_eq!(
            (all, odd),
            (i64::try_from(texts.len()).unwrap(), 0),
            "{rules}"
        );
    }
}

#[tokio::test]
async fn a_deadline_that_the_grammar_makes_is_read_as_it_was_meant() {
    let db = with_functions().await;
    let mut random = StdRng::seed_from_u64(7);
    // What PostgreSQL itself makes of a date is the measure: the end of that day in Asia/Ho_Chi_Minh.
    let mut texts = Vec::new();
    let mut dates = Vec::new();
    let mut days = Vec::new();
    for _ in 0..TEXTS {
        let space = *["", "", " ", "\u{a0}", "\u{200b}"]
            .choose(&mut random)
            .unwrap();
        let (year, month, day) = (
            random.random_range(1990..2100),
            random.random_range(1..=12),
            random.random_range(1..=28),
        );
        let number: i32 = random.random_range(0..=3650);
        let (text, date, after) = match random.random_range(0..5) {
            0 => (
                format!("{day:02}/{month:02}/{year}"),
                Some((year, month, day)),
                None,
            ),
            1 => (
                format!("{day}/{month}/{year}"),
                Some((year, month, day)),
                None,
            ),
            2 => (
                format!("{year}-{month:02}-{day:02}"),
                Some((year, month, day)),
                None,
            ),
            3 => (
                format!("Còn {number} ngày để ứng tuyển"),
                None,
                Some(number),
            ),
            _ => (number.to_string(), None, Some(number)),
        };
        texts.push(format!("{space}{text}{space}"));
        dates.push(date.map(|(year, month, day)| format!("{year}-{month}-{day}")));
        days.push(after);
    }
    for zone in ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"] {
        db.client
            .batch_execute(&format!("SET timezone = '{zone}'"))
            .await
            .unwrap();
        let misses = db
            .client
            .query(
                "SELECT t.text, to_jsonb(d)::text
                   FROM unnest($1::text[], $2::text[], $3::int[]) t (text, date, days),
                        LATERAL jobinsight_staging.parse_deadline(t.text, '2025-10-19T14:27:00+07') d
                  WHERE d.warning IS NOT NULL OR d.due_date IS DISTINCT FROM
                        coalesce((t.date::date + time '23:59:59') AT TIME ZONE 'Asia/Ho_Chi_Minh',
                                 timestamptz '2025-10-19T14:27:00+07' + t.days * 24 * interval '1 hour')",
                &[&texts, &dates, &days],
            )
            .await
            .unwrap();
        assert_none(&misses, zone);
    }
}
