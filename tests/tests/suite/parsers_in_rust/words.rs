//! Generates texts that speak of pay and time, from the words that the parsers know.

use jobinsight_kernels::salary::words::{PER, PERIODS, PHRASES, SIGNS, UNITS};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// Words of deadlines, words that only patterns name, and words that no rule names.
const OTHERS: &str = "hôm nay;today;ngày mai;tomorrow;Còn;ngày;ngày để ứng tuyển;tuần;weeks;giờ;hours;phút;mins;d;h;va;and;\
    đã hết;posted;ago;cập nhật;trước;expired;31/12/2025;1/2/2026;31-12-2025;29.02.2024;30/02/2025;2025-12-31;2026/1/2;\
    2025-12-31T23:59:59Z;2025-12-31 10:00 +07;31 tháng 12 năm 2025;31 Dec 2025;1st Sept, 2026;December 31, 2025;May 5 2026;\
    31/12/1942;01/01/1906;1/6/1911;31/12/1959;13/06/1975;1/1/0001;31/12/9999;0000-00-00;Hạn nộp hồ sơ:;\
    lương;salary;thu nhập;offer;bonus;thưởng;thưởng lương;phụ cấp;trở lên;trở xuống;or more;or less;plus;upwards;to;va;hoac;&;\
    gbp;aud;B;£;%;/ca;/thá…;tai;khong;monthlyBenefits;A$;US$;Tr;TRIỆU;Thoả thuận;Cạnh tranh;kinh nghiệm;người;e;1e308;NaN;😀";

/// Signs, and spaces of several widths.
const SIGN_CHARS: [&str; 24] = [
    "-", " - ", "–", "—", "~", "≈", "/", "/ ", ".", ",", ":", ";", "!", "*", "(", ")", "[", "]",
    "+", "\u{a0}", "\u{200b}", "\t", "\"", "…",
];

const NUMBERS: [&str; 34] = [
    "0",
    "0.0",
    "1",
    "01",
    "2",
    "5",
    "8,5",
    "9.5",
    "10",
    "12tr5",
    "1k5",
    "15",
    "20",
    "99",
    "100",
    "250",
    "500",
    "1000",
    "1,000",
    "1.500",
    "2.500,50",
    "3,000.75",
    "20000",
    "30",
    "3650",
    "3651",
    "15.000.000",
    "20,000,000",
    "10 000 000",
    "1.250",
    "2024",
    "0912345678",
    "１５",
    "99999999999999999999",
];

/// A text of words, numbers and signs.
pub(super) fn text(random: &mut StdRng) -> String {
    let mut out = String::new();
    for _ in 0..random.random_range(1..8) {
        let part = match random.random_range(0..10) {
            0..=3 => NUMBERS.choose(random).copied().unwrap_or_default(),
            4..=6 => word(random),
            7 => SIGN_CHARS.choose(random).copied().unwrap_or_default(),
            8 => OTHERS
                .split(';')
                .collect::<Vec<_>>()
                .choose(random)
                .copied()
                .unwrap_or_default(),
            _ => " ",
        };
        out.push_str(part);
        if random.random_range(0..3) == 0 {
            out.push(' ');
        }
    }
    out
}

/// A word of the tables of salaries.
fn word(random: &mut StdRng) -> &'static str {
    let tables = [PERIODS, UNITS, SIGNS];
    match random.random_range(0..6) {
        0 => PHRASES.choose(random).map(|(phrase, _)| *phrase),
        1 => PER.choose(random).copied(),
        _ => tables
            .choose(random)
            .and_then(|table| table.choose(random))
            .and_then(|(_, words)| words.choose(random).copied()),
    }
    .unwrap_or_default()
}

/// A text with a few changes: a letter less, a word more, or a letter in the other case.
pub(super) fn changed(given: &str, random: &mut StdRng) -> String {
    let mut letters: Vec<String> = given.chars().take(300).map(String::from).collect();
    for _ in 0..random.random_range(1..4) {
        let at = random.random_range(0..=letters.len());
        match random.random_range(0..4) {
            0 if at < letters.len() => drop(letters.remove(at)),
            1 if at < letters.len() => letters[at] = letters[at].to_uppercase(),
            2 => letters.insert(at, word(random).to_owned()),
            _ => letters.insert(at, text(random)),
        }
    }
    letters.concat()
}
