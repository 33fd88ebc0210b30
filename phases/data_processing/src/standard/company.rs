//! `company_name` → `company_name_standardized` (normalisation.md): one company, one name.
//!
//! The value is the key of the company dimension, so it must not depend on how a recruiter typed it: legal forms are spelled
//! one way, every other word is written by its letters alone, never by the case it came in.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::table;
use crate::text::{clean, fold, unaccented};

/// One spelling of a legal form, word by word.
struct Form {
    words: Vec<(String, String)>,
    spelling: &'static str,
    /// The form that must stand right before.
    after: Option<&'static str>,
}

/// The forms by the unaccented first word, longest first.
static FORMS: LazyLock<HashMap<String, Vec<Form>>> = LazyLock::new(|| {
    let mut forms: HashMap<String, Vec<Form>> = HashMap::new();
    for line in table::lines(include_str!("tables/legal_forms.txt")) {
        let mut cells = table::cells(line);
        let (Some(spelling), Some(after)) = (cells.next(), cells.next()) else {
            continue;
        };
        for found in cells {
            let words: Vec<(String, String)> = tokens(found)
                .into_iter()
                .filter(is_word)
                .map(|word| (fold(word), unaccented(word)))
                .collect();
            if let Some((_, first)) = words.first() {
                let after = (after != "-").then_some(after);
                forms.entry(first.clone()).or_default().push(Form {
                    words,
                    spelling,
                    after,
                });
            }
        }
    }
    for same_start in forms.values_mut() {
        same_start.sort_by_key(|form| std::cmp::Reverse((form.words.len(), form.after.is_some())));
    }
    forms
});

static ACRONYMS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    table::lines(include_str!("tables/acronyms.txt"))
        .flat_map(str::split_whitespace)
        .collect()
});

static RECRUITING: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    table::lines(include_str!("tables/recruiting.txt"))
        .map(|line| line.split(' ').map(fold).collect())
        .collect()
});

/// The most characters that a name is read with: the width of the column.
const LONGEST: usize = 200;

/// The one name of a company. A name that is nothing but a recruiting word or a sign keeps its cleaned text.
///
/// ```
/// use jobinsight_data_processing::standard::company::standardize;
/// assert_eq!(standardize("CTY TNHH 1TV PHẦN MỀM HQSOFT."), "Công ty TNHH MTV Phần Mềm Hqsoft");
/// assert_eq!(standardize("Tuyển dụng gấp Photo & XNK k&l"), "Photo & XNK K&L");
/// ```
pub fn standardize(name: &str) -> String {
    let name = clean(name);
    // The column holds no more, so the row is turned away; a name of ten thousand `gấp` must not hold up the others.
    if name.chars().count() > LONGEST {
        return name.into_owned();
    }
    let mut current = pass(&name);
    // Dropping a word at an end may bring a dash or another such word there; each round takes something away, and names have
    // few words, so two or three rounds settle it.
    for _ in 0..8 {
        let next = pass(&current);
        if next == current {
            break;
        }
        current = next;
    }
    if current.chars().any(char::is_alphanumeric) {
        current
    } else {
        name.into_owned()
    }
}

fn pass(name: &str) -> String {
    let tokens = tokens(name);
    let mut pieces = pieces(&tokens);
    strip_recruiting(&mut pieces);
    clean(&join(&pieces)).into_owned()
}

/// Letters, digits, spaces and single signs. Letters and digits are apart, since `1OFFICE` is `1Office`.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut last = Kind::Sign;
    for (at, c) in text.char_indices() {
        let kind = kind(c);
        if at > start && (kind != last || kind == Kind::Sign) {
            tokens.push(&text[start..at]);
            start = at;
        }
        last = kind;
    }
    if start < text.len() {
        tokens.push(&text[start..]);
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Space,
    Sign,
}

fn kind(c: char) -> Kind {
    if c.is_numeric() {
        Kind::Digit
    } else if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) {
        Kind::Letter
    } else if c == ' ' {
        Kind::Space
    } else {
        Kind::Sign
    }
}

fn is_word(token: &&str) -> bool {
    token
        .chars()
        .next()
        .is_some_and(|c| matches!(kind(c), Kind::Letter | Kind::Digit))
}

/// A stretch of the name as it will be written.
enum Piece {
    Form(&'static str),
    Word(String),
    Space,
    Dash,
    Sign(char),
}

fn pieces(tokens: &[&str]) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let boundary = at == 0 || !is_word(&tokens[at - 1]);
        if let Some((spelling, next)) = form_at(tokens, at, &pieces).filter(|_| boundary) {
            pieces.push(Piece::Form(spelling));
            at = next;
            continue;
        }
        match token.chars().next() {
            Some(' ') => pieces.push(Piece::Space),
            Some('–' | '—' | '-') => pieces.push(dash(tokens, at)),
            Some(c) if is_word(token) => pieces.push(Piece::Word(recase(token, c))),
            Some(c) => pieces.push(Piece::Sign(c)),
            None => {}
        }
        at += 1;
    }
    pieces
}

