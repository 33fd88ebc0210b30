//! All tables, read: the shipped lines together with the lines of a user.

use std::sync::{Arc, OnceLock};

use jobinsight_core::explain::TableLine;
use jobinsight_core::settings::{CustomRules, removed_line};
use jobinsight_core::{Result, RuleTable};

use crate::facts::employment_type::EmploymentType;
use crate::facts::experience::Part;
use crate::facts::languages::Language;
use crate::facts::level::Level;
use crate::facts::skills::Spellings;
use crate::facts::work_mode::WorkMode;
use crate::rules::line::{Condition, IGNORE, RuleLine};
use crate::rules::phrases::{Fact, Phrases};
use crate::rules::shipped::{EMPLOYMENT_TYPES, EXPERIENCE, LANGUAGES, LEVELS, SKILLS, WORK_MODES};

/// The rules of all facts.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) phrases: Phrases,
    pub(crate) experience: Vec<Part>,
    pub(crate) levels: Vec<Level>,
    pub(crate) work_modes: Vec<Option<WorkMode>>,
    pub(crate) employment_types: Vec<Option<EmploymentType>>,
    pub(crate) languages: Vec<Language>,
    pub(crate) spellings: Spellings,
    lines: Vec<TableLine>,
}

impl Book {
    /// The shipped rules.
    pub(crate) fn shipped() -> &'static Arc<Self> {
        static SHIPPED: OnceLock<Arc<Book>> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            // A test reads every shipped line.
            let book = Self::read(&CustomRules::default());
            Arc::new(book.unwrap_or_default())
        })
    }

    /// The shipped rules and the rules of a user.
    ///
    /// # Errors
    /// `jobinsight::rules::bad_line` shows the line that is not a rule.
    pub(crate) fn with(custom: &CustomRules) -> Result<Arc<Self>> {
        if custom.all().is_empty() {
            return Ok(Arc::clone(Self::shipped()));
        }
        Self::read(custom).map(Arc::new)
    }

    fn read(custom: &CustomRules) -> Result<Self> {
        let mut book = Self::default();
        book.table(custom, &EXPERIENCE, Self::experience)?;
        book.table(custom, &LEVELS, Self::level)?;
        book.table(custom, &WORK_MODES, Self::work_mode)?;
        book.table(custom, &EMPLOYMENT_TYPES, Self::employment_type)?;
        book.table(custom, &LANGUAGES, Self::language)?;
        book.table(custom, &SKILLS, Self::skill)?;
        Ok(book)
    }

    /// The line of a table, for `explain-row`.
    pub(crate) fn line(&self, index: usize) -> Option<&TableLine> {
        self.lines.get(index)
    }

    fn table(
        &mut self,
        custom: &CustomRules,
        table: &RuleTable,
        add: fn(&mut Self, &RuleLine<'_>) -> std::result::Result<(), String>,
    ) -> Result<()> {
        for (number, line) in numbered(&custom.shipped(table)) {
            self.add(table.name, (number, line), add)
                .map_err(|reason| {
                    let message = format!("{}, line {number}: {reason}", table.name);
                    jobinsight_core::EtlError::bug(message)
                })?;
        }
        let Some(own) = custom.of(table.name) else {
            return Ok(());
        };
        for (number, line) in numbered(&own.text) {
            if removed_line(line).is_none() {
                self.add(&own.file, (number, line), add)
                    .map_err(|reason| own.bad_line(number, &reason))?;
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        table: &str,
        (number, text): (usize, &str),
        add: fn(&mut Self, &RuleLine<'_>) -> std::result::Result<(), String>,
    ) -> std::result::Result<(), String> {
        let line = RuleLine::read(text)?;
        self.lines.push(TableLine {
            table: table.to_owned(),
            line: number,
            text: text.to_owned(),
        });
        add(self, &line)
    }

    fn experience(&mut self, line: &RuleLine<'_>) -> std::result::Result<(), String> {
        self.experience.push(Part::read(line.value)?);
        self.file(line, Fact::Experience, self.experience.len())
    }

    fn level(&mut self, line: &RuleLine<'_>) -> std::result::Result<(), String> {
        self.levels.push(Level::read(line.value)?);
        self.file(line, Fact::Level, self.levels.len())
    }

    fn work_mode(&mut self, line: &RuleLine<'_>) -> std::result::Result<(), String> {
        let value = unless_ignored(line.value, WorkMode::read)?;
        self.work_modes.push(value);
        self.file(line, Fact::WorkMode, self.work_modes.len())
    }

    fn employment_type(&mut self, line: &RuleLine<'_>) -> std::result::Result<(), String> {
        let value = unless_ignored(line.value, EmploymentType::read)?;
        self.employment_types.push(value);
        self.file(line, Fact::EmploymentType, self.employment_types.len())
    }

    fn language(&mut self, line: &RuleLine<'_>) -> std::result::Result<(), String> {
        self.languages.push(Language::read(line)?);
        self.file(line, Fact::Language, self.languages.len())
    }

    fn skill(&mut self, line: &RuleLine<'_>) -> std::result::Result<(), String> {
        self.spellings.add(line);
        if line.condition == Condition::Title {
            // A name of one or two letters, such as Go, is too short to be one in any title.
            if line.value.len() > 2 || !line.value.chars().all(char::is_alphabetic) {
                let value = (Fact::Skill, self.spellings.len() - 1);
                let line_no = self.lines.len() - 1;
                self.phrases.add(line.value, value, line.condition, line_no);
            }
            return self.file(line, Fact::Skill, self.spellings.len());
        }
        Ok(())
    }

    /// Files the phrases of a line, which belong to the last value.
    fn file(
        &mut self,
        line: &RuleLine<'_>,
        fact: Fact,
        values: usize,
    ) -> std::result::Result<(), String> {
        for phrase in &line.phrases {
            let value = (fact, values - 1);
            let line_no = self.lines.len() - 1;
            if !self.phrases.add(phrase, value, line.condition, line_no) {
                return Err(format!("`{phrase}` has no word"));
            }
        }
        Ok(())
    }
}

/// The value of a line; `None` for a line that only takes words away.
fn unless_ignored<T>(
    value: &str,
    read: fn(&str) -> std::result::Result<T, String>,
) -> std::result::Result<Option<T>, String> {
    if value == IGNORE {
        return Ok(None);
    }
    read(value).map(Some)
}

/// The lines of a table, with their numbers from one, without comments and blank lines.
fn numbered(table: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(table.lines().map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_line_is_a_rule() {
        let book = Book::read(&CustomRules::default()).unwrap();
        assert!(book.lines.len() > 100, "{}", book.lines.len());
    }
}
