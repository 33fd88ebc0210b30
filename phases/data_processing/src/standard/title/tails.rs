//! Where the part begins that advertises, and what a title may begin with before it names the job.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::table;
use super::place;
use crate::text::fold;

struct Tail {
    words: Vec<&'static str>,
    /// Only at the beginning of a segment or of an item.
    at_start: bool,
}

/// Tails by their first word.
static TAILS: LazyLock<HashMap<&'static str, Vec<Tail>>> = LazyLock::new(|| {
    let mut tails = HashMap::<_, Vec<Tail>>::new();
    for line in table::lines(include_str!("../tables/title_tails.txt")) {
        let at_start = line.starts_with('^');
        let words: Vec<&str> = line.trim_start_matches('^').split_whitespace().collect();
        if let Some(first) = words.first() {
            tails
                .entry(*first)
                .or_default()
                .push(Tail { words, at_start });
        }
    }
    tails
});

static LEADS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    table::lines(include_str!("../tables/title_leads.txt"))
        .map(|line| line.split_whitespace().collect())
        .collect()
});

/// Words behind which `khu vực` names a rank (Quản Lý Khu Vực), not a place.
const RANKS: [&str; 7] = ["lý", "đốc", "trưởng", "trách", "sát", "phối", "phó"];
/// Words before which `tại` says how, not where: Tư Vấn Tại Quầy.
const NOT_PLACES: [&str; 8] = ["nhà", "chỗ", "quầy", "điểm", "cửa", "siêu", "bàn", "hiện"];
/// Words behind which `lương` and `thưởng` are the work itself: Tiền Lương, Chuyên Viên Lương Thưởng.
const PAYROLL: [&str; 6] = ["tiền", "viên", "toán", "tính", "lương", "phúc"];
/// The most words that a tail in the table has.
const LONGEST: usize = 5;
/// Standards look like codes of a posting: `ISO 9001`.
const STANDARDS: [&str; 8] = ["iso", "ifrs", "hsk", "vas", "haccp", "gmp", "ip", "en"];

/// The offset at which a tail begins.
pub(super) fn find(text: &str) -> Option<usize> {
    let mut before: Option<&str> = None;
    for at in starts(text) {
        let rest = &text[at..];
        if is_tail(rest, at == 0, before.map(fold).as_deref()) {
            return Some(at);
        }
        before = rest.split([' ', '-', '/', '_', ',']).next().or(before);
    }
    None
}

/// Where words begin: behind a space, and behind a sign within a word.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let mut fresh = true;
    text.char_indices().filter_map(move |(at, c)| {
        let starts = fresh && !matches!(c, ' ' | ',' | '/' | '-' | '_' | '+' | '&');
        fresh = matches!(c, ' ' | ',' | '/' | '-' | '_');
        starts.then_some(at)
    })
}

