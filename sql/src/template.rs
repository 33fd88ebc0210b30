//! Replaces the variables of our SQL files. The notation follows psql.
//!
//! | in a file | becomes |
//! |---|---|
//! | `:"raw"`, `:"staging"` | the raw table and the staging schema, quoted |
//! | `:"range"` | the raw table, or the partition of it that the caller names |
//! | `:fingerprint` | the expression of `plan/fingerprint.sql` |
//! | `:our_triggers` | the names of the triggers that our files create, as literals, separated by commas |
//! | `:salary_phrases`, `:deadline_over`, … | the words, patterns and limits of the kernels ([`parser_words::value`]) |
//! | `:raised_by_user` | a condition: a trigger or another function of a user raised the error |
//! | `:{…}` | a list of columns ([`column_lists::expand`]) |
//! | `:name` | any other name: a number that the caller sets |
//! | `\if :name`, `\else`, `\endif` | the lines of one branch; the caller sets the condition |
//! | `\ir FILE` | the text of another file; the path is relative to the file that names it |
//!
//! A command with a backslash is at the beginning of a line. All other text is unchanged, such as the cast `x::text`.

use jobinsight_core::{Settings, raised_by_user_in_sql};

use crate::script::{Script, Value};
use crate::scripts::{ALL, FINGERPRINT};
use crate::{column_lists, parser_words};

/// A segment of the SQL that is sent. It ends where the next segment begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    /// The offset of its beginning in the SQL, in bytes.
    pub(crate) start: usize,
    /// The file that the segment comes from, and the offset in the file.
    pub(crate) file: Script,
    pub(crate) offset: usize,
    /// The length of the variable in the file, if the segment is the value of a variable; `None` for text of the file.
    pub(crate) variable: Option<usize>,
}

/// The values of the variables, and the SQL that is complete so far.
pub(crate) struct Filler<'a> {
    raw: String,
    staging: String,
    values: &'a [(&'a str, Value<'a>)],
    sql: String,
    segments: Vec<Segment>,
}

impl<'a> Filler<'a> {
    pub(crate) fn new(settings: &Settings, values: &'a [(&'a str, Value<'a>)]) -> Self {
        Self {
            raw: settings.raw_table(),
            staging: settings.staging_schema(),
            values,
            sql: String::new(),
            segments: Vec::new(),
        }
    }

    /// The SQL of a file, and the origin of each segment.
    pub(crate) fn fill_in(mut self, file: Script) -> (String, Vec<Segment>) {
        self.sql.reserve(file.text.len() + 1024);
        self.lines(file, 0, file.text.len());
        (self.sql, self.segments)
    }

    /// Adds the lines of a file between two offsets.
    fn lines(&mut self, file: Script, mut offset: usize, end: usize) {
        // One entry for each open `\if`: whether its lines are used.
        let mut taken: Vec<bool> = Vec::new();
        for line in file.text[offset..end].split_inclusive('\n') {
            let command = line.strip_prefix('\\').unwrap_or_default().trim_end();
            if let Some(name) = command.strip_prefix("if :") {
                taken.push(self.flag(name));
            } else if command == "else" {
                if let Some(last) = taken.last_mut() {
                    *last = !*last;
                }
            } else if command == "endif" {
                taken.pop();
            } else if taken.contains(&false) {
                // A line of the other branch.
            } else if let Some(included) = command
                .strip_prefix("ir ")
                .and_then(|path| beside(file, path))
            {
                self.lines(included, 0, included.text.len());
            } else {
                self.text(file, offset, offset + line.len());
            }
            offset += line.len();
        }
    }

    /// Adds the text of a file between two offsets, with its variables replaced.
    fn text(&mut self, file: Script, mut offset: usize, end: usize) {
        while let Some(found) = file.text[offset..end].find(':') {
            let colon = offset + found;
            self.copy(file, offset, colon);
            let rest = &file.text[colon..end];
            if rest.starts_with("::") {
                self.copy(file, colon, colon + 2);
                offset = colon + 2;
                continue;
            }
            let length = 1 + variable(&rest[1..]);
            match self.value(&rest[1..length]) {
                Some(value) => {
                    self.begin(file, colon, Some(length));
                    self.sql.push_str(&value);
                }
                None if &rest[1..length] == "fingerprint" => {
                    let (from, to) = body(FINGERPRINT);
                    self.text(FINGERPRINT, from, to);
                }
                None => self.copy(file, colon, colon + length),
            }
            offset = colon + length;
        }
        self.copy(file, offset, end);
    }

    fn copy(&mut self, file: Script, offset: usize, end: usize) {
        if offset < end {
            self.begin(file, offset, None);
            self.sql.push_str(&file.text[offset..end]);
        }
    }

    fn begin(&mut self, file: Script, offset: usize, variable: Option<usize>) {
        self.segments.push(Segment {
            start: self.sql.len(),
            file,
            offset,
            variable,
        });
    }

    /// The value of a variable; `None` when the name is not one.
    fn value(&self, name: &str) -> Option<String> {
        match name {
            "\"raw\"" => Some(self.raw.clone()),
            "\"range\"" => Some(self.range()),
            "\"staging\"" => Some(self.staging.clone()),
            "our_triggers" => Some(our_triggers()),
            "raised_by_user" => Some(raised_by_user_in_sql()),
            _ => match name.strip_prefix('{') {
                Some(list) => column_lists::expand(list.trim_end_matches('}')),
                None => self.number(name).or_else(|| parser_words::value(name)),
            },
        }
    }

