//! The numbers of a demand for experience.

use std::ops::Range;

use crate::facts::words::Words;

/// The numbers before a unit.
pub(super) struct Numbers {
    pub(super) low: Option<Number>,
    pub(super) high: Option<Number>,
    pub(super) words: Range<usize>,
}

/// A number of years or months.
#[derive(Clone, Copy)]
pub(super) struct Number {
    value: f64,
    /// Whether a unit of its own says months; `None`: the unit of the range counts.
    pub(super) months: Option<bool>,
}

impl Number {
    pub(super) fn at(text: &Words<'_>, index: usize) -> Option<Self> {
        let value = text.number(index)?;
        Some(Self {
            value,
            months: None,
        })
    }

    /// The number in years, with two decimals.
    pub(super) fn years(self, months: bool) -> f64 {
        if self.months.unwrap_or(months) {
            (self.value / 12.0 * 100.0).round() / 100.0
        } else {
            self.value
        }
    }
}