fn is_tail(rest: &str, at_start: bool, before: Option<&str>) -> bool {
    let words: Vec<String> = rest
        .split([' ', ',', '/', '_'])
        .map(|word| {
            word.trim_matches(|c: char| {
                matches!(c, '.' | ';' | ':' | '!' | '(' | ')' | '[' | ']' | '|' | '%')
            })
        })
        .filter(|word| !word.is_empty())
        .take(LONGEST)
        .map(fold)
        .collect();
    let Some(first) = words.first() else {
        return false;
    };
    let is = |list: &[&str], word: Option<&str>| word.is_some_and(|word| list.contains(&word));
    let second = words.get(1).map(String::as_str);
    match first.as_str() {
        "khu" if second == Some("vực") && !is(&RANKS, before) => return true,
        // Nhà Bè is a district, though Tại Nhà is none.
        "tại" if is(&NOT_PLACES, second) && words.get(2).is_none_or(|word| word != "bè") => {
            return false;
        }
        "lương" | "thưởng" if is(&PAYROLL, before) => return false,
        "tuổi" if second.is_some_and(|word| word == "thơ") => return false,
        // Hotel and Hotline are words of their own; `yêu cầu` behind `quản lý` is a discipline.
        "yêu" if is(&["lý", "tích"], before) => return false,
        // The language of the work qualifies the role: Yêu Cầu Tiếng Trung, Bắt Buộc Tiếng Trung.
        "yêu" | "bắt" | "ưu" if words.get(2).is_some_and(|word| word == "tiếng") => {
            return false;
        }
        // Khách Hàng Ưu Tiên is a bank's name for some customers.
        "ưu" if is(&["hàng", "nhân"], before) => return false,
        "kinh" if is(&["trải"], before) => return false,
        "nam" | "nữ"
            if at_start
                && words.len() > 1
                && !matches!(second, Some("nữ" | "nam" | "-" | "hoặc")) =>
        {
            return false;
        }
        // Written without a space: Lương10-15 Triệu.
        first
            if first
                .strip_prefix("lương")
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) =>
        {
            return true;
        }
        _ => {}
    }
    let groups = [
        first.as_str(),
        if is_pay(first) { "<pay>" } else { "" },
        if is_number(first) { "<n>" } else { "" },
    ];
    groups
        .iter()
        .filter_map(|key| TAILS.get(key))
        .flatten()
        .any(|tail| {
            (!tail.at_start || at_start)
                && tail.words.len() <= words.len()
                && tail
                    .words
                    .iter()
                    .zip(&words)
                    .all(|(wanted, word)| fits(wanted, word))
        })
        || range(&words)
}

/// `10 - 15 triệu`, `từ 10 đến 15 triệu`.
fn range(words: &[String]) -> bool {
    let unit = |word: &String| {
        matches!(
            word.as_str(),
            "triệu" | "tr" | "usd" | "vnd" | "vnđ" | "năm"
        )
    };
    let numbers = words
        .iter()
        .take_while(|word| {
            is_number(word) || matches!(word.as_str(), "-" | "–" | "đến" | "từ" | "~" | "to")
        })
        .count();
    numbers >= 2
        && words.iter().take(numbers).any(|word| is_number(word))
        && words.get(numbers).is_some_and(unit)
}

fn fits(wanted: &str, word: &str) -> bool {
    match wanted {
        "<n>" => is_number(word),
        "<pay>" => is_pay(word),
        wanted => wanted == word,
    }
}

fn is_number(word: &str) -> bool {
    word.trim_start_matches(['≥', '>', '~', '+', '<', '=', '$'])
        .starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| {
            c.is_ascii_digit()
                || matches!(
                    c,
                    '.' | ',' | '-' | '–' | '+' | '≥' | '>' | '~' | '<' | '=' | '$'
                )
        })
}

/// Money in one word.
fn is_pay(word: &str) -> bool {
    let bare = word.trim_start_matches(['≥', '>', '~', '+']);
    if let Some(rest) = bare.strip_prefix('$') {
        return rest.starts_with(|c: char| c.is_ascii_digit());
    }
    if !bare.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let amount = bare.trim_end_matches(['+', '!', '*']);
    let digits = amount.trim_end_matches(|c: char| c.is_alphabetic() || c == '$');
    let unit = &amount[digits.len()..];
    let plain = digits.chars().all(|c| {
        c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '–' | '~') || c.is_alphabetic()
    });
    plain
        && match unit {
            "tr" | "triệu" | "trđ" | "m" | "mil" | "usd" | "$" | "vnđ" | "vnd" | "đ" | "củ"
            | "k" => true,
            "t" => digits.len() <= 2,
            "" => digits.matches(['.', ',']).count() >= 2 && digits.len() >= 9,
            _ => false,
        }
}

