//! Tables of a user, which extend those that phases have compiled in.

use std::borrow::Cow;
use std::path::Path;

use crate::{EtlError, Kind, Result, RuleTable, registry};

/// A file of a user: more lines of a table, and lines of it that go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTable {
    /// The table that it extends: the file's name without its ending.
    pub table: String,
    /// The file, as errors name it.
    pub file: String,
    /// What it holds.
    pub text: String,
}

/// The tables of `rules_dir`, as they were read at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnRules {
    tables: Vec<OwnTable>,
}

impl OwnRules {
    /// Reads the tables (`*.txt`) of a directory. What the lines say is checked by the phases that know them.
    pub(super) fn read(dir: &Path) -> Result<Self> {
        let unreadable = |path: &Path, error: std::io::Error| {
            EtlError::new(
                Kind::Usage,
                "jobinsight::rules::unreadable",
                format!("rules_dir: {} can't be read: {error}", path.display()),
            )
            .help("make the directory with files such as acronyms.txt (jobinsight rules list), or leave rules_dir out")
        };
        let mut tables = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, error))? {
            let path = entry.map_err(|error| unreadable(dir, error))?.path();
            if path.extension().is_none_or(|ending| ending != "txt") {
                continue;
            }
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            tables.push(OwnTable {
                table: name.into_owned(),
                file: path.display().to_string(),
                // Some editors begin a text with a mark of its encoding.
                text: text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned(),
            });
        }
        tables.sort_by(|a, b| a.table.cmp(&b.table));
        let known: Vec<&RuleTable> = registry::all()?
            .iter()
            .flat_map(|spec| spec.tables)
            .collect();
        for own in &tables {
            own.check(&known)?;
        }
        Ok(Self { tables })
    }

    /// Tables that stand nowhere, for tests; nothing is checked.
    pub fn from_tables(tables: Vec<OwnTable>) -> Self {
        Self { tables }
    }

    /// All files, by table.
    pub fn all(&self) -> &[OwnTable] {
        &self.tables
    }

    /// The file that extends a table.
    pub fn of(&self, table: &str) -> Option<&OwnTable> {
        self.tables.iter().find(|own| own.table == table)
    }

    /// The lines of a table that are compiled in and that the user lets stand; the others are blank.
    pub fn shipped(&self, table: &RuleTable) -> Cow<'static, str> {
        let Some(own) = self.of(table.name) else {
            return Cow::Borrowed(table.text);
        };
        let gone: Vec<&str> = rule_lines(&own.text).filter_map(taken_away).collect();
        if gone.is_empty() {
            return Cow::Borrowed(table.text);
        }
        Cow::Owned(only(table.text, |line| !gone.contains(&line)))
    }

    /// A name of what the files say, the same for the same lines: eight hexadecimal digits. Comments and blank lines
    /// say nothing; `None` where no line does.
    pub fn digest(&self) -> Option<String> {
        // FNV-1a, which gives the same on every machine and in every version.
        let mut hash = 0xCBF2_9CE4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
            }
        };
        let mut any = false;
        for own in &self.tables {
            for line in rule_lines(&own.text) {
                any = true;
                for part in [own.table.as_str(), line] {
                    add(part.as_bytes());
                    // No text holds this byte, so that no two lists of parts are one.
                    add(&[0xFF]);
                }
            }
        }
        any.then(|| format!("{:08x}", (hash >> 32) ^ (hash & 0xFFFF_FFFF)))
    }
}

impl OwnTable {
    /// Its file extends a table of a phase that is linked, and takes away only what is there.
    fn check(&self, known: &[&RuleTable]) -> Result<()> {
        let Some(table) = known.iter().find(|table| table.name == self.table) else {
            let names: Vec<&str> = known.iter().map(|table| table.name).collect();
            let what = format!("{} extends", self.file);
            return Err(unknown_table(&self.table, &names, &what));
        };
        for (number, line) in (1..).zip(self.text.lines()) {
            if let Some(gone) = taken_away(line.trim())
                && !rule_lines(table.text).any(|line| line == gone)
            {
                let reason = format!("no line of {} reads `{gone}`", self.table);
                return Err(self.bad_line(number, &reason));
            }
        }
        Ok(())
    }

    /// The lines that it adds; the others are blank, so that each keeps its number.
    pub fn added(&self) -> String {
        only(&self.text, |line| taken_away(line).is_none())
    }

