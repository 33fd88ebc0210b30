//! The years of experience that a title asks for.
//!
//! 1. A phrase such as `không yêu cầu kinh nghiệm` is zero years.
//! 2. Else the first number with a unit counts that stands in a demand: the word `kinh nghiệm`, a bound (`từ`, `trên`, `+`)
//!    or, for years, the unit alone in English (`2Year`, `3 YOE`). Months always need the word `kinh nghiệm`, because a
//!    contract has months as well.
//! 3. A wish (`ưu tiên`) is not a demand, unless a word such as `bắt buộc` takes it back.
//!
//! Example: `Từ 1 Đến 3 Năm Kinh Nghiệm` is 1 to 3 years, `Dưới 1 Năm Kinh Nghiệm` at most one, `6 Tháng KN` half a year.

use std::ops::Range;

use super::number::{Number, Numbers};
use crate::facts::gap::WordGap;
use crate::facts::rules::phrases::Hit;
use crate::facts::words::Words;

/// The meaning of a phrase of the table in a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExperiencePart {
    /// The title asks for no experience.
    None,
    /// A unit of Vietnamese, and of English, that needs more than a number.
    Years,
    /// A unit that is a demand by itself.
    YearsOfExperience,
    Months,
    /// Experience.
    Experience,
    /// The number is the least.
    Least,
    /// The number is the most.
    Most,
    /// The number before is the least.
    AndMore,
    /// Between the two numbers of a range.
    To,
    /// A wish follows.
    Wish,
    /// A demand follows.
    Demand,
    /// The number behind or before it is not about experience.
    Other,
}

/// The longest experience that a title asks for. A larger number is something else, such as the age of a company.
const MOST_YEARS: f64 = 30.0;
/// The most words between a number and the word that makes it a demand.
const NEAR: usize = 6;

impl ExperiencePart {
    pub(crate) fn read(value: &str) -> Result<Self, String> {
        Ok(match value {
            "none" => Self::None,
            "years" => Self::Years,
            "years_of_experience" => Self::YearsOfExperience,
            "months" => Self::Months,
            "experience" => Self::Experience,
            "least" => Self::Least,
            "most" => Self::Most,
            "and_more" => Self::AndMore,
            "to" => Self::To,
            "wish" => Self::Wish,
            "demand" => Self::Demand,
            "other" => Self::Other,
            _ => {
                return Err("the value is none, years, years_of_experience, months, experience, least, most, and_more, to, wish, demand or other".to_owned());
            }
        })
    }
}

/// The experience that a title asks for, in years, and the words that say so.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Experience {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) words: Range<usize>,
    /// The lines of the table.
    pub(crate) lines: Vec<usize>,
}

/// The experience that a title asks for.
pub(crate) fn experience<'a>(
    text: &Words<'_>,
    hits: impl Iterator<Item = &'a Hit>,
    parts: &[ExperiencePart],
) -> Option<Experience> {
    let title = Title {
        text,
        hits: hits
            .filter_map(|hit| Some((*parts.get(hit.value)?, hit)))
            .collect(),
    };
    if let Some((_, hit)) = title
        .hits
        .iter()
        .find(|(part, _)| *part == ExperiencePart::None)
    {
        return Some(Experience {
            min: Some(0.0),
            max: None,
            words: hit.words.clone(),
            lines: vec![hit.line],
        });
    }
    (0..title.hits.len()).find_map(|unit| title.demand(unit))
}

struct Title<'a> {
    text: &'a Words<'a>,
    hits: Vec<(ExperiencePart, &'a Hit)>,
}