/// A code of the posting: `TA163`, `CNLT.679`, `CP68`, `TA 169`.
pub(super) fn is_code(text: &str) -> bool {
    let known = text
        .split([' ', '.', '-'])
        .next()
        .is_some_and(|word| STANDARDS.contains(&word.to_ascii_lowercase().as_str()));
    if known {
        return false;
    }
    let letters: String = text.chars().take_while(char::is_ascii_uppercase).collect();
    let rest = text[letters.len()..].trim_start_matches([' ', '.', '-']);
    (2..=5).contains(&letters.len())
        && rest.chars().filter(char::is_ascii_digit).count() >= 2
        && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
        && rest.starts_with(|c: char| c.is_ascii_digit())
        || (2..=5).contains(&letters.len()) && coded(rest)
}

/// Digits with a dot within: `25.288` behind `CN`.
fn coded(rest: &str) -> bool {
    rest.split('.').count() == 2
        && rest.len() >= 4
        && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Hours that stand in the middle of a role.
const HOURS: [&str; 10] = [
    "part - time",
    "full - time",
    "part-time",
    "full-time",
    "part time",
    "full time",
    "parttime",
    "fulltime",
    "partime",
    "full/part",
];

/// The title without hours that words of the role follow: `Giáo Viên Part Time Quay Video` is a `Giáo Viên Quay Video`.
pub(super) fn without_hours(title: &str) -> String {
    // ASCII only, so that offsets stay those of the title.
    let lower = title.to_ascii_lowercase();
    for hours in HOURS {
        for (at, _) in lower.match_indices(hours) {
            let after = &title[at + hours.len()..];
            let Some(rest) = after.strip_prefix(' ') else {
                continue;
            };
            let end = rest
                .find([' ', '-', '(', '[', '/', '|', '_', ',', '+', '&'])
                .unwrap_or(rest.len());
            let joined = matches!(fold(&rest[..end]).as_str(), "và" | "hoặc" | "and" | "or");
            let role = end > 0
                && !joined
                && rest[end..].starts_with(' ')
                && rest[end + 1..].starts_with(char::is_alphabetic)
                && find(rest).is_none_or(|tail| tail > end)
                && !place::is_place(
                    rest.split(['-', '(', '[', '|', '_'])
                        .next()
                        .unwrap_or(rest)
                        .trim(),
                );
            if role && title[..at].ends_with(' ') {
                return format!("{}{rest}", &title[..at]);
            }
        }
    }
    title.to_owned()
}

/// Roles behind which a leading `Nam`, `Nữ` or number says who and how many are sought; Nữ Hộ Sinh is a role itself.
const SOUGHT: [&str; 15] = [
    "nhân",
    "chuyên",
    "kế",
    "quản",
    "trợ",
    "thư",
    "công",
    "kỹ",
    "lễ",
    "lái",
    "trưởng",
    "giám",
    "thợ",
    "tài",
    "thực",
];

/// The title without a leading `Nữ`, `Nam` or `05`.
pub(super) fn without_who(title: &str) -> &str {
    let Some((first, rest)) = title.split_once(' ') else {
        return title;
    };
    let sought = rest
        .split(' ')
        .next()
        .is_some_and(|word| SOUGHT.contains(&fold(word).as_str()));
    let first = fold(first);
    let count = first.len() <= 2 && first.chars().all(|c| c.is_ascii_digit());
    if sought && (count || first == "nam" || first == "nữ") {
        rest
    } else {
        title
    }
}

/// The title without leading words such as `Cần Tuyển`, where words of the role follow them.
pub(super) fn without_lead(title: &str) -> &str {
    for lead in LEADS.iter() {
        let mut rest = title;
        let fits = lead.iter().all(|wanted| {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            rest = after.trim_start();
            fold(word.trim_end_matches([':', '!', ','])) == *wanted
        });
        // `Tuyển Dụng - Đào Tạo` is the role itself.
        if fits {
            // `Tìm Kiếm Khách Hàng` is what the job does.
            let work = fold(rest.split(' ').next().unwrap_or_default()) == "khách";
            return if rest.starts_with(char::is_alphanumeric) && !place::is_place(rest) && !work {
                rest
            } else {
                title
            };
        }
    }
    title
}
