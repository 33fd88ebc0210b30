//! Custom rules: files of a user that extend the rule tables of the phases.

use crate::advice;
use std::borrow::Cow;
use std::path::Path;

use super::line_digest::LineDigest;
use super::{RuleTable, removed_line, rule_lines};
use crate::{EtlError, Result, codes, spelling};

/// A file of a user: lines to add to a rule table, and lines to remove from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomTable {
    /// The table that the file extends: the name of the file without its extension.
    pub table: String,
    /// The path of the file, as errors show it.
    pub file: String,
    /// The text of the file.
    pub text: String,
}

/// The custom rules in `rules_dir`, as they were read at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomRules {
    tables: Vec<CustomTable>,
}

impl CustomRules {
    /// Reads the files (`*.txt`) of a directory. `known` has the tables that they may extend. The phases check the lines
    /// that the files add.
    pub(crate) fn read(dir: &Path, known: &[&RuleTable]) -> Result<Self> {
        let unreadable = |path: &Path, error: std::io::Error| {
            EtlError::new(
                codes::RULES_UNREADABLE,
                format!("rules_dir: {} cannot be read: {error}", path.display()),
            )
            .help(format!("create the directory with files such as acronyms.txt (`{}` shows the names), or remove rules_dir", advice::command("rules list")))
        };
        let mut tables = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, error))? {
            let path = entry.map_err(|error| unreadable(dir, error))?.path();
            if path.extension().is_none_or(|ending| ending != "txt") {
                continue;
            }
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            tables.push(CustomTable {
                table: name.into_owned(),
                file: path.display().to_string(),
                // Some editors begin a text with a byte order mark.
                text: text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned(),
            });
        }
        tables.sort_by(|a, b| a.table.cmp(&b.table));
        for custom in &tables {
            custom.check(known)?;
        }
        Ok(Self { tables })
    }

    /// Custom rules for tests, without a directory and without checks.
    pub fn from_tables(tables: Vec<CustomTable>) -> Self {
        Self { tables }
    }

    /// All files, ordered by table.
    pub fn all(&self) -> &[CustomTable] {
        &self.tables
    }

    /// The file that extends a table.
    pub fn of(&self, table: &str) -> Option<&CustomTable> {
        self.tables.iter().find(|custom| custom.table == table)
    }

    /// The built-in lines of a table without those that the user removes. Removed lines are blank.
    pub fn shipped(&self, table: &RuleTable) -> Cow<'static, str> {
        let Some(custom) = self.of(table.name) else {
            return Cow::Borrowed(table.text);
        };
        let gone: Vec<&str> = rule_lines(&custom.text).filter_map(removed_line).collect();
        if gone.is_empty() {
            return Cow::Borrowed(table.text);
        }
        Cow::Owned(only(table.text, |line| !gone.contains(&line)))
    }

    /// The error of a line that is not a rule. `source` is the file of a custom line, or the name of a table. A built-in line
    /// is not a rule if it needs a line that a file removes.
    pub fn bad_line(&self, source: &str, line: usize, reason: &str) -> EtlError {
        match self.tables.iter().find(|custom| custom.file == source) {
            Some(custom) => custom.bad_line(line, reason),
            None => EtlError::new(
                codes::RULES_BAD_LINE,
                format!("{source}, line {line}: {reason}"),
            )
            .help("this line is compiled in, and rules_dir removes another line that it needs: keep that line"),
        }
    }

    /// A digest of the lines: eight hexadecimal digits, equal for equal lines. Ignores comments and blank lines. Returns
    /// `None` when nothing is left.
    pub fn digest(&self) -> Option<String> {
        let mut digest = LineDigest::new();
        for custom in &self.tables {
            for line in rule_lines(&custom.text) {
                digest.add(&custom.table, line);
            }
        }
        digest.finish()
    }
}

impl CustomTable {
    /// Checks that the file extends a table of a linked phase, and removes only lines of that table.
    fn check(&self, known: &[&RuleTable]) -> Result<()> {
        let Some(table) = known.iter().find(|table| table.name == self.table) else {
            let names: Vec<&str> = known.iter().map(|table| table.name).collect();
            let what = format!("{} extends", self.file);
            return Err(unknown_table(&self.table, &names, &what));
        };
        for (number, line) in (1..).zip(self.text.lines()) {
            if let Some(gone) = removed_line(line.trim())
                && !rule_lines(table.text).any(|line| line == gone)
            {
                let reason = format!("{} has no line `{gone}`", self.table);
                return Err(self.bad_line(number, &reason));
            }
        }
        Ok(())
    }

