//! Sorts the rules of titles, so that the rules that begin with a word are a range.

use std::cmp::Reverse;
use std::ops::Range;

use super::phrase::{PAY, Phrase, span};
use super::rule::{PlaceName, PlacePrefix, TitleRule, WordInfo};
use super::word_set::WordSet;
use super::words::{NUMBER, Word, flag};

/// The rules by their kind.
#[derive(Default)]
pub(super) struct RuleLists {
    pub(super) tails: Vec<TitleRule>,
    pub(super) leads: Vec<TitleRule>,
    pub(super) introductions: Vec<TitleRule>,
    pub(super) places: Vec<PlaceName>,
    pub(super) prefixes: Vec<PlacePrefix>,
}

/// Sorts all rules and returns, for each word, the ranges of the rules that begin with it. `flags` has one value a word.
pub(super) fn index(rules: &mut RuleLists, elements: &[Word], flags: &[u32]) -> Vec<WordInfo> {
    let first = |phrase: &Phrase| match elements[phrase.start as usize] {
        // An amount of money begins with a number, or with a dollar sign, which needs no rule.
        PAY => NUMBER,
        word => word,
    };
    // Longer phrases come first: `có lương` takes more than `có`.
    let order = |phrase: &Phrase| (first(phrase), Reverse(phrase.len()));
    rules.tails.sort_by_key(|rule| order(&rule.phrase));
    rules.leads.sort_by_key(|rule| order(&rule.phrase));
    rules
        .introductions
        .sort_by_key(|rule| Reverse(rule.phrase.len()));
    rules.places.sort_by_key(|place| order(&place.phrase));
    rules.prefixes.sort_by_key(|prefix| order(&prefix.phrase));
    let mut info: Vec<WordInfo> = flags
        .iter()
        .map(|flags| WordInfo {
            flags: *flags,
            ..WordInfo::default()
        })
        .collect();
    let tails = rules.tails.iter().map(|rule| first(&rule.phrase));
    group(&mut info, tails, flag::TAIL, |info| &mut info.tails);
    let leads = rules.leads.iter().map(|rule| first(&rule.phrase));
    group(&mut info, leads, flag::LEAD, |info| &mut info.leads);
    let places = rules.places.iter().map(|place| first(&place.phrase));
    group(&mut info, places, flag::PLACE, |info| &mut info.places);
    let prefixes = rules.prefixes.iter().map(|prefix| first(&prefix.phrase));
    group(&mut info, prefixes, flag::PREFIX, |info| &mut info.prefixes);
    // A number may be a part of a code, so it needs a closer look even if no rule begins with one.
    info[usize::from(NUMBER)].flags |= flag::TAIL;
    for rule in &rules.tails {
        let info = &mut info[usize::from(first(&rule.phrase))];
        info.seconds = info.seconds.or(rule.seconds);
    }
    for place in &rules.places {
        let second = match elements[span(&place.phrase)] {
            [_, second, ..] => WordSet::one(second),
            _ => WordSet::ALL,
        };
        let info = &mut info[usize::from(first(&place.phrase))];
        info.place_seconds = info.place_seconds.or(second);
    }
    info
}

/// Gives each first word the range of the sorted rules that begin with it.
fn group(
    info: &mut [WordInfo],
    firsts: impl Iterator<Item = Word>,
    flag: u32,
    range: impl Fn(&mut WordInfo) -> &mut Range<u32>,
) {
    for (at, first) in (0_u32..).zip(firsts) {
        let info = &mut info[usize::from(first)];
        info.flags |= flag;
        let range = range(info);
        if range.start == range.end {
            *range = at..at;
        }
        range.end = at + 1;
    }
}