impl Title<'_> {
    /// The demand of which this phrase is the unit.
    fn demand(&self, unit: usize) -> Option<Experience> {
        let (part, hit) = self.hits[unit];
        let months = match part {
            ExperiencePart::Years | ExperiencePart::YearsOfExperience => false,
            ExperiencePart::Months => true,
            _ => return None,
        };
        let numbers = self.numbers(hit.words.start)?;
        let (start, end) = (numbers.words.start, hit.words.end);
        if self.is_low_end(end) {
            return None;
        }
        let before = self.before(start);
        let after = self.after(end);
        let is_before = |part| before.iter().any(|(found, _)| *found == part);
        let is_after = |part| after.iter().any(|(found, _)| *found == part);
        let is_asked =
            is_before(ExperiencePart::Experience) || is_after(ExperiencePart::Experience);
        if !is_asked && self.is_other(start, end) || self.is_wish(start) {
            return None;
        }
        let gap = |index| self.text.gap(index);
        let is_most = is_before(ExperiencePart::Most) || gap(start).has(WordGap::LESS);
        let is_bounded = is_most
            || is_before(ExperiencePart::Least)
            || is_before(ExperiencePart::Demand)
            || is_after(ExperiencePart::AndMore)
            || gap(hit.words.start).has(WordGap::PLUS)
            || gap(end).has(WordGap::PLUS);
        let is_english = self.text.get(hit.words.start).starts_with('y');
        let is_demand = is_asked
            || part == ExperiencePart::YearsOfExperience
            || !months && (is_bounded || is_english);
        if !is_demand {
            return None;
        }
        let [low, high] = [numbers.low, numbers.high].map(|number| number.map(|n| n.years(months)));
        let (min, max) = match (low, high) {
            (Some(low), Some(high)) => (Some(low), Some(high)),
            (Some(one), None) if is_most => (None, Some(one)),
            (one, _) => (one, None),
        };
        let is_plausible = |years: Option<f64>| years.is_none_or(|years| years <= MOST_YEARS);
        let mut lines: Vec<usize> = before
            .iter()
            .chain(&after)
            .map(|(_, hit)| hit.line)
            .collect();
        lines.push(hit.line);
        lines.sort_unstable();
        lines.dedup();
        let first = before.iter().map(|(_, hit)| hit.words.start).min();
        let last = after.iter().map(|(_, hit)| hit.words.end).max();
        (is_plausible(min) && is_plausible(max)).then_some(Experience {
            min,
            max,
            words: first.unwrap_or(start)..last.unwrap_or(end),
            lines,
        })
    }

    /// The number or the range of numbers before a unit.
    fn numbers(&self, unit: usize) -> Option<Numbers> {
        let last = unit.checked_sub(1)?;
        let high = Number::at(self.text, last)?;
        if self.text.gap(unit).has(WordGap::END) || self.text.gap(unit).has(WordGap::OPEN) {
            return None;
        }
        let single = Numbers {
            low: Some(high),
            high: None,
            words: last..unit,
        };
        let is_dash = self.text.gap(last).has(WordGap::DASH);
        let is_to = last > 0 && self.is(ExperiencePart::To, last - 1);
        let Some(end) = last.checked_sub(usize::from(is_to)) else {
            return Some(single);
        };
        if !is_dash && !is_to {
            return Some(single);
        }
        // The lower number may have a unit of its own: `6 tháng - 1 năm`.
        let own_unit = end.checked_sub(1).filter(|unit| {
            self.is(ExperiencePart::Months, *unit) || self.is(ExperiencePart::Years, *unit)
        });
        let place = own_unit.unwrap_or(end).checked_sub(1);
        let low = place.and_then(|place| Some((place, Number::at(self.text, place)?)));
        let Some((place, mut low)) = low else {
            return Some(single);
        };
        low.months = own_unit.map(|unit| self.is(ExperiencePart::Months, unit));
        Some(Numbers {
            low: Some(low),
            high: Some(high),
            words: place..unit,
        })
    }

    fn is(&self, part: ExperiencePart, word: usize) -> bool {
        self.hits
            .iter()
            .any(|(found, hit)| *found == part && hit.words.contains(&word))
    }

    /// The phrases before a number, in the same part of the title.
    fn before(&self, number: usize) -> Vec<(ExperiencePart, &Hit)> {
        let first = (0..=number)
            .rev()
            .find(|index| {
                let gap = self.text.gap(*index);
                gap.has(WordGap::COMMA)
                    || gap.has(WordGap::BAR)
                    || gap.has(WordGap::OPEN)
                    || gap.has(WordGap::CLOSE)
                    || gap.has(WordGap::SPACED_DASH)
            })
            .unwrap_or(0)
            .max(number.saturating_sub(NEAR));
        let is_near = |hit: &Hit| hit.words.start >= first && hit.words.end <= number;
        let near = self.hits.iter().filter(|(_, hit)| is_near(hit));
        near.copied().collect()
    }

    /// The phrases behind a unit, in the same part of the title.
    fn after(&self, end: usize) -> Vec<(ExperiencePart, &Hit)> {
        let limit = self.text.len().min(end + NEAR);
        let last = (end..limit)
            .find(|index| {
                let gap = self.text.gap(*index);
                gap.has(WordGap::END) || gap.has(WordGap::OPEN)
            })
            .unwrap_or(limit);
        let is_near = |hit: &Hit| hit.words.start >= end && hit.words.end <= last;
        let near = self.hits.iter().filter(|(_, hit)| is_near(hit));
        near.copied().collect()
    }

    /// Whether a range goes on behind this unit: `6 tháng - 1 năm`.
    fn is_low_end(&self, end: usize) -> bool {
        let number = if self.is(ExperiencePart::To, end) {
            end + 1
        } else {
            end
        };
        let is_unit = |word| {
            self.is(ExperiencePart::Years, word) || self.is(ExperiencePart::YearsOfExperience, word)
        };
        (number > end || self.text.gap(end).has(WordGap::DASH))
            && self.text.number(number).is_some()
            && is_unit(number + 1)
    }

    /// Whether a word right beside the number or the unit says that it is about something else.
    fn is_other(&self, number: usize, end: usize) -> bool {
        let is_beside = |hit: &Hit| {
            hit.words.end == number
                || hit.words.start == end && self.text.gap(end) == WordGap::SPACE
        };
        let mut others = self
            .hits
            .iter()
            .filter(|(part, _)| *part == ExperiencePart::Other);
        others.any(|(_, hit)| is_beside(hit))
    }

    /// Whether the last word about a demand before the number is a wish.
    fn is_wish(&self, number: usize) -> bool {
        let before = self.before(number);
        let mut demands = before
            .iter()
            .filter(|(part, _)| matches!(part, ExperiencePart::Wish | ExperiencePart::Demand));
        demands
            .next_back()
            .is_some_and(|(part, _)| *part == ExperiencePart::Wish)
    }
}