    /// The lines that the file adds. The others are blank, so that each line keeps its number.
    pub fn added(&self) -> String {
        only(&self.text, |line| removed_line(line).is_none())
    }

    /// The error of a line (from 1) that is not a rule, shown in its file.
    pub fn bad_line(&self, line: usize, reason: &str) -> EtlError {
        let before = self.text.split_inclusive('\n').take(line.saturating_sub(1));
        let start = before.map(str::len).sum::<usize>().min(self.text.len());
        let length = self.text[start..].lines().next().map_or(0, str::len);
        EtlError::new(
            codes::RULES_BAD_LINE,
            format!("{}, line {line}: {reason}", self.file),
        )
        .help(format!(
            "`{}` shows correct lines, and how they are written",
            advice::command(format!("rules show {}", advice::quoted(&self.table)))
        ))
        .at(&self.file, &self.text, start, length, "here")
    }
}

/// A text with only the wanted lines. The others are blank.
fn only(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let keep = |line| if wanted(str::trim(line)) { line } else { "" };
    text.lines().map(keep).collect::<Vec<_>>().join("\n")
}

/// The error of a table that does not exist.
pub fn unknown_table(name: &str, known: &[&str], what: &str) -> EtlError {
    let nearest = spelling::nearest(name, known.iter().copied());
    EtlError::new(
        codes::RULES_UNKNOWN_TABLE,
        format!("{what} the table `{name}`, which does not exist"),
    )
    .help(match nearest {
        Some(nearest) => format!(
            "did you mean `{nearest}`? `{}` shows all",
            advice::command("rules list")
        ),
        None => format!("tables: {}", known.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACRONYMS: RuleTable = RuleTable {
        name: "acronyms",
        about: "",
        text: "# shipped\nit ai\nhr\n",
    };

    fn custom(tables: &[(&str, &str)]) -> CustomRules {
        let table = |(table, text): &(&str, &str)| CustomTable {
            table: (*table).to_owned(),
            file: format!("{table}.txt"),
            text: (*text).to_owned(),
        };
        CustomRules::from_tables(tables.iter().map(table).collect())
    }

    #[test]
    fn the_digest_depends_on_the_lines_only() {
        let digest = custom(&[("acronyms", "eco\nabc")]).digest();
        assert_eq!(
            digest,
            custom(&[("acronyms", "# theirs\n  eco\n\nabc\r\n")]).digest(),
            "comments and spaces do not count"
        );
        for other in [
            [("acronyms", "eco")],
            [("acronyms", "abc\neco")],
            [("acronyms", "eco abc")],
            [("acronyms", "eco\n- abc")],
            [("recruiting", "eco\nabc")],
        ] {
            assert_ne!(digest, custom(&other).digest(), "{other:?}");
        }
        assert_eq!(custom(&[("acronyms", "# nothing\n")]).digest(), None);
        // The digest is stored in rows of databases, so it must not change with a new version.
        assert_eq!(
            custom(&[("acronyms", "eco")]).digest().as_deref(),
            Some("5b1e91b6")
        );
    }

    #[test]
    fn removed_and_added_lines_keep_the_numbers_of_the_others() {
        let rules = custom(&[("acronyms", "eco\n- it ai\nabc")]);
        assert_eq!(rules.shipped(&ACRONYMS), "# shipped\n\nhr");
        assert_eq!(rules.of("acronyms").unwrap().added(), "eco\n\nabc");
        let none = CustomRules::default();
        assert_eq!(none.shipped(&ACRONYMS), ACRONYMS.text);
    }

    #[test]
    fn a_file_must_extend_an_existing_table_and_remove_existing_lines() {
        let check = |name: &str, text: &str| {
            let rules = custom(&[(name, text)]);
            rules.all()[0].check(&[&ACRONYMS]).map_err(|error| {
                let help = error.help_text().into_owned();
                (error.message().to_owned(), help)
            })
        };
        assert_eq!(check("acronyms", "eco\n- hr"), Ok(()));
        let (message, _) = check("acronyms", "eco\n- h").unwrap_err();
        assert_eq!(message, "acronyms.txt, line 2: acronyms has no line `h`");
        let (message, help) = check("acronym", "eco").unwrap_err();
        assert!(
            message.contains("the table `acronym`") && help.contains("`acronyms`"),
            "{message} {help}"
        );
    }
}
