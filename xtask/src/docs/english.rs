//! Checks plain English, as far as a program can: the first words of doc comments, and the phrases that `STYLE.md` replaces.

use std::path::Path;

use crate::workspace::files;

/// The words with which a doc comment must not begin. It begins with its subject, or with a verb.
const OPENINGS: [&str; 7] = ["Its", "It", "That", "Those", "Who", "What", "The same"];

/// The phrases that must not be used, each with its replacement.
const PHRASES: [(&str, &str); 8] = [
    ("is no", "is not a"),
    ("kept out", "rejected"),
    ("sign of life", "heartbeat"),
    ("signs of life", "heartbeats"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("mending", "fixing"),
];

/// Files that are not checked, because they are data. The last one is this file, which contains the phrases.
const DATA: [&str; 4] = [
    "tests/golden/",
    "tests/fuzz/corpus/",
    "tests/fuzz/words.dict",
    "xtask/src/docs/english.rs",
];
/// The endings of the names of files that are checked.
const READ: [&str; 10] = [
    ".rs", ".rs.txt", ".sql", ".md", ".toml", ".txt", ".py", ".sh", ".yml", ".snap",
];
/// The page that quotes wrong sentences, in tables, code and quotation marks.
const STYLE: &str = "STYLE.md";

/// Every place that breaks a rule: file, line, rule.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for name in files(root, "*")? {
        let is_read = name == ".ci/run" || ends(&name, &READ);
        if !is_read || DATA.iter().any(|data| name.starts_with(data)) {
            continue;
        }
        let text = std::fs::read_to_string(root.join(&name))
            .map_err(|error| format!("{name}: {error}"))?;
        wrong.extend(errors(&name, &text));
    }
    Ok(wrong)
}

fn errors(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if ends(name, &[".rs", ".rs.txt"]) {
        wrong.extend(openings(name, text));
    }
    let prose = Prose::of(name, text);
    for (phrase, instead) in PHRASES {
        for line in prose.find(phrase) {
            wrong.push(format!("{name}:{line} says `{phrase}`: write `{instead}`"));
        }
    }
    wrong
}

/// Doc comments that begin with one of [`OPENINGS`].
fn openings(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut before = "";
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let marker = ["///", "//!"]
            .into_iter()
            .find(|marker| line.starts_with(marker))
            .unwrap_or("");
        if !marker.is_empty() && marker != before {
            let doc = line[marker.len()..].trim_start();
            let begins = |opening: &&&str| {
                doc.strip_prefix(**opening)
                    .is_some_and(|rest| !rest.starts_with(is_of_word))
            };
            if let Some(opening) = OPENINGS.iter().find(begins) {
                wrong.push(format!(
                    "{name}:{}: a doc comment begins with `{opening}`: begin with the subject",
                    index + 1
                ));
            }
        }
        before = marker;
    }
    wrong
}

/// A text without line breaks and comment markers, so that a phrase is found across lines.
struct Prose {
    text: String,
    /// Where each line begins in `text`, and its number.
    lines: Vec<(usize, usize)>,
}

impl Prose {
    fn of(name: &str, text: &str) -> Self {
        let mut prose = Self {
            text: String::new(),
            lines: Vec::new(),
        };
        // Of a table of rules, only the comments are text.
        let is_table = ends(name, &[".txt"]) && !ends(name, &[".rs.txt"]);
        let is_style = name.ends_with(STYLE);
        let mut in_code = false;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            let is_fence = line.starts_with("```");
            in_code ^= is_fence;
            if is_table && !line.starts_with('#')
                || is_style && (in_code || is_fence || line.starts_with('|'))
            {
                continue;
            }
            let line = line
                .trim_start_matches(['/', '!', '-', '#', '>', '*', '|'])
                .trim_start();
            prose.lines.push((prose.text.len(), index + 1));
            if is_style {
                let odd = |(index, piece): (usize, &str)| {
                    if index % 2 == 0 {
                        piece.to_owned()
                    } else {
                        String::new()
                    }
                };
                prose
                    .text
                    .extend(line.split(['"', '`', '“', '”']).enumerate().map(odd));
            } else {
                prose.text.push_str(line.trim_end_matches('\\').trim_end());
            }
            prose.text.push(' ');
        }
        prose
    }

    /// The lines that contain a phrase as whole words.
    fn find(&self, phrase: &str) -> Vec<usize> {
        let lower = self.text.to_ascii_lowercase();
        let mut found = Vec::new();
        for (at, _) in lower.match_indices(phrase) {
            let (before, after) = (&lower[..at], &lower[at + phrase.len()..]);
            let is_whole = !before.ends_with(is_of_word) && !after.starts_with(is_of_word);
            if is_whole && !is_allowed(before, phrase, after) {
                let line = self.lines.partition_point(|(start, _)| *start <= at);
                found.push(self.lines[line - 1].1);
            }
        }
        found
    }
}

/// "there is no lock", "is no longer"; and `"mend"`, a key of our JSON, which users know.
fn is_allowed(before: &str, phrase: &str, after: &str) -> bool {
    let is_key = before.ends_with('"') && after.starts_with('"');
    is_key || phrase == "is no" && (before.ends_with("there ") || after.starts_with(" longer"))
}

fn ends(name: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| name.ends_with(end))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_and_a_phrase_are_shown_with_their_line() {
        let text = "//! Its file.\n/// The lock.\n/// What it is.\nstruct Item;\n    /// What\nfn f() {}\n// It is a\n// 7 is\n// no port.\n";
        assert_eq!(
            errors("x.rs", text),
            [
                "x.rs:1: a doc comment begins with `Its`: begin with the subject",
                "x.rs:5: a doc comment begins with `What`: begin with the subject",
                "x.rs:8 says `is no`: write `is not a`",
            ]
        );
        for (name, text) in [
            ("a.sql", "SELECT 1; -- was kept out\n"),
            ("a.md", "No sign\nof life."),
            ("a.md", "Mends it"),
            ("a.rs", "let text = \"this is no \\\n  port\";"),
            ("tables/a.txt", "# A comment to mend.\n"),
        ] {
            assert_eq!(errors(name, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn words_that_only_contain_one_and_quoted_data_are_allowed() {
        for (name, text) in [
            (
                "a.md",
                "We recommend amended rules. This is nothing, there is no lock, and it is no longer held.",
            ),
            (
                "a.rs",
                "/// Item, Whatever.\nlet key = \"mend\"; let is_no_port = recommend;",
            ),
            ("tables/a.txt", "mend it\n"),
            (
                "STYLE.md",
                "Not \"`abc` is no port\" but \"`abc` is not a port number\".\n| kept out | rejected |\n```\nmend\n```\n",
            ),
        ] {
            assert_eq!(errors(name, text), [""; 0], "{text}");
        }
    }
}
