//! The lines of errors, sentences and cells of tables. A line is broken between words, and a word stays whole. A line is not
//! broken inside a command that advice names, because a user pastes the command.

use std::io::{self, IsTerminal};

use jobinsight_core::advice;
use miette::MietteHandlerOpts;
use textwrap::core::{Word, display_width};
use textwrap::{WordSeparator, WordSplitter};

use crate::display;

/// The characters that end a command in advice.
const ENDS: [char; 5] = [';', ',', '(', ')', '`'];

/// Lets errors be shown with these lines. Only the first call has an effect.
pub(super) fn install() {
    let _ = miette::set_hook(Box::new(|_| {
        let mut options = MietteHandlerOpts::new()
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation)
            .word_separator(WordSeparator::Custom(words));
        // Elsewhere, a variable such as FORCE_COLOR may ask for colors.
        if io::stderr().is_terminal() {
            options = options.color(display::has_colors());
        }
        Box::new(options.build())
    }));
}

/// The lines of a text for people. The lines are as wide as the output, if something says how wide it is.
pub(crate) fn to_width(text: &str) -> String {
    let Some(width) = super::width::of_lines() else {
        return text.to_owned();
    };
    let mut wrapped_text = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        wrapped_text.push_str(&wrapped(line.trim_end_matches('\n'), width).join("\n"));
        wrapped_text.push_str(if line.ends_with('\n') { "\n" } else { "" });
    }
    wrapped_text
}

/// A line as one or more lines, none of them wider than `width` unless it has only one word. The following lines are indented
/// below the first.
pub(super) fn wrapped(line: &str, width: usize) -> Vec<String> {
    if display_width(line) <= width {
        return vec![line.to_owned()];
    }
    let (first, indent) = (indent(line), hanging_indent(line));
    let indent = if indent * 2 > width { first } else { indent };
    let mut lines = vec![" ".repeat(first)];
    let mut is_empty = true;
    for word in parts(line[first..].trim_end(), &advice::command("")) {
        let last = lines.last().map_or(0, |line| display_width(line));
        if !is_empty && last + display_width(word.trim_end()) > width {
            if let Some(line) = lines.last_mut() {
                line.truncate(line.trim_end().len());
            }
            lines.push(" ".repeat(indent));
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
        is_empty = false;
    }
    lines
}

/// The width of the longest word of a cell. The indent of a line belongs to its first word.
pub(super) fn longest_word(cell: &str) -> usize {
    let of_line = |line: &str| {
        let words = line.split(' ').map(display_width).max().unwrap_or(0);
        let indent = indent(line);
        words + if indent > 0 { hanging_indent(line) } else { 0 }
    };
    cell.split('\n').map(of_line).max().unwrap_or(0)
}

/// The number of spaces at the beginning of a line.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The indent of the lines that follow this line: below its text if it begins with a label, such as `Queue     `.
fn hanging_indent(line: &str) -> usize {
    let first = indent(line);
    let label = line[first..]
        .find("  ")
        .filter(|end| !line[first..first + end].contains(' '));
    match label {
        Some(end) => {
            let text = line[first + end..].trim_start_matches(' ');
            display_width(line) - display_width(text)
        }
        None if first == 0 => 0,
        None => first + 2,
    }
}

/// The words of a line. A command is one word.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let parts = parts(line, &advice::command(""));
    Box::new(parts.into_iter().map(Word::from))
}

/// The parts of a line, each with the spaces that follow it. `program` is the beginning of each command.
fn parts<'a>(line: &'a str, program: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word_end = rest.find(' ').unwrap_or(rest.len());
        // A command may begin within a word: `URL="$(jobinsight db url)"`.
        let inside = match rest.find(program).filter(|start| *start < word_end) {
            Some(start) => {
                let arguments = start + program.len();
                let end = rest[arguments..].find(ENDS);
                end.map_or(rest.len(), |end| arguments + end)
            }
            None => 0,
        };
        let end = rest[inside..]
            .find(' ')
            .map_or(rest.len(), |space| inside + space);
        let spaces = rest[end..].len() - rest[end..].trim_start_matches(' ').len();
        let (part, after) = rest.split_at(end + spaces);
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_command_is_not_broken() {
        let parts = |line| parts(line, "./etl --config 'my file.toml' ");
        assert_eq!(
            parts("free space; then: ./etl --config 'my file.toml' rejects replay 7; or wait"),
            [
                "free ",
                "space; ",
                "then: ",
                "./etl --config 'my file.toml' rejects replay 7; ",
                "or ",
                "wait"
            ]
        );
        assert_eq!(
            parts("`./etl --config 'my file.toml' phases` shows"),
            ["`./etl --config 'my file.toml' phases` ", "shows"]
        );
        assert_eq!(
            parts("export A=\"$(./etl --config 'my file.toml' db url)\" then"),
            [
                "export ",
                "A=\"$(./etl --config 'my file.toml' db url)\" ",
                "then"
            ]
        );
        assert_eq!(parts("then ./etl retry"), ["then ", "./etl ", "retry"]);
    }
}
