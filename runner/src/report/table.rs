//! Tables, as wide as the output at most. No word is broken.
//!
//! # Steps
//! 1. A column is as wide as its widest line, if all columns fit into the width.
//! 2. Otherwise the widest columns are made narrower, and their cells are wrapped between words. No column is narrower than
//!    its longest word. Cells of at most 24 characters, such as a date, are not wrapped; the header is.
//! 3. If the columns do not fit either, the gaps shrink to one space.
//! 4. If this is not enough, the last columns are moved to a line of their own below each row: `rejected: 4  retries: 1`.
//!
//! A word that is wider than the output is printed whole.

use std::fmt;

use textwrap::core::display_width;

use super::{width, wrapping};

/// A table.
#[derive(Debug, Default)]
pub(crate) struct TextTable {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The first of the columns that are aligned to the right.
    right_from: Option<usize>,
}

/// The columns of a table that are beside each other, and the spaces between them.
struct Layout {
    widths: Vec<usize>,
    gap: usize,
}

/// The indent of a row, and of the columns below a row.
const INDENT: usize = 1;
const BELOW: usize = 5;
/// The widest cell that is not wrapped.
const WHOLE: usize = 24;

impl TextTable {
    /// An empty table.
    pub(crate) fn new(header: &[&str]) -> Self {
        Self {
            header: header.iter().map(ToString::to_string).collect(),
            ..Self::default()
        }
    }

    /// Adds a row, with one cell for each column.
    pub(crate) fn add_row<C: ToString>(&mut self, cells: impl IntoIterator<Item = C>) {
        let row = cells.into_iter().map(|cell| cell.to_string()).collect();
        self.rows.push(row);
    }

    /// Aligns the columns of numbers to the right, from the column `from` to the last.
    pub(crate) fn align_right(&mut self, from: usize) {
        self.right_from = Some(from);
    }

    /// The lines of the table in this width.
    fn lines(&self, width: usize) -> Vec<String> {
        let layout = self.layout(width);
        let mut lines = self.row(&self.header, &layout);
        let rule = layout.width().max(
            lines
                .iter()
                .map(|line| display_width(line))
                .max()
                .unwrap_or(0),
        );
        lines.push("─".repeat(rule));
        for row in &self.rows {
            lines.extend(self.row(row, &layout));
            lines.extend(self.below(row, layout.widths.len(), width));
        }
        lines
    }

    fn layout(&self, width: usize) -> Layout {
        let cells = |column: usize| {
            let rows = self.rows.iter().filter_map(move |row| row.get(column));
            self.header.get(column).into_iter().chain(rows)
        };
        let columns = 0..self.header.len();
        let widest = |column: usize| {
            cells(column)
                .flat_map(|cell| cell.split('\n'))
                .map(display_width)
                .max()
        };
        let least_of = |column: usize| {
            let of_cell = |cell: &String| {
                let lines = cell.split('\n').map(display_width).max().unwrap_or(0);
                wrapping::longest_word(cell).max(lines.min(WHOLE))
            };
            let cells = self
                .rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(of_cell);
            let header = self
                .header
                .get(column)
                .map(|name| wrapping::longest_word(name));
            cells.chain(header).max()
        };
        let natural: Vec<usize> = columns
            .clone()
            .map(|column| widest(column).unwrap_or(0))
            .collect();
        let least: Vec<usize> = columns
            .map(|column| least_of(column).unwrap_or(0))
            .collect();
        let fits = |shown: usize, gap: usize| {
            Layout {
                widths: least[..shown].to_vec(),
                gap,
            }
            .width()
                <= width
        };
        let (shown, gap) = match self.header.len() {
            all if fits(all, 2) => (all, 2),
            all if fits(all, 1) => (all, 1),
            all => ((1..all).rev().find(|shown| fits(*shown, 2)).unwrap_or(1), 2),
        };
        let mut layout = Layout {
            widths: natural[..shown].to_vec(),
            gap,
        };
        while layout.width() > width {
            let can_shrink = |column: &usize| layout.widths[*column] > least[*column];
            let Some(column) = (0..shown)
                .filter(can_shrink)
                .max_by_key(|column| layout.widths[*column])
            else {
                break;
            };
            layout.widths[column] -= 1;
        }
        layout
    }

