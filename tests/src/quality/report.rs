//! The results of a file of labels, and how they are shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cause::{Cause, Difference};

/// How many labels are met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// The labels that are met.
    pub right: usize,
    /// All labels.
    pub labels: usize,
}

impl Score {
    /// The share of labels that are met.
    #[allow(clippy::cast_precision_loss)] // lines of a file
    pub fn percent(self) -> f64 {
        self.right as f64 / self.labels.max(1) as f64 * 100.0
    }

    fn count(&mut self, is_right: bool) {
        self.labels += 1;
        self.right += usize::from(is_right);
    }
}

/// A label that the pipeline does not meet.
#[derive(Debug)]
pub struct Miss {
    /// The column.
    pub column: &'static str,
    /// The raw values.
    pub given: String,
    /// The published value.
    pub got: String,
    /// The label.
    pub wanted: String,
    /// How they differ.
    pub difference: Difference,
    /// The labeller was not sure.
    pub is_unsure: bool,
}

/// The results of a column.
#[derive(Debug)]
pub struct FieldReport {
    /// The column.
    pub column: &'static str,
    /// The score of all labels.
    pub all: Score,
    /// The score of the labels of which the labeller was sure.
    pub sure: Score,
    /// The score by job board; empty if the labels have no keys of postings.
    pub boards: BTreeMap<&'static str, Score>,
}

impl FieldReport {
    pub(super) fn of(column: &'static str) -> Self {
        Self {
            column,
            all: Score::default(),
            sure: Score::default(),
            boards: BTreeMap::new(),
        }
    }

    /// Counts a label.
    pub(super) fn count(&mut self, is_right: bool, is_unsure: bool, board: Option<&'static str>) {
        self.all.count(is_right);
        if !is_unsure {
            self.sure.count(is_right);
        }
        if let Some(board) = board {
            self.boards.entry(board).or_default().count(is_right);
        }
    }
}

/// The results of a file of labels.
#[derive(Debug)]
pub struct Report {
    /// The name of the file.
    pub name: String,
    /// The results by column.
    pub fields: Vec<FieldReport>,
    /// The labels that are not met.
    pub misses: Vec<Miss>,
}

impl Report {
    /// The score of a column.
    ///
    /// # Panics
    /// The file has no label of the column.
    pub fn score(&self, column: &str) -> Score {
        let found = self.fields.iter().find(|field| field.column == column);
        found.expect("a column with labels").all
    }

    /// The misses of a cause.
    pub fn misses_by(&self, cause: Cause) -> impl Iterator<Item = &Miss> {
        self.misses
            .iter()
            .filter(move |miss| miss.difference.cause == cause)
    }

    /// A table with a line for each column: all labels, those of which the labeller was sure, and each board.
    pub fn table(&self) -> String {
        let mut boards: BTreeMap<&str, usize> = BTreeMap::new();
        for (board, score) in self.fields.iter().flat_map(|field| &field.boards) {
            let labels = boards.entry(board).or_default();
            *labels = score.labels.max(*labels);
        }
        let mut table = format!("{:<27}{:>22}{:>7}", self.name, "all", "sure");
        for (board, labels) in &boards {
            let heading = format!("{board} {labels}");
            let _ = write!(table, "  {heading:>13}");
        }
        table.push('\n');
        for field in &self.fields {
            let all = format!("{}/{}", field.all.right, field.all.labels);
            let (percent, sure) = (field.all.percent(), field.sure.percent());
            let _ = write!(
                table,
                "  {:<25}{all:>13} {percent:>7.1}%{sure:>6.1}%",
                field.column
            );
            for board in boards.keys() {
                let share = field.boards.get(board).map(|score| score.percent());
                let share = share.map_or_else(String::new, |share| format!("{share:.1}%"));
                let _ = write!(table, "  {share:>13}");
            }
            table.push('\n');
        }
        table
    }

    /// Every miss under its column and cause, the most frequent cause first.
    pub fn details(&self) -> String {
        let mut groups: BTreeMap<(&str, Cause), Vec<&Miss>> = BTreeMap::new();
        for miss in &self.misses {
            let group = groups
                .entry((miss.column, miss.difference.cause))
                .or_default();
            group.push(miss);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, misses)| std::cmp::Reverse(misses.len()));
        let mut details = format!("── {}", self.table());
        for ((column, cause), misses) in groups {
            let _ = writeln!(details, "\n{column}: {cause} ({})", misses.len());
            for miss in misses {
                let difference = &miss.difference;
                let unsure = if miss.is_unsure { "   (unsure)" } else { "" };
                let _ = writeln!(details, "  in      {}{unsure}", miss.given);
                let _ = writeln!(details, "  got     {}", miss.got);
                let _ = writeln!(details, "  wanted  {}", miss.wanted);
                for (word, parts) in [("kept", &difference.kept), ("cut", &difference.cut)] {
                    if !parts.is_empty() {
                        let parts = parts.join(" … ");
                        let _ = writeln!(details, "          wrongly {word}: {parts}");
                    }
                }
            }
        }
        details
    }
}
