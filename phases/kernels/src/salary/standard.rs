//! Parses a salary under the rule set `standard`: the same steps as the SQL function `salary_parts_standard`.

use super::marks::marks;
use super::options::LONGEST;
use super::parts::Parts;
use super::rates::Rates;
use super::record::{Salary, SalaryType, SalaryWarning};

/// Parses a salary.
pub(super) fn parse(text: &str, rates: &Rates) -> Salary {
    // 1. A text without a digit has no amount, so the salary is negotiable ("Cạnh tranh", "Hấp dẫn", "Theo năng lực").
    if !text.contains(|c: char| c.is_ascii_digit() || matches!(c, '０'..='９')) {
        return Salary::without_bounds(SalaryType::Negotiable, None);
    }
    // A longer text has the salary at its beginning, or it is not a salary.
    let end = text.char_indices().nth(LONGEST.into());
    let source = &text[..end.map_or(text.len(), |(at, _)| at)];
    // 2. Match the text. If it does not match, separate the words that a crawler joined ("monthlyBenefits"), and match again.
    let marked = marks(source);
    let read = match Parts::of(&marked) {
        Some(parts) => parts.read(rates),
        None => separated(source).and_then(|source| Parts::of(&marks(&source))?.read(rates)),
    };
    read.unwrap_or_else(|| {
        Salary::without_bounds(SalaryType::Unknown, Some(SalaryWarning::Unparsed))
    })
}

/// Adds a space before each capital letter that follows a small one. Returns `None` if the text has no such letter.
fn separated(source: &str) -> Option<String> {
    let is_joint = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    let joints = source.as_bytes().windows(2).enumerate();
    let joints = joints.filter(|(_, pair)| is_joint(pair));
    let mut out = String::new();
    let mut from = 0;
    for (at, _) in joints {
        out.push_str(&source[from..=at]);
        out.push(' ');
        from = at + 1;
    }
    out.push_str(&source[from..]);
    (from > 0).then_some(out)
}