    /// The lines of a row, without the columns below it.
    fn row(&self, cells: &[String], layout: &Layout) -> Vec<String> {
        let wrapped: Vec<Vec<String>> = layout
            .widths
            .iter()
            .zip(cells)
            .map(|(width, cell)| {
                cell.split('\n')
                    .flat_map(|line| wrapping::wrapped(line, *width))
                    .collect()
            })
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        let line = |index: usize| {
            let mut line = " ".repeat(INDENT);
            for (column, (lines, width)) in wrapped.iter().zip(&layout.widths).enumerate() {
                let text = lines.get(index).map_or("", String::as_str);
                let padding = " ".repeat(width.saturating_sub(display_width(text)));
                let is_right = self.right_from.is_some_and(|from| column >= from);
                let (before, after) = if is_right {
                    (padding.as_str(), "")
                } else {
                    ("", padding.as_str())
                };
                let gap = if column == 0 { 0 } else { layout.gap };
                line.extend([&" ".repeat(gap), before, text, after]);
            }
            line.truncate(line.trim_end().len());
            line
        };
        (0..height).map(line).collect()
    }

    /// The lines with the columns that have no place beside the others, each with its name.
    fn below(&self, cells: &[String], shown: usize, width: usize) -> Vec<String> {
        let named = self.header.iter().zip(cells).skip(shown);
        let items: Vec<String> = named
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| format!("{name}: {}", cell.replace('\n', " ")))
            .collect();
        let indent = " ".repeat(BELOW);
        let mut lines: Vec<String> = Vec::new();
        for item in items {
            match lines.last_mut() {
                Some(last) if display_width(last) + 2 + display_width(&item) <= width => {
                    last.extend(["  ", &item]);
                }
                _ => lines.push(format!("{indent}{item}")),
            }
        }
        lines
            .iter()
            .flat_map(|line| wrapping::wrapped(line, width))
            .collect()
    }
}

impl Layout {
    /// The width of a row.
    fn width(&self) -> usize {
        INDENT + self.widths.iter().sum::<usize>() + self.gap * self.widths.len().saturating_sub(1)
    }
}

impl fmt::Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines(width::of_table()).join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TextTable, display_width};

    fn table() -> TextTable {
        let mut table = TextTable::new(&["phase", "state", "seconds", "rows in", "what happened"]);
        table.add_row([
            "data_processing",
            "done",
            "1.5",
            "100000",
            "jobinsight::phases::panicked in the phase",
        ]);
        table
    }

    fn shown(width: usize) -> String {
        table().lines(width).join("\n")
    }

    #[test]
    fn a_wide_table_has_one_line_for_each_row() {
        assert_eq!(
            shown(120),
            " phase            state  seconds  rows in  what happened\n\
             ────────────────────────────────────────────────────────────────────────────────────\n \
             data_processing  done   1.5      100000   jobinsight::phases::panicked in the phase"
        );
    }

    #[test]
    fn a_cell_is_wrapped_between_words() {
        assert_eq!(
            shown(72),
            " phase            state  seconds  rows in  what happened\n\
             ────────────────────────────────────────────────────────────────────────\n \
             data_processing  done   1.5      100000   jobinsight::phases::panicked\n                                           in the phase"
        );
    }

    #[test]
    fn columns_that_have_no_place_are_below_the_row() {
        assert_eq!(
            shown(44),
            format!(
                " phase            state  seconds  rows in\n{}\n data_processing  done   1.5      100000\n     \
                 what happened:\n       jobinsight::phases::panicked in the\n       phase",
                "─".repeat(41)
            )
        );
    }

    proptest! {
        #[test]
        fn no_word_is_broken_and_no_line_is_too_long(
            cells in prop::collection::vec(prop::collection::vec("[a-zăâđêôơư_:]{1,25}( [a-z]{1,9}){0,9}", 4), 1..5),
            width in 40_usize..130,
        ) {
            let mut table = TextTable::new(&["one", "two", "three", "four"]);
            for row in &cells {
                table.add_row(row);
            }
            let lines = table.lines(width);
            let words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
            for word in cells.iter().flatten().flat_map(|cell| cell.split_whitespace()) {
                prop_assert!(words.contains(&word), "{word}: {lines:#?}");
            }
            for line in lines {
                prop_assert!(display_width(&line) <= width, "{width}: {line}");
            }
        }
    }
}
