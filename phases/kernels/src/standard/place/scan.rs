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
use super::text_words::{Gap, TextWords, words};
use crate::rules::place::key::{key, letters_into};
use crate::text::letters::is_alphanumeric;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) mention: Mention,
    pub(super) gap: Gap,
}

/// The most words of a name, with words such as `Thành phố`.
const MOST_WORDS: usize = 8;

/// The places that a clean text names, in order.
pub(super) fn scan(text: &str, finder: &mut ProvinceFinder) -> Vec<Found> {
    let mut words = words(text);
    let mut all = Vec::with_capacity(4);
    let mut letters = String::new();
    let mut gap = Gap::None;
    let (mut at, mut is_street, mut is_name) = (0, false, false);
    while at < words.all.len() {
        let word = words.all[at];
        if word.gap > Gap::None {
            (is_street, is_name) = (false, false);
            gap = if word.gap > gap { word.gap } else { gap };
        }
        let is_other = is_street || std::mem::take(&mut is_name);
        if !is_other && let Some((next, mention)) = longest(&mut words, at, &mut letters, finder) {
            if mention != Mention::NoPlace {
                all.push(Found {
                    start: word.start,
                    end: words.all[next - 1].end,
                    mention,
                    gap: std::mem::replace(&mut gap, Gap::None),
                });
            }
            at = next;
            continue;
        }
        is_street |= begins_street(&mut words, at, finder);
        is_name = begins_with_digit(words.text(at, at))
            || finder.rules().words.begins_name(words.key(at));
        at += 1;
    }
    name_cities(&mut all, finder);
    drop_wards(&mut all, finder);
    all
}

/// The longest name that begins at a word, with the word after it. `letters` is a buffer.
fn longest(
    words: &mut TextWords<'_>,
    at: usize,
    letters: &mut String,
    finder: &mut ProvinceFinder,
) -> Option<(usize, Mention)> {
    if begins_with_digit(words.text(at, at)) {
        return None;
    }
    let count = words.all.len();
    let most = count.min(at + MOST_WORDS);
    // Most items are a province and nothing else.
    let item = (at + 1..most).find(|next| words.all[*next].gap > Gap::Dash);
    let end = item.unwrap_or(most);
    if (item.is_some() || end == count)
        && let Some(province) = finder.look_up(words.text(at, end - 1))
    {
        return Some((end, Mention::Province(province)));
    }
    letters.clear();
    letters_into(words.key(at), letters);
    if !finder.rules().may_begin(letters) {
        return None;
    }
    let mut last = at;
    let mut is_ended = false;
    while last + 1 < most && words.all[last + 1].gap <= Gap::Dash {
        let next = words.key(last + 1);
        letters_into(next, letters);
        is_ended |= !finder.rules().may_begin(letters);
        if is_ended && !PlaceRules::ends_name(next) {
            break;
        }
        last += 1;
    }
    for last in (at..=last).rev() {
        let Some(mention) = mention(words.text(at, last), finder) else {
            continue;
        };
        let follower = words.all.get(last + 1).copied();
        let follower = follower.filter(|word| word.gap == Gap::None);
        let is_longer = follower.is_some_and(|word| {
            finder.rules().words.ends_street(words.key(last + 1))
                || matches!(mention, Mention::District(_))
                    && continues_name(&words.text[word.start..], finder)
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
    begins_with_digit(word) || finder.rules().words.begins_name(&key(word))
}

fn begins_with_digit(word: &str) -> bool {
    word.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// Whether the words after a word, up to the next sign, are the name of a street or a ward.
fn begins_street(words: &mut TextWords<'_>, at: usize, finder: &ProvinceFinder) -> bool {
    // `Thành phố` and `Thị xã` are not streets and communes.
    let is_town = |word: &str| matches!(word, "thành" | "thanh" | "thị" | "thi");
    finder.rules().words.begins_street(words.key(at)) && !(at > 0 && is_town(words.key(at - 1)))
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
    if all.len() < 3 {
        return;
    }
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