/// A dash with a space on at least one side separates; any other is part of a name (`Border-X`).
fn dash(tokens: &[&str], at: usize) -> Piece {
    let beside = (at > 0 && tokens[at - 1] == " ") || tokens.get(at + 1) == Some(&" ");
    let sign = tokens[at].chars().next().unwrap_or('-');
    if beside {
        Piece::Dash
    } else {
        Piece::Sign(sign)
    }
}

/// The legal form that starts at a token, and the token after it. Between its words there may be spaces, dots and commas.
fn form_at(tokens: &[&str], start: usize, before: &[Piece]) -> Option<(&'static str, usize)> {
    if !is_word(&tokens[start]) {
        return None;
    }
    let previous = before
        .iter()
        .rev()
        .find(|piece| !matches!(piece, Piece::Space | Piece::Dash));
    let previous = match previous {
        Some(Piece::Form(spelling)) => *spelling,
        _ => "",
    };
    FORMS
        .get(&unaccented(tokens[start]))?
        .iter()
        .find_map(|form| {
            if form.after.is_some_and(|after| !previous.ends_with(after)) {
                return None;
            }
            let mut at = start;
            for (index, (accented, plain)) in form.words.iter().enumerate() {
                if index > 0 {
                    at = skip_joints(tokens, at);
                }
                let word = tokens.get(at)?;
                let folded = fold(word);
                if folded != *accented && folded != *plain {
                    return None;
                }
                at += 1;
            }
            if tokens.get(at).is_some_and(is_word) {
                return None;
            }
            // `Cty.` and `Inc.`: the dot of an abbreviation belongs to it.
            if tokens.get(at) == Some(&".") {
                at += 1;
            }
            Some((form.spelling, at))
        })
}

fn skip_joints(tokens: &[&str], mut at: usize) -> usize {
    while tokens
        .get(at)
        .is_some_and(|token| matches!(*token, " " | "." | ","))
    {
        at += 1;
    }
    at
}

