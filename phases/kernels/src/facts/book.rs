//! All tables, read: the shipped lines together with the lines of a user.

use std::sync::{Arc, OnceLock};

use crate::facts::kinds::employment_type::EmploymentType;
use crate::facts::kinds::experience::ExperiencePart;
use crate::facts::kinds::languages::Language;
use crate::facts::kinds::level::Level;
use crate::facts::kinds::skills::Spellings;
use crate::facts::kinds::work_mode::WorkMode;
use crate::facts::rules::line::{Condition, FactLine, IGNORE};
use crate::facts::rules::phrases::{Fact, Phrases};
use crate::facts::rules::shipped::{
    EMPLOYMENT_TYPES, EXPERIENCE, LANGUAGES, LEVELS, SKILLS, TABLES, WORK_MODES,
};
use crate::rules::source::numbered;
use crate::tables::{ChangedTable, RuleTable, TableError, TableLine};

/// Adds a line to the rules of its fact.
type ReadLine = fn(&mut FactBook, &FactLine<'_>) -> Result<(), String>;

/// The rules of all facts.
#[derive(Debug, Default)]
pub struct FactBook {
    pub(crate) phrases: Phrases,
    pub(crate) experience: Vec<ExperiencePart>,
    pub(crate) levels: Vec<Level>,
    pub(crate) work_modes: Vec<Option<WorkMode>>,
    pub(crate) employment_types: Vec<Option<EmploymentType>>,
    pub(crate) languages: Vec<Language>,
    pub(crate) spellings: Spellings,
    lines: Vec<TableLine>,
}

impl FactBook {
    /// The shipped rules.
    pub fn shipped() -> &'static Arc<Self> {
        static SHIPPED: OnceLock<Arc<FactBook>> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            // A test reads every shipped line.
            let book = Self::read(&[]);
            Arc::new(book.unwrap_or_default())
        })
    }

    /// The shipped rules with the changes of a user. A change of another table than [`TABLES`](crate::facts::TABLES) is
    /// ignored.
    ///
    /// # Errors
    /// A line is not a rule.
    pub fn with(changed: &[ChangedTable]) -> Result<Arc<Self>, TableError> {
        if !ChangedTable::is_any_in(changed, &TABLES) {
            return Ok(Arc::clone(Self::shipped()));
        }
        Self::read(changed).map(Arc::new)
    }

    fn read(changed: &[ChangedTable]) -> Result<Self, TableError> {
        let mut book = Self::default();
        book.table(changed, &EXPERIENCE, Self::experience)?;
        book.table(changed, &LEVELS, Self::level)?;
        book.table(changed, &WORK_MODES, Self::work_mode)?;
        book.table(changed, &EMPLOYMENT_TYPES, Self::employment_type)?;
        book.table(changed, &LANGUAGES, Self::language)?;
        book.table(changed, &SKILLS, Self::skill)?;
        Ok(book)
    }

    /// The line of a table, for `explain-row`.
    pub(crate) fn line(&self, index: usize) -> Option<&TableLine> {
        self.lines.get(index)
    }

    fn table(
        &mut self,
        changed: &[ChangedTable],
        table: &RuleTable,
        read: ReadLine,
    ) -> Result<(), TableError> {
        let Some(own) = changed.iter().find(|own| own.table == table.name) else {
            return self.lines(table.name, table.text, read);
        };
        self.lines(table.name, &own.shipped, read)?;
        self.lines(&own.file, &own.added, read)
    }

    /// Adds the lines of a table, or of the file of a user that extends it.
    fn lines(&mut self, table: &str, text: &str, read: ReadLine) -> Result<(), TableError> {
        for (number, text) in numbered(text) {
            let wrong = |reason| TableError {
                table: table.to_owned(),
                line: number,
                reason,
            };
            let line = FactLine::read(text).map_err(wrong)?;
            self.lines.push(TableLine {
                table: table.to_owned(),
                line: number,
                text: text.to_owned(),
            });
            read(self, &line).map_err(wrong)?;
        }
        Ok(())
    }

    fn experience(&mut self, line: &FactLine<'_>) -> Result<(), String> {
        self.experience.push(ExperiencePart::read(line.value)?);
        self.file(line, Fact::Experience, self.experience.len())
    }

    fn level(&mut self, line: &FactLine<'_>) -> Result<(), String> {
        self.levels.push(Level::read(line.value)?);
        self.file(line, Fact::Level, self.levels.len())
    }

    fn work_mode(&mut self, line: &FactLine<'_>) -> Result<(), String> {
        let value = unless_ignored(line.value, WorkMode::read)?;
        self.work_modes.push(value);
        self.file(line, Fact::WorkMode, self.work_modes.len())
    }

    fn employment_type(&mut self, line: &FactLine<'_>) -> Result<(), String> {
        let value = unless_ignored(line.value, EmploymentType::read)?;
        self.employment_types.push(value);
        self.file(line, Fact::EmploymentType, self.employment_types.len())
    }

    fn language(&mut self, line: &FactLine<'_>) -> Result<(), String> {
        self.languages.push(Language::read(line)?);
        self.file(line, Fact::Language, self.languages.len())
    }

    fn skill(&mut self, line: &FactLine<'_>) -> Result<(), String> {
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
    fn file(&mut self, line: &FactLine<'_>, fact: Fact, values: usize) -> Result<(), String> {
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
    read: fn(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if value == IGNORE {
        return Ok(None);
    }
    read(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_line_is_a_rule() {
        let book = FactBook::read(&[]).unwrap();
        assert!(book.lines.len() > 100, "{}", book.lines.len());
    }
}
