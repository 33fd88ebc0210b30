//! The parser of one rule set.

use super::options::SalaryOptions;
use super::rates::Rates;
use super::record::Salary;
use super::{standard, v1};
use crate::RuleSet;

/// Parses salaries under one rule set.
#[derive(Debug)]
pub struct SalaryParser {
    rules: RuleSet,
    rates: Rates,
}

impl SalaryParser {
    /// A parser with these options. An option that is not a number from 0 to [`super::LARGEST_OPTION`] has its default.
    pub fn new(rules: RuleSet, options: &SalaryOptions) -> Self {
        Self {
            rules,
            rates: Rates::of(options),
        }
    }

    /// Parses a salary. A missing salary is an empty text.
    pub fn parse(&self, text: &str) -> Salary {
        match self.rules {
            RuleSet::Standard => standard::parse(text, &self.rates),
            RuleSet::V1 => v1::parse(text, &self.rates),
        }
    }

    /// Parses the pay that a title names. Both rule sets parse it under the rule set `standard`.
    pub fn parse_title(&self, pay: &str) -> Salary {
        standard::parse(pay, &self.rates)
    }
}