/// A word by its letters alone.
fn recase(token: &str, first: char) -> String {
    if kind(first) == Kind::Digit {
        return token.to_owned();
    }
    let lower: String = token.chars().map(single_lower).collect();
    let plain = unaccented(token);
    let single = plain.chars().nth(1).is_none();
    let vowel = plain
        .chars()
        .any(|c| !c.is_ascii() || matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
    if single || !vowel || ACRONYMS.contains(lower.as_str()) {
        return lower.chars().map(single_upper).collect();
    }
    let mut chars = lower.chars();
    chars
        .next()
        .map(single_upper)
        .into_iter()
        .chain(chars)
        .collect()
}

/// Case mapping of one character to one: a longer mapping (`ß`, `İ`) would not be stable under a second pass.
fn single_upper(c: char) -> char {
    let mut all = c.to_uppercase();
    all.next().filter(|_| all.next().is_none()).unwrap_or(c)
}

fn single_lower(c: char) -> char {
    let mut all = c.to_lowercase();
    all.next().filter(|_| all.next().is_none()).unwrap_or(c)
}

/// Drops recruiting words from both ends, unless nothing that names a company would be left.
fn strip_recruiting(pieces: &mut Vec<Piece>) {
    loop {
        trim(pieces);
        let folded: Vec<Option<String>> = pieces
            .iter()
            .filter(|piece| !matches!(piece, Piece::Space))
            .map(|piece| {
                if let Piece::Word(word) = piece {
                    Some(fold(word))
                } else {
                    None
                }
            })
            .collect();
        let names = |range: std::ops::Range<usize>| folded[range].iter().any(Option::is_some);
        let is = |part: &[Option<String>], phrase: &[String]| {
            part.len() == phrase.len()
                && part.iter().zip(phrase).all(|(a, b)| a.as_ref() == Some(b))
        };
        let length = folded.len();
        let head = RECRUITING.iter().map(Vec::as_slice).find(|phrase| {
            length > phrase.len()
                && is(&folded[..phrase.len()], phrase)
                && names(phrase.len()..length)
        });
        let tail = RECRUITING.iter().map(Vec::as_slice).find(|phrase| {
            length > phrase.len()
                && is(&folded[length - phrase.len()..], phrase)
                && names(0..length - phrase.len())
        });
        if let Some(phrase) = head {
            drop_words(pieces, phrase.len(), false);
        } else if let Some(phrase) = tail {
            drop_words(pieces, phrase.len(), true);
        } else {
            return;
        }
    }
}

fn drop_words(pieces: &mut Vec<Piece>, mut count: usize, from_end: bool) {
    while count > 0 && !pieces.is_empty() {
        let piece = if from_end {
            pieces.pop()
        } else {
            Some(pieces.remove(0))
        };
        if matches!(piece, Some(Piece::Word(_))) {
            count -= 1;
        }
    }
}

/// Drops what may not stand at an end: spaces, dashes, and trailing `.` `,` `-`, `;`, `:`; also an empty pair of brackets.
fn trim(pieces: &mut Vec<Piece>) {
    while matches!(
        pieces.last(),
        Some(Piece::Space | Piece::Dash | Piece::Sign('.' | ',' | '-' | '–' | '—' | ';' | ':'))
    ) {
        pieces.pop();
    }
    let lead = pieces
        .iter()
        .take_while(|piece| matches!(piece, Piece::Space | Piece::Dash))
        .count();
    pieces.drain(..lead);
}

fn join(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Form(spelling) => {
                if out
                    .chars()
                    .next_back()
                    .is_some_and(|c| c == '.' || c == ',' || c.is_alphanumeric())
                {
                    out.push(' ');
                }
                out.push_str(spelling);
                if matches!(pieces.get(index + 1), Some(Piece::Form(_) | Piece::Word(_))) {
                    out.push(' ');
                }
            }
            Piece::Word(word) => out.push_str(word),
            Piece::Space => {
                let after_open = out.ends_with(['(', '[']);
                let before_close =
                    matches!(pieces.get(index + 1), Some(Piece::Sign(')' | ']' | ',')));
                if !after_open && !before_close && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            Piece::Dash => {
                let kept = out.trim_end().len();
                out.truncate(kept);
                out.push_str(" - ");
            }
            Piece::Sign(sign) => out.push(*sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_specification() {
        for (given, wanted) in [
            ("Cty TNHH ABC", "Công ty TNHH Abc"),
            ("C.ty TNHH Minh An", "Công ty TNHH Minh An"),
            (
                "Công Ty Trách Nhiệm Hữu Hạn Minh An",
                "Công ty TNHH Minh An",
            ),
            ("Cong ty TNHH Minh An", "Công ty TNHH Minh An"),
            ("Công ty T.N.H.H Minh An", "Công ty TNHH Minh An"),
            (
                "CÔNG TY TNHH MỘT THÀNH VIÊN MINH AN",
                "Công ty TNHH MTV Minh An",
            ),
            ("Công ty TNHH 1 TV Minh An", "Công ty TNHH MTV Minh An"),
            ("CTCP Minh An", "Công ty Cổ phần Minh An"),
            ("Cty CP Minh An", "Công ty Cổ phần Minh An"),
            ("Công ty CP Minh An", "Công ty Cổ phần Minh An"),
            ("TẬP ĐOÀN MINH AN", "Tập đoàn Minh An"),
            (
                "Ngân Hàng Thương Mại Cổ Phần Minh An",
                "Ngân hàng TMCP Minh An",
            ),
            (
                "NGÂN HÀNG TMCP HÀNG HẢI VIỆT NAM (MSB)",
                "Ngân hàng TMCP Hàng Hải Việt Nam (MSB)",
            ),
            ("VPĐD MINH AN", "Văn phòng đại diện Minh An"),
            ("HỘ KINH DOANH MINH AN", "Hộ kinh doanh Minh An"),
            ("Minh An Co.,Ltd", "Minh An Co., Ltd"),
            ("Minh An CO., LTD.", "Minh An Co., Ltd"),
            ("Minh An jsc", "Minh An JSC"),
            ("Minh An Inc", "Minh An Inc."),
            ("HQSOFT", "Hqsoft"),
            ("HQSoft", "Hqsoft"),
            ("hqsoft", "Hqsoft"),
            ("DỊCH VỤ VÀ XNK", "Dịch Vụ Và XNK"),
            ("k&l", "K&L"),
            ("border-x", "Border-X"),
            (
                "8 HOLDING – CHI NHÁNH MIỀN NAM",
                "8 Holding - Chi nhánh Miền Nam",
            ),
            ("Photo Minh", "Photo Minh"),
            ("[HOT] Minh An", "[Hot] Minh An"),
            ("Minh An đang tuyển dụng gấp", "Minh An Đang"),
            ("Minh An - Tuyển Dụng", "Minh An"),
            ("Công ty Tuyển Dụng", "Công ty Tuyển Dụng"),
            ("Hot", "Hot"),
            ("Minh An.,-", "Minh An"),
            ("???", "???"),
        ] {
            assert_eq!(standardize(given), wanted, "{given:?}");
            assert_eq!(standardize(wanted), wanted, "{wanted:?} again");
        }
    }
}
