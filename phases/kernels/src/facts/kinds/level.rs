//! The level of a job.
//!
//! 1. A phrase with the condition `first` counts only as the head of the title: `Quản Lý Nhà Hàng`, not `Nhân Viên Quản Lý
//!    Chất Lượng`. Brackets and the words of `before` lines may stand before it.
//! 2. Behind a phrase with the condition `rest`, the same part of the title says nothing: `Trợ Lý Giám Đốc` assists a
//!    director, and is none.
//! 3. The highest level counts. Only beside a junior level, `Manager` is a function: `Project Manager Fresher` is a fresher.

use std::ops::Range;

use crate::facts::gap::WordGap;
use crate::facts::rules::line::{Condition, IGNORE};
use crate::facts::rules::phrases::Hit;
use crate::facts::words::Words;

/// The meaning of a line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// A level: its place in [`NAMES`].
    Named(usize),
    /// A manager of a matter, and not necessarily of people: `project manager`.
    Function,
    /// Words that may stand before the head of a title.
    Before,
    Ignored,
}

/// The levels, from the lowest to the highest.
pub(crate) const NAMES: [&str; 10] = [
    "intern",
    "fresher",
    "junior",
    "middle",
    "senior",
    "lead",
    "supervisor",
    "manager",
    "director",
    "executive",
];
/// The levels up to this one make a function of `Manager`.
const MIDDLE: usize = 3;
const MANAGER: usize = 7;

impl Level {
    pub(crate) fn read(value: &str) -> Result<Self, String> {
        match value {
            IGNORE => Ok(Self::Ignored),
            "before" => Ok(Self::Before),
            "function" => Ok(Self::Function),
            name => NAMES
                .iter()
                .position(|level| *level == name)
                .map(Self::Named)
                .ok_or_else(|| {
                    format!(
                        "a level is {}, function, before or ignore",
                        NAMES.join(", ")
                    )
                }),
        }
    }
}

/// The level that the phrases name, and the phrase that decides.
pub(crate) fn level<'a>(
    text: &Words<'_>,
    hits: impl Iterator<Item = &'a Hit> + Clone,
    levels: &[Level],
) -> Option<(&'static str, &'a Hit)> {
    let says = |hit: &Hit| levels.get(hit.value).copied().unwrap_or(Level::Ignored);
    let head = head(text, hits.clone().filter(|hit| says(hit) == Level::Before));
    let silent: Vec<Range<usize>> = hits
        .clone()
        .filter(|hit| hit.condition == Condition::Rest)
        .map(|hit| hit.words.end..end_of_part(text, hit.words.clone()))
        .collect();
    let named = hits.filter_map(|hit| {
        let start = hit.words.start;
        let is_silent = silent.iter().any(|part| part.contains(&start));
        if is_silent || hit.condition == Condition::First && start != head {
            return None;
        }
        match says(hit) {
            Level::Named(level) => Some((level, level, hit)),
            Level::Function => Some((MANAGER, 0, hit)),
            Level::Before | Level::Ignored => None,
        }
    });
    let named: Vec<(usize, usize, &Hit)> = named.collect();
    // Without the functions, and with them.
    let highest = |rank: fn(&(usize, usize, &'a Hit)) -> usize| {
        named
            .iter()
            .reduce(|best, next| if rank(next) > rank(best) { next } else { best })
    };
    let (with, without) = (highest(|hit| hit.0)?, highest(|hit| hit.1)?);
    let is_junior = named.iter().any(|hit| hit.0 <= MIDDLE);
    let (level, hit) = if is_junior && without.1 <= MIDDLE {
        (without.1, without.2)
    } else {
        (with.0, with.2)
    };
    // A function alone has the lowest rank, which is not its level.
    let hit = if level <= MIDDLE {
        named
            .iter()
            .find(|found| found.0 == level)
            .map_or(hit, |found| found.2)
    } else {
        hit
    };
    NAMES.get(level).map(|name| (*name, hit))
}

/// The first word of the title that is neither in brackets nor a word of `before`.
fn head<'a>(text: &Words<'_>, before: impl Iterator<Item = &'a Hit>) -> usize {
    let mut head = 0;
    let mut before = before.peekable();
    while head < text.len() {
        if let Some(hit) = before.next_if(|hit| hit.words.start <= head) {
            head = head.max(hit.words.end);
        } else if text.depth(head) > 0 {
            head += 1;
        } else {
            break;
        }
    }
    head
}

/// The end of the part of the title in which these words stand.
fn end_of_part(text: &Words<'_>, words: Range<usize>) -> usize {
    let depth = text.depth(words.start);
    (words.end..text.len())
        .find(|index| {
            let gap = text.gap(*index);
            let is_deeper = text.depth(*index) > depth;
            text.depth(*index) < depth
                || !is_deeper
                    && (gap.has(WordGap::SPACED_DASH)
                        || gap.has(WordGap::SLASH)
                        || gap.has(WordGap::COMMA)
                        || gap.has(WordGap::BAR))
        })
        .unwrap_or(text.len())
}
