//! A script, its names filled in, and the way back from a position in it to the file.

use jobinsight_core::{EtlError, Settings};
use tokio_postgres::error::ErrorPosition;

use crate::scripts;

/// Files that stand within others, and what they are called there.
const PARTS: [(&str, Script); 4] = [
    (":count_warnings", scripts::COUNT_WARNINGS),
    (":fingerprint", scripts::FINGERPRINT),
    (":ready_rows", scripts::READY_ROWS),
    (":staging_indexes", scripts::STAGING_INDEXES),
];

/// An SQL file.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// Its path in the project.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// A script with its names filled in.
#[derive(Debug, Clone)]
pub struct Rendered {
    script: Script,
    sql: String,
    /// Where each replaced piece stands: (start in `sql`, length in `sql`, length in the file).
    pieces: Vec<(usize, usize, usize)>,
}

impl Script {
    /// A script from its name and text.
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    /// Fills in the names that settings choose.
    pub fn render(self, settings: &Settings) -> Rendered {
        self.render_with(settings, &[])
    }

    /// The script without the comment that it begins with, to stand within another.
    fn body(self) -> Self {
        let comment: usize = self
            .text
            .split_inclusive('\n')
            .take_while(|line| line.starts_with("--"))
            .map(str::len)
            .sum();
        Self {
            name: self.name,
            text: self.text.split_at(comment).1.trim_ascii_end(),
        }
    }

    /// Fills in names and parts, and `:name` by numbers (for statements that take no parameters, such as COPY).
    pub fn render_with(self, settings: &Settings, numbers: &[(&str, i64)]) -> Rendered {
        self.render_as(settings, numbers, &[])
    }

    /// Fills in names, parts and numbers, and `:name` by expressions of the statement that is meant.
    pub fn render_as(
        self,
        settings: &Settings,
        numbers: &[(&str, i64)],
        expressions: &[(&'static str, &'static str)],
    ) -> Rendered {
        let mut names = vec![
            (":\"raw\"".to_owned(), settings.raw_table()),
            (":\"staging\"".to_owned(), settings.staging_schema()),
        ];
        for (name, part) in PARTS {
            if self.text.contains(name) {
                names.push((
                    name.to_owned(),
                    part.body().render_as(settings, numbers, expressions).sql,
                ));
            }
        }
        names.extend(
            numbers
                .iter()
                .map(|(name, number)| (format!(":{name}"), number.to_string())),
        );
        for (name, text) in expressions {
            let name = format!(":{name}");
            if self.text.contains(&name) {
                let expression = Self {
                    name: self.name,
                    text,
                };
                names.push((name, expression.render(settings).sql));
            }
        }
        let (mut sql, mut pieces, mut rest) = (
            String::with_capacity(self.text.len() + 256),
            Vec::new(),
            self.text,
        );
        while let Some((at, name, value)) = names
            .iter()
            .filter_map(|(name, value)| rest.find(name.as_str()).map(|at| (at, name, value)))
            .min_by_key(|(at, ..)| *at)
        {
            sql.push_str(&rest[..at]);
            pieces.push((sql.len(), value.len(), name.len()));
            sql.push_str(value);
            rest = &rest[at + name.len()..];
        }
        sql.push_str(rest);
        Rendered {
            script: self,
            sql,
            pieces,
        }
    }
}

impl Rendered {
    /// What is sent to PostgreSQL.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// An error of this script, which points at the line and column of the file where PostgreSQL names a position.
    pub fn error(&self, error: tokio_postgres::Error, doing: &str) -> EtlError {
        let position = error
            .as_db_error()
            .and_then(|db| db.position())
            .and_then(|position| match position {
                ErrorPosition::Original(position) => usize::try_from(*position).ok(),
                ErrorPosition::Internal { .. } => None,
            });
        let wrapped = EtlError::database(error, &format!("{doing} ({})", self.script.name));
        match position {
            Some(position) => {
                let (offset, length) = self.in_file(position);
                wrapped.at(self.script.name, self.script.text, offset, length, "here")
            }
            None => wrapped,
        }
    }

    /// PostgreSQL counts characters of what was sent, from 1; the file is counted in bytes, from 0.
    fn in_file(&self, position: usize) -> (usize, usize) {
        let sent = self
            .sql
            .char_indices()
            .nth(position.saturating_sub(1))
            .map_or(self.sql.len(), |(at, _)| at);
        let mut shift: isize = 0;
        for &(start, rendered, original) in &self.pieces {
            if start + rendered <= sent {
                shift += original.cast_signed() - rendered.cast_signed();
            } else if start <= sent {
                let at = start.cast_signed() + shift;
                return (at.max(0).cast_unsigned(), original);
            }
        }
        let at = (sent.cast_signed() + shift)
            .max(0)
            .cast_unsigned()
            .min(self.script.text.len());
        let word = self.script.text[at..]
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(0)
            .max(1);
        (at, word.min(self.script.text.len() - at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_leads_back_to_the_file() {
        let script = Script::new(
            "x.sql",
            "SELECT 'ế' FROM :\"raw\" r, :\"staging\".t WHERE nope = :batch",
        );
        let rendered = script.render_with(&Settings::default(), &[("batch", 12)]);
        assert_eq!(
            rendered.sql(),
            "SELECT 'ế' FROM \"public\".\"raw_jobs\" r, \"jobinsight_staging\".t WHERE nope = 12"
        );
        let sent = rendered.sql().chars().position(|c| c == 'p').unwrap(); // "public"
        assert_eq!(
            &script.text[rendered.in_file(sent + 1).0..][..6],
            ":\"raw\""
        );
        let nope = rendered.sql().find("nope").unwrap();
        let position = rendered.sql()[..nope].chars().count() + 1;
        let (at, length) = rendered.in_file(position);
        assert_eq!(&script.text[at..at + length], "nope");
    }

    #[test]
    fn names_from_settings_are_quoted() {
        let mut settings = Settings::default();
        settings.staging.schema = "x\"; DROP TABLE raw_jobs;--".into();
        let rendered = Script::new("x.sql", "SELECT * FROM :\"staging\".t").render(&settings);
        assert_eq!(
            rendered.sql(),
            "SELECT * FROM \"x\"\"; DROP TABLE raw_jobs;--\".t"
        );
    }
}
