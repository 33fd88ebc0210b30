//! Classifies the difference between the result of the rules and a label.

use std::fmt;

/// The class of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
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

impl Cause {
    /// The class of a difference, with the runs of words that should be dropped and that should stay.
    pub(crate) fn find(got: &str, wanted: &str) -> (Self, Vec<String>, Vec<String>) {
        let none = |cause| (cause, Vec::new(), Vec::new());
        let close = |text: &str| text.split_whitespace().collect::<String>();
        if close(got) == close(wanted) {
            return none(Self::Spacing);
        }
        if got.to_lowercase() == wanted.to_lowercase() {
            return none(Self::Case);
        }
        let (have, want) = (words(got), words(wanted));
        if have == want {
            return none(Self::Signs);
        }
        let (mut sorted, mut wanted_sorted) = (have.clone(), want.clone());
        sorted.sort_unstable();
        wanted_sorted.sort_unstable();
        if sorted == wanted_sorted {
            return none(Self::Order);
        }
        let common = common(&have, &want);
        let kept = runs(&have, |at| common.iter().all(|(left, _)| *left != at));
        let cut = runs(&want, |at| common.iter().all(|(_, right)| *right != at));
        let cause = match (kept.is_empty(), cut.is_empty()) {
            (false, true) => Self::KeptTooMuch,
            (true, false) => Self::CutTooMuch,
            _ => Self::OtherPart,
        };
        (cause, kept, cut)
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
