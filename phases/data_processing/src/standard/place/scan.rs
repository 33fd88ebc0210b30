//! Finds the places that a location names, wherever they are in the text.
//!
//! 1. **Words**: split the text into words, and note the sign before each.
//! 2. **Longest name first**: at each word, take the longest run of words that is a province, a district, a known place or
//!    the country. A run crosses no sign but a dash (`Bà Rịa - Vũng Tàu`).
//! 3. **Streets, wards and people**: after a word such as `Phường`, nothing is taken up to the next sign. A name right
//!    after a number or a family name, or right before a word such as `Street`, is not taken: `561A Điện Biên Phủ`,
//!    `Nguyễn Thái Bình`.
//! 4. **Cities of a province's name**: in `Bắc Ninh: TP Bắc Ninh` the second one is the city, a district.
//! 5. **An address that ends with the country** goes from the narrow place to the wide one, so only its last province
//!    counts: `Binh Thuan, Ho Chi Minh City, Vietnam` is a ward of Hồ Chí Minh.

use super::PlaceRules;
use super::finder::{OtherName, ProvinceFinder};
use crate::rules::place::key::{self, key};
use crate::text::letters::is_alphanumeric;

/// The sign before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Gap {
    /// A space, or a sign within a name.
    None,
    /// A dash with a space beside it.
    Dash,
    /// A sign that ends an item of a list.
    Sign,
    /// A colon. What follows is within the place before it.
    Colon,
    /// A sign that ends an address.
    End,
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
struct TextWord {
    start: usize,
    end: usize,
    gap: Gap,
}

/// A place that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mention {
    /// The number of a province.
    Province(u8),
    /// The numbers of the districts of that name.
    District(Vec<u16>),
    /// A city that has the name of its province, by the number of the province.
    CityOf(u8),
    /// A known place without a code.
    Known,
    Country,
    /// A name that begins with a place's name and is not a place. [`scan`] returns none.
    NoPlace,
}

/// A mention, with its place in the text.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) mention: Mention,
    gap: Gap,
}

/// The most words of a name, with words such as `Thành phố`.
const MOST_WORDS: usize = 8;

/// The places that a clean text names, in order.
pub(super) fn scan(text: &str, finder: &mut ProvinceFinder) -> Vec<Found> {
    let words = words(text);
    let mut all = Vec::new();
    let mut gap = Gap::None;
    let (mut at, mut is_street, mut is_name) = (0, false, false);
    while at < words.len() {
        let word = words[at];
        if word.gap > Gap::None {
            (is_street, is_name) = (false, false);
            gap = if word.gap > gap { word.gap } else { gap };
        }
        let is_other = is_street || std::mem::take(&mut is_name);
        if !is_other && let Some((next, mention)) = longest(text, &words, at, finder) {
            if mention != Mention::NoPlace {
                all.push(Found {
                    start: word.start,
                    end: words[next - 1].end,
                    mention,
                    gap: std::mem::replace(&mut gap, Gap::None),
                });
            }
            at = next;
            continue;
        }
        is_street |= begins_street(text, &words, at, finder);
        is_name = begins_name(&text[word.start..word.end], finder);
        at += 1;
    }
    name_cities(&mut all, finder);
    drop_wards(&mut all, finder);
    all
}

/// The longest name that begins at a word, with the word after it.
fn longest(
    text: &str,
    words: &[TextWord],
    at: usize,
    finder: &mut ProvinceFinder,
) -> Option<(usize, Mention)> {
    let first = &text[words[at].start..words[at].end];
    if first.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let most = words.len().min(at + MOST_WORDS);
    // Most items are a province and nothing else.
    let item = (at + 1..most).find(|next| words[*next].gap > Gap::Dash);
    let end = item.unwrap_or(most);
    if let Some(province) = finder.look_up(&text[words[at].start..words[end - 1].end])
        && (item.is_some() || end == words.len())
    {
        return Some((end, Mention::Province(province)));
    }
    let of = |word: &TextWord| key(&text[word.start..word.end]);
    let mut letters = key::letters(&key(first));
    if !finder.rules().may_begin(&letters) {
        return None;
    }
    let mut last = at;
    let mut is_ended = false;
    while last + 1 < most && words[last + 1].gap <= Gap::Dash {
        let next = of(&words[last + 1]);
        letters.push_str(&key::letters(&next));
        is_ended |= !finder.rules().may_begin(&letters);
        if is_ended && !PlaceRules::ends_name(&next) {
            break;
        }
        last += 1;
    }
    for last in (at..=last).rev() {
        let name = &text[words[at].start..words[last].end];
        let Some(mention) = mention(name, finder) else {
            continue;
        };
        let follower = words.get(last + 1).filter(|word| word.gap == Gap::None);
        let is_longer = follower.is_some_and(|word| {
            let text = &text[word.start..];
            finder
                .rules()
                .words
                .ends_street(&text[..word.end - word.start])
                || matches!(mention, Mention::District(_)) && continues_name(text, finder)
        });
        if !is_longer {
            return Some((last + 1, mention));
        }
    }
    None
}

