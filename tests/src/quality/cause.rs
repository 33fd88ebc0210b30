//! Classifies the difference between the result of the pipeline and a label.

use std::fmt;

use serde_json::Value;

/// The class of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The posting was rejected.
    Rejected,
    /// The pipeline found no value.
    NotFound,
    /// The pipeline found a value, and the posting has none.
    NotStated,
    /// Another value.
    OtherValue,
    /// Two companies have one key.
    MergedCompanies,
    /// One company has two keys.
    DividedCompany,
    /// The rules left words that should be dropped.
    KeptTooMuch,
    /// The rules dropped words that should stay.
    CutTooMuch,
    /// Both: another part of the text stayed.
    OtherPart,
    /// Equal words in another order.
    Order,
    /// Equal letters in another case.
    Case,
    /// Equal letters with other spaces.
    Spacing,
    /// Equal words with other signs between or after them.
    Signs,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rejected => "rejected",
            Self::NotFound => "a value was not found",
            Self::NotStated => "a value that the posting does not state",
            Self::OtherValue => "another value",
            Self::MergedCompanies => "two companies have one key",
            Self::DividedCompany => "one company has two keys",
            Self::KeptTooMuch => "kept too much",
            Self::CutTooMuch => "cut too much",
            Self::OtherPart => "kept one part and cut another",
            Self::Order => "other order",
            Self::Case => "other case",
            Self::Spacing => "other spacing",
            Self::Signs => "other signs",
        })
    }
}

/// How a value and a label differ.
#[derive(Debug)]
pub struct Difference {
    /// The class.
    pub cause: Cause,
    /// Words of a text that should be dropped.
    pub kept: Vec<String>,
    /// Words of a text that should stay.
    pub cut: Vec<String>,
}

impl From<Cause> for Difference {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            kept: Vec::new(),
            cut: Vec::new(),
        }
    }
}

impl Difference {
    /// The difference between two texts.
    pub(super) fn of_texts(got: &str, wanted: &str) -> Self {
        let close = |text: &str| text.split_whitespace().collect::<String>();
        if close(got) == close(wanted) {
            return Cause::Spacing.into();
        }
        if got.to_lowercase() == wanted.to_lowercase() {
            return Cause::Case.into();
        }
        let (have, want) = (words(got), words(wanted));
        if have == want {
            return Cause::Signs.into();
        }
        let (mut sorted, mut wanted_sorted) = (have.clone(), want.clone());
        sorted.sort_unstable();
        wanted_sorted.sort_unstable();
        if sorted == wanted_sorted {
            return Cause::Order.into();
        }
        let common = common(&have, &want);
        let kept = runs(&have, |at| common.iter().all(|(left, _)| *left != at));
        let cut = runs(&want, |at| common.iter().all(|(_, right)| *right != at));
        let cause = match (kept.is_empty(), cut.is_empty()) {
            (false, true) => Cause::KeptTooMuch,
            (true, false) => Cause::CutTooMuch,
            _ => Cause::OtherPart,
        };
        Self { cause, kept, cut }
    }
}

impl Cause {
    /// The class of a wrong answer to the question whether two names are one company.
    pub(super) fn of_pair(is_one_company: bool) -> Self {
        if is_one_company {
            Self::DividedCompany
        } else {
            Self::MergedCompanies
        }
    }

    /// The class of the difference between two values that are not texts.
    pub(super) fn of_values(got: &Value, wanted: &Value) -> Self {
        let is_empty = |value: &Value| {
            value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty)
        };
        if is_empty(got) {
            Self::NotFound
        } else if is_empty(wanted) {
            Self::NotStated
        } else {
            Self::OtherValue
        }
    }
}

/// The words of a text: their letters and digits, in lower case.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The longest common subsequence, as pairs of positions.
fn common(left: &[String], right: &[String]) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0_usize; right.len() + 1]; left.len() + 1];
    for (i, a) in left.iter().enumerate().rev() {
        for (j, b) in right.iter().enumerate().rev() {
            longest[i][j] = if a == b {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < left.len() && j < right.len() {
        if left[i] == right[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Joins chosen words that are next to each other.
fn runs(words: &[String], chosen: impl Fn(usize) -> bool) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut before = false;
    for (at, word) in words.iter().enumerate() {
        let now = chosen(at);
        match runs.last_mut() {
            Some(run) if now && before => {
                run.push(' ');
                run.push_str(word);
            }
            _ if now => runs.push(word.clone()),
            _ => {}
        }
        before = now;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::{Cause, Difference};

    #[test]
    fn the_difference_between_two_texts_has_a_cause() {
        for (got, wanted, cause, kept, cut) in [
            ("Kế Toán Gấp", "Kế Toán", Cause::KeptTooMuch, "gấp", ""),
            ("Kế Toán", "Kế Toán (SAP)", Cause::CutTooMuch, "", "sap"),
            (
                "Hà Nội",
                "Kế Toán Trưởng",
                Cause::OtherPart,
                "hà nội",
                "kế toán trưởng",
            ),
            ("Trưởng Kế Toán", "Kế Toán Trưởng", Cause::Order, "", ""),
            ("Abc AI", "ABC Ai", Cause::Case, "", ""),
            ("Java, C", "Java - C", Cause::Signs, "", ""),
            ("Kho(Nam)", "Kho (Nam)", Cause::Spacing, "", ""),
        ] {
            let found = Difference::of_texts(got, wanted);
            assert_eq!(
                (found.cause, &*found.kept.join("|"), &*found.cut.join("|")),
                (cause, kept, cut),
                "{got} for {wanted}"
            );
        }
    }
}
