//! Parses a salary under the rule set `v1`: as the Python pipeline did, with its defects.

use super::amount::Amount;
use super::options::{V1_LONGEST, V1_LONGEST_NUMBER};
use super::patterns::V1_FORMS;
use super::rates::Rates;
use super::record::{Salary, SalaryType, SalaryWarning};

/// Parses a salary.
pub(super) fn parse(text: &str, rates: &Rates) -> Salary {
    if text.len() > V1_LONGEST.into() {
        return negotiable(Some(SalaryWarning::Unparsed));
    }
    let has_hyphen = text.contains('-');
    // The Python pipeline did not search a text with a hyphen for a single amount.
    let mut forms = V1_FORMS
        .iter()
        .filter(|form| form.kind != "amount" || !has_hyphen);
    let found = forms.find_map(|form| Some((form, form.pattern.groups(text)?)));
    let Some((form, bounds)) = found else {
        return negotiable(None);
    };
    // In USD, a comma separates thousands. In million VND, it is a decimal mark.
    let is_usd = form.unit == "usd";
    let number = |group| {
        let digits: &str = bounds.get(group)?;
        Some(digits.replace(',', if is_usd { "" } else { "." }))
    };
    let (mut low, mut high) = (number(1).unwrap_or_default(), number(2));
    if form.kind == "upto" {
        high = Some(std::mem::replace(&mut low, "0".to_owned()));
    }
    let high = high.unwrap_or_else(|| low.clone());
    let read = |digits: &str| {
        let amount = Amount::read(digits).filter(|_| digits.len() <= V1_LONGEST_NUMBER.into())?;
        Some(if is_usd {
            amount
                .times(&rates.v1_usd)
                .divided_by(&Amount::whole(1_000_000))
        } else {
            amount
        })
    };
    // The Python pipeline failed on a text that cannot be cast to numeric.
    let (Some(min), Some(max)) = (read(&low), read(&high)) else {
        return negotiable(Some(SalaryWarning::Unparsed));
    };
    let max = if max.is_zero() { min.clone() } else { max };
    Salary {
        min: Some(min),
        max: Some(max),
        ..Salary::without_bounds(
            match form.kind {
                "upto" => SalaryType::Upto,
                "from" => SalaryType::From,
                _ => SalaryType::Range,
            },
            None,
        )
    }
}

fn negotiable(warning: Option<SalaryWarning>) -> Salary {
    let zero = || Some(Amount::whole(0));
    Salary {
        min: zero(),
        max: zero(),
        ..Salary::without_bounds(SalaryType::Negotiable, warning)
    }
}
