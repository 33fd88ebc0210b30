//! The province and the district that an address names.
//!
//! An address goes from the narrow place to the wide one, so its items are read from the last one:
//!
//! 1. The last item that is a province: `…, Cầu Giấy, Hà Nội, Việt Nam`.
//! 2. The last item that ends with a province: `Lý Thường Kiệt Hà Nội`, but not `Xa lộ Hà Nội`.
//! 3. The last item that is a district whose name exists in one province alone: `Phường 6, Quận Tân Bình`.
//!
//! The district is the last one of that province.

use memchr::memchr;

use super::finder::ProvinceFinder;
use super::parts::only_province;
use super::scan::begins_name;
use crate::rules::place::districts::Districts;
use crate::rules::place::key::{key, last_word, words};
use crate::text::letters::is_alphanumeric;

/// The province and the district of an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct AddressParts {
    pub(super) province: Option<u8>,
    pub(super) district: Option<u16>,
}

/// The most items of an address that are read, from its end.
const MOST_ITEMS: usize = 16;

/// Reads an address. `within` is its province, if that is known.
pub(super) fn read(address: &str, within: Option<u8>, finder: &mut ProvinceFinder) -> AddressParts {
    let mut room = [""; MOST_ITEMS];
    let items = last_items(address, &mut room);
    let mut province = within;
    if province.is_none() {
        province = items
            .iter()
            .find_map(|item| finder.look_up(without_number(item)));
    }
    if province.is_none() {
        for item in &mut *items {
            if let Some((start, found)) = ending_province(item, finder) {
                province = Some(found);
                *item = item[..start].trim_end();
                break;
            }
        }
    }
    for item in items {
        let (numbers, districts) = districts(item, finder);
        let wanted = province.or_else(|| only_province(numbers, districts));
        let Some(wanted) = wanted else { continue };
        let mut numbers = numbers.iter().copied();
        let district = numbers.find(|number| districts.district(*number).province == wanted);
        if district.is_some() {
            return AddressParts {
                province: Some(wanted),
                district,
            };
        }
    }
    AddressParts {
        province,
        district: None,
    }
}

/// The provinces of a text that is a list of provinces and nothing else: `Bến Tre, Trà Vinh`. Empty for an address.
pub(super) fn list(text: &str, finder: &mut ProvinceFinder) -> Vec<u8> {
    let mut provinces = Vec::new();
    for item in items(text) {
        match finder.look_up(item) {
            Some(province) if !provinces.contains(&province) => provinces.push(province),
            Some(_) => {}
            None => return Vec::new(),
        }
    }
    if provinces.len() < 2 {
        provinces.clear();
    }
    provinces
}

/// The most words of a province's name at the end of an item.
const MOST_WORDS: usize = 6;

/// The province that ends an item, with its start: `near Hanoi`, `District 1 Ho Chi Minh City`.
fn ending_province(item: &str, finder: &mut ProvinceFinder) -> Option<(usize, u8)> {
    let item = without_number(item);
    let mut starts = Vec::with_capacity(MOST_WORDS);
    let mut rest = item;
    while starts.len() < MOST_WORDS
        && let Some((start, _)) = last_word(rest)
    {
        starts.push(start);
        rest = &item[..start];
    }
    // The longest name comes first.
    let found = starts.into_iter().rev().find_map(|start| {
        let province = finder.look_up(&item[start..])?;
        Some((start, province))
    });
    let (start, province) = found?;
    let before = last_word(&item[..start]).map(|(_, word)| word);
    let is_name = before.is_some_and(|word| {
        // `Quận 1 Hồ Chí Minh`: a number ends the name of a district or a ward.
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        !is_number && begins_name(word, finder) || finder.rules().words.begins_street(&key(word))
    });
    (!is_name).then_some((start, province))
}

/// The districts that an item names, or that its last part names: `12 Lê Lợi Quận Phú Nhuận`.
fn districts<'a>(item: &str, finder: &'a mut ProvinceFinder) -> (&'a [u16], &'a Districts) {
    // Most items are a ward or a house with its street.
    let first = words(item).next().unwrap_or_default();
    if matches!(first, "Phường" | "Xã" | "phường" | "xã")
        && !(memchr(b'Q', item.as_bytes()).is_some() && item.contains("Quận"))
    {
        return finder.no_districts();
    }
    if !finder.districts(item).0.is_empty() {
        return finder.districts(item);
    }
    let mut rest = item;
    while let Some((start, word)) = last_word(rest) {
        if start > 0 && matches!(word, "Quận" | "quận" | "Huyện" | "huyện" | "Q" | "District")
        {
            return finder.districts(&item[start..]);
        }
        rest = &item[..start];
    }
    finder.no_districts()
}

/// An item without a number at its end, such as a postal code.
fn without_number(item: &str) -> &str {
    match last_word(item) {
        Some((start, word))
            if start > 0 && word.len() > 2 && word.bytes().all(|b| b.is_ascii_digit()) =>
        {
            item[..start].trim_end()
        }
        _ => item,
    }
}

/// The last items of an address, the last one first.
fn last_items<'a, 'room>(
    address: &'a str,
    room: &'room mut [&'a str; MOST_ITEMS],
) -> &'room mut [&'a str] {
    let mut count = 0;
    for item in items(address) {
        room[count % MOST_ITEMS] = item;
        count += 1;
    }
    if count > MOST_ITEMS {
        // The first of the last items was written after the others.
        room.rotate_left(count % MOST_ITEMS);
    }
    let items = &mut room[..count.min(MOST_ITEMS)];
    items.reverse();
    items
}

/// The signs that may end an item: by their bytes, or by the first byte if they are beyond ASCII.
const MAY_END: [bool; 256] = {
    let mut may_end = [false; 256];
    let signs = b",;()[]|:-.";
    let mut at = 0;
    while at < signs.len() {
        may_end[signs[at] as usize] = true;
        at += 1;
    }
    // – and —
    may_end[0xE2] = true;
    may_end
};

/// The items of an address: the parts between commas, brackets, spaced dashes and full stops.
fn items(address: &str) -> impl Iterator<Item = &str> {
    let mut start = Some(0);
    let parts = std::iter::from_fn(move || {
        let from = start?;
        let mut at = from;
        while let Some(found) = address.as_bytes()[at..]
            .iter()
            .position(|byte| MAY_END[usize::from(*byte)])
        {
            at += found;
            let sign = address[at..].chars().next()?;
            let next = at + sign.len_utf8();
            let is_end = match sign {
                ',' | ';' | '(' | ')' | '[' | ']' | '|' | ':' | '–' | '—' => true,
                '-' => address[..at].ends_with(' ') || address[next..].starts_with(' '),
                '.' => ends_sentence(&address[..at], &address[next..]),
                _ => false,
            };
            if is_end {
                start = Some(next);
                return Some(&address[from..at]);
            }
            at = next;
        }
        start = None;
        Some(&address[from..])
    });
    parts.map(str::trim).filter(|item| {
        let first = item.as_bytes().first();
        first.is_some_and(u8::is_ascii_alphanumeric) || item.contains(is_alphanumeric)
    })
}

/// Whether a full stop ends an item: `Tân Mai. Hoàng Mai`, but not `TP. Vinh` and not `Dist. 12`.
fn ends_sentence(before: &str, after: &str) -> bool {
    let after = after.trim_start_matches(' ');
    !after.starts_with(|c: char| c.is_ascii_digit())
        && last_word(before).is_some_and(|(_, word)| word.chars().count() > 2)
}