/// Whether the text after a district is a part of a longer name: `Phú Mỹ Hưng`, but not `Cầu Giấy Hà Nội`.
fn continues_name(text: &str, finder: &mut ProvinceFinder) -> bool {
    let is_end = |c: char| !is_alphanumeric(c);
    let ends = text.match_indices(is_end).map(|(end, _)| end);
    let is_name = |end: usize| {
        let name = &text[..end];
        finder.look_up(name).is_some() || finder.other(name).is_some()
    };
    text.starts_with(char::is_uppercase) && !ends.chain([text.len()]).take(MOST_WORDS).any(is_name)
}

/// The place that a text names, if it names nothing else.
fn mention(name: &str, finder: &mut ProvinceFinder) -> Option<Mention> {
    if let Some(province) = finder.look_up(name) {
        return Some(Mention::Province(province));
    }
    finder.other(name).map(|other| match other {
        OtherName::Known => Mention::Known,
        OtherName::Country => Mention::Country,
        OtherName::NoPlace => Mention::NoPlace,
        OtherName::District(numbers) => Mention::District(numbers.clone()),
    })
}

/// Whether a province's name right after a word is part of another name: of an address or of a person.
pub(super) fn begins_name(word: &str, finder: &ProvinceFinder) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || finder.rules().words.begins_name(word)
}

/// Whether the words after a word, up to the next sign, are the name of a street or a ward.
fn begins_street(text: &str, words: &[TextWord], at: usize, finder: &ProvinceFinder) -> bool {
    let of = |word: &TextWord| &text[word.start..word.end];
    // `Thành phố` and `Thị xã` are not streets and communes.
    let is_town = at > 0 && {
        let before = crate::text::fold(of(&words[at - 1]));
        matches!(before.as_str(), "thành" | "thanh" | "thị" | "thi")
    };
    !is_town && finder.rules().words.begins_street(of(&words[at]))
}

/// Step 4.
fn name_cities(all: &mut [Found], finder: &ProvinceFinder) {
    let mut before = None;
    for found in all {
        let Mention::Province(province) = found.mention else {
            continue;
        };
        if before == Some(province) && found.gap == Gap::Colon && !finder.is_central_city(province)
        {
            found.mention = Mention::CityOf(province);
        }
        before = Some(province);
    }
}

/// Step 5.
fn drop_wards(all: &mut Vec<Found>, finder: &ProvinceFinder) {
    let mut is_ward = vec![false; all.len()];
    let mut start = 0;
    while start < all.len() {
        let is_end = |found: &Found| found.gap == Gap::End;
        let end = all[start + 1..].iter().position(is_end);
        let end = end.map_or(all.len(), |at| start + 1 + at);
        if let [before @ .., province, country] = &all[start..end]
            && country.mention == Mention::Country
            && let Mention::Province(last) = province.mention
        {
            for (found, is_ward) in before.iter().zip(&mut is_ward[start..]) {
                *is_ward = matches!(found.mention, Mention::Province(other)
                    if other != last && !finder.is_central_city(other));
            }
        }
        start = end;
    }
    let mut is_ward = is_ward.into_iter();
    all.retain(|_| is_ward.next() == Some(false));
}

/// The words of a text.
fn words(text: &str) -> Vec<TextWord> {
    let mut words: Vec<TextWord> = Vec::with_capacity(8);
    let mut gap = Gap::None;
    let mut start = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if is_alphanumeric(c) {
            // A dash separates only with a space beside it.
            start.get_or_insert(at);
            before = c;
            continue;
        }
        if let Some(start) = start.take() {
            words.push(TextWord {
                start,
                end: at,
                gap,
            });
            gap = Gap::None;
        }
        let found = match c {
            ';' | '\n' => Gap::End,
            ':' => Gap::Colon,
            ',' | '&' | '/' | '|' | '(' | ')' | '[' | ']' | '+' => Gap::Sign,
            '–' | '—' => Gap::Dash,
            '-' if before == ' ' || text[at + 1..].starts_with(' ') => Gap::Dash,
            _ => Gap::None,
        };
        if found > gap {
            gap = found;
        }
        before = c;
    }
    if let Some(start) = start {
        words.push(TextWord {
            start,
            end: text.len(),
            gap,
        });
    }
    words
}
