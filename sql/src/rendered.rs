//! A script after its variables were replaced. It finds, for a position in its SQL, the position in the file.

use jobinsight_core::{EtlError, Result, Settings};
use tokio_postgres::GenericClient;
use tokio_postgres::error::ErrorPosition;

use crate::script::{Script, Value};
use crate::statements::statements;
use crate::template::{Filler, Segment};

/// A script after its variables were replaced.
#[derive(Debug, Clone)]
pub struct Rendered {
    script: Script,
    sql: String,
    segments: Vec<Segment>,
}

impl Script {
    /// Replaces the variables that depend on the settings and on the list of columns.
    pub fn render(self, settings: &Settings) -> Rendered {
        self.render_with(settings, &[])
    }

    /// Replaces the variables of the caller as well.
    pub fn render_with(self, settings: &Settings, values: &[(&str, Value<'_>)]) -> Rendered {
        let (sql, segments) = Filler::new(settings, values).fill_in(self);
        Rendered {
            script: self,
            sql,
            segments,
        }
    }
}

impl Rendered {
    /// The SQL to send to PostgreSQL.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Executes the statements of the script one by one. Citus passes on the whole text that it gets to the other servers, and
    /// they refuse a text with two statements that change a distributed table.
    ///
    /// # Errors
    /// The error of the statement that failed, with its position in the file.
    pub async fn apply(&self, client: &impl GenericClient, doing: &str) -> Result<()> {
        for (start, statement) in statements(&self.sql) {
            let applied = client.batch_execute(statement).await;
            applied.map_err(|error| self.error_in(start, error, doing))?;
        }
        Ok(())
    }

    /// An error of this script. If PostgreSQL reports a position, the error shows the line and the column of the file.
    pub fn error(&self, error: tokio_postgres::Error, doing: &str) -> EtlError {
        self.error_in(0, error, doing)
    }

    /// An error of the part of the script that begins at an offset in bytes.
    fn error_in(&self, start: usize, error: tokio_postgres::Error, doing: &str) -> EtlError {
        let position = error
            .as_db_error()
            .and_then(|db| db.position())
            .and_then(|position| match position {
                ErrorPosition::Original(position) => usize::try_from(*position).ok(),
                ErrorPosition::Internal { .. } => None,
            });
        let wrapped = EtlError::database(error, &format!("{doing} ({})", self.script.name));
        let before = self.sql[..start].chars().count();
        match position.and_then(|position| self.in_file(before + position)) {
            Some((file, offset, length)) => {
                wrapped.at(file.name, file.text, offset, length, "here")
            }
            None => wrapped,
        }
    }

    /// The file, the offset in the file, and the length of the word at a position. PostgreSQL counts the characters of the
    /// SQL that was sent, from 1. Offsets in files count bytes, from 0.
    fn in_file(&self, position: usize) -> Option<(Script, usize, usize)> {
        let sent = self
            .sql
            .char_indices()
            .nth(position.saturating_sub(1))
            .map_or(self.sql.len(), |(at, _)| at);
        let segment = self.segments.iter().rfind(|s| s.start <= sent)?;
        if let Some(length) = segment.variable {
            return Some((segment.file, segment.offset, length));
        }
        let text = segment.file.text;
        let at = (segment.offset + sent - segment.start).min(text.len());
        let word = text[at..]
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(0)
            .max(1);
        Some((segment.file, at, word.min(text.len() - at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word_at(rendered: &Rendered, word: &str) -> (&'static str, &'static str) {
        let at = rendered.sql().find(word).unwrap();
        let position = rendered.sql()[..at].chars().count() + 1;
        let (file, at, length) = rendered.in_file(position).unwrap();
        (file.name, &file.text[at..at + length])
    }

    #[test]
    fn a_position_leads_back_to_the_file() {
        let script = Script::new(
            "x.sql",
            "SELECT 'ế' FROM :\"raw\" r, :\"staging\".t WHERE nope = :batch",
        );
        let rendered = script.render_with(&Settings::default(), &[("batch", 12.into())]);
        assert_eq!(
            rendered.sql(),
            "SELECT 'ế' FROM \"public\".\"raw_jobs\" r, \"jobinsight_staging\".t WHERE nope = 12"
        );
        assert_eq!(word_at(&rendered, "public"), ("x.sql", ":\"raw\""));
        assert_eq!(word_at(&rendered, "nope"), ("x.sql", "nope"));
        assert_eq!(word_at(&rendered, "12"), ("x.sql", ":batch"));
    }

    #[test]
    fn a_position_in_an_included_file_leads_to_that_file() {
        let rendered = crate::scripts::STORED_PROCEDURES.render(&Settings::default());
        assert_eq!(
            word_at(&rendered, "deadline_parts("),
            ("sql/functions/deadline.sql", "deadline_parts")
        );
        let rendered = crate::scripts::PLAN_WORK.render_with(
            &Settings::default(),
            &[
                ("has_candidates", false.into()),
                ("has_places", true.into()),
            ],
        );
        assert_eq!(
            word_at(&rendered, "hash_record_extended"),
            ("sql/plan/fingerprint.sql", "hash_record_extended")
        );
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
