//! Random text never aborts a statement.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::TEXTS;
use crate::goldens::with_functions;

/// Parts of salaries and deadlines in random order.
pub(crate) fn noise(random: &mut StdRng) -> String {
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
async fn random_text_never_aborts_a_statement() {
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
                          OR (n.warning IN ('salary_unparsed', 'salary_implausible')) <> (n.salary_type = 'unknown') AND $2 = 'standard'
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