    fn range(&self) -> String {
        match self.values.iter().find(|(name, _)| *name == "range") {
            Some((_, Value::Table(table))) => (*table).to_owned(),
            _ => self.raw.clone(),
        }
    }

    fn number(&self, name: &str) -> Option<String> {
        self.values.iter().find_map(|(known, value)| match value {
            Value::Number(number) if *known == name => Some(number.to_string()),
            _ => None,
        })
    }

    fn flag(&self, name: &str) -> bool {
        self.values.contains(&(name, Value::Flag(true)))
    }
}

/// The names of the triggers that our files create, as literals. Another trigger belongs to somebody else.
fn our_triggers() -> String {
    let created = |file: &Script| file.text.split("CREATE OR REPLACE TRIGGER ").skip(1);
    let names = ALL.iter().flat_map(created);
    let literals = names.filter_map(|text| Some(format!("'{}'", text.split_whitespace().next()?)));
    literals.collect::<Vec<_>>().join(", ")
}

/// The length of the name after a colon: `"raw"`, `{…}` or a word. 0 if there is no name.
fn variable(rest: &str) -> usize {
    let closed_by = |sign: char| rest[1..].find(sign).map_or(0, |at| at + 2);
    match rest.chars().next() {
        Some('"') => closed_by('"'),
        Some('{') => closed_by('}'),
        _ => rest
            .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
            .unwrap_or(rest.len()),
    }
}

/// The file with a path that is relative to another file.
fn beside(file: Script, path: &str) -> Option<Script> {
    let above = |path: &'static str| path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (mut folder, mut path) = (above(file.name), path);
    while let Some(rest) = path.strip_prefix("../") {
        (folder, path) = (above(folder), rest);
    }
    let name = format!("{folder}/{path}");
    ALL.iter().copied().find(|script| script.name == name)
}

/// The offsets of the text of a file, without the comment at its top and the line break at its end.
fn body(file: Script) -> (usize, usize) {
    let comment: usize = file
        .text
        .split_inclusive('\n')
        .take_while(|line| line.starts_with("--"))
        .map(str::len)
        .sum();
    (comment, file.text.trim_ascii_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::{COLUMNS, Column, Origin};
    use crate::scripts::INSERT_RAW_TO_STAGING;

    fn filled_in(text: &'static str, values: &[(&str, Value<'_>)]) -> String {
        let settings = Settings::default();
        Filler::new(&settings, values)
            .fill_in(Script::new("sql/x.sql", text))
            .0
    }

    #[test]
    fn a_flag_chooses_lines() {
        let text = "SELECT\n\\if :is_range\n  1\n\\else\n  2\n\\endif\nFROM t";
        assert_eq!(
            filled_in(text, &[("is_range", true.into())]),
            "SELECT\n  1\nFROM t"
        );
        assert_eq!(
            filled_in(text, &[("is_range", false.into())]),
            "SELECT\n  2\nFROM t"
        );
    }

    #[test]
    fn casts_and_unknown_names_stay() {
        let text = "SELECT NULL:::\"staging\".t, 'HH24:MI', x::batch, '(?:triệu)', a := :batch";
        assert_eq!(
            filled_in(text, &[("batch", 7.into())]),
            "SELECT NULL::\"jobinsight_staging\".t, 'HH24:MI', x::batch, '(?:triệu)', a := 7"
        );
    }

    #[test]
    fn our_triggers_are_those_that_the_files_create() {
        assert_eq!(
            filled_in("tgname IN (:our_triggers)", &[]),
            "tgname IN ('staging_jobs_changed', 'staging_jobs_published')"
        );
        for file in ALL {
            let created = file.text.matches("EXECUTE FUNCTION ").count();
            let found = file.text.matches("CREATE OR REPLACE TRIGGER ").count();
            assert_eq!(created, found, "{}", file.name);
        }
    }

    #[test]
    fn every_file_is_filled_in_whole() {
        for file in ALL {
            for flag in [true, false] {
                let names = "has_candidates has_places has_source_hash has_staging is_forecast is_joined is_new is_partitioned is_plain is_range";
                let values: Vec<_> = names
                    .split(' ')
                    .map(|name| (name, Value::Flag(flag)))
                    .collect();
                let sql = filled_in_file(*file, &values);
                let left = sql.lines().find(|line| {
                    line.contains(":{")
                        || line.contains(":\"staging")
                        || line.contains(":\"raw")
                        || line.contains(":\"range")
                        || line.starts_with('\\')
                });
                assert_eq!(left, None, "{} is not filled in", file.name);
            }
        }
    }

    #[test]
    fn publishing_casts_the_texts_of_a_batch_to_the_types_of_staging() {
        let sql = filled_in_file(INSERT_RAW_TO_STAGING, &[]);
        let produced = |column: &&Column| matches!(column.origin, Origin::PerRow | Origin::Shared);
        for column in COLUMNS.iter().filter(produced) {
            let cast = format!("{0}::{1} AS {0}", column.name, column.staging_type());
            assert!(sql.contains(&cast), "{cast}");
        }
    }

    fn filled_in_file(file: Script, values: &[(&str, Value<'_>)]) -> String {
        Filler::new(&Settings::default(), values).fill_in(file).0
    }
}