    /// A line (from 1) that is no rule, shown in its file.
    pub fn bad_line(&self, line: usize, reason: &str) -> EtlError {
        let before = self.text.split_inclusive('\n').take(line.saturating_sub(1));
        let start = before.map(str::len).sum::<usize>().min(self.text.len());
        let length = self.text[start..].lines().next().map_or(0, str::len);
        EtlError::new(
            Kind::Usage,
            "jobinsight::rules::bad_line",
            format!("{}, line {line}: {reason}", self.file),
        )
        .help(format!(
            "`jobinsight rules show {}` shows lines that are right, and how they are written",
            self.table
        ))
        .at(&self.file, &self.text, start, length, "here")
    }
}

/// The lines of a table that say something, trimmed: neither blank nor a comment (`#`).
pub fn rule_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The line that a line of a user takes away: `- LINE`.
pub fn taken_away(line: &str) -> Option<&str> {
    line.strip_prefix("- ").map(str::trim)
}

/// A text with only some of its lines; the others are blank.
fn only(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let keep = |line| if wanted(str::trim(line)) { line } else { "" };
    text.lines().map(keep).collect::<Vec<_>>().join("\n")
}

/// That there is no such table.
pub fn unknown_table(name: &str, known: &[&str], what: &str) -> EtlError {
    let nearest = registry::nearest(name, known.iter().copied());
    EtlError::new(
        Kind::Usage,
        "jobinsight::rules::unknown_table",
        format!("{what} the table `{name}`, and there is none of that name"),
    )
    .help(match nearest {
        Some(nearest) => format!("did you mean `{nearest}`? `jobinsight rules list` shows all"),
        None => format!("there are: {}", known.join(", ")),
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

    fn own(tables: &[(&str, &str)]) -> OwnRules {
        let table = |(table, text): &(&str, &str)| OwnTable {
            table: (*table).to_owned(),
            file: format!("{table}.txt"),
            text: (*text).to_owned(),
        };
        OwnRules::from_tables(tables.iter().map(table).collect())
    }

    #[test]
    fn the_digest_is_of_what_the_lines_say() {
        let digest = own(&[("acronyms", "eco\nabc")]).digest();
        assert_eq!(
            digest,
            own(&[("acronyms", "# theirs\n  eco\n\nabc\r\n")]).digest(),
            "comments and space do not count"
        );
        for other in [
            [("acronyms", "eco")],
            [("acronyms", "abc\neco")],
            [("acronyms", "eco abc")],
            [("acronyms", "eco\n- abc")],
            [("recruiting", "eco\nabc")],
        ] {
            assert_ne!(digest, own(&other).digest(), "{other:?}");
        }
        assert_eq!(own(&[("acronyms", "# nothing\n")]).digest(), None);
        // It stands in rows of databases: it must not change with a new version.
        assert_eq!(
            own(&[("acronyms", "eco")]).digest().as_deref(),
            Some("5b1e91b6")
        );
    }

    #[test]
    fn lines_go_and_come_and_the_others_keep_their_numbers() {
        let rules = own(&[("acronyms", "eco\n- it ai\nabc")]);
        assert_eq!(rules.shipped(&ACRONYMS), "# shipped\n\nhr");
        assert_eq!(rules.of("acronyms").unwrap().added(), "eco\n\nabc");
        let none = OwnRules::default();
        assert_eq!(none.shipped(&ACRONYMS), ACRONYMS.text);
    }

    #[test]
    fn a_file_extends_a_table_that_is_there_and_takes_away_a_line_that_is() {
        let check = |name: &str, text: &str| {
            let rules = own(&[(name, text)]);
            rules.all()[0].check(&[&ACRONYMS]).map_err(|error| {
                let help = error.help_text().unwrap_or_default().to_owned();
                (error.message().to_owned(), help)
            })
        };
        assert_eq!(check("acronyms", "eco\n- hr"), Ok(()));
        let (message, _) = check("acronyms", "eco\n- h").unwrap_err();
        assert_eq!(
            message,
            "acronyms.txt, line 2: no line of acronyms reads `h`"
        );
        let (message, help) = check("acronym", "eco").unwrap_err();
        assert!(
            message.contains("the table `acronym`") && help.contains("`acronyms`"),
            "{message} {help}"
        );
    }
}
