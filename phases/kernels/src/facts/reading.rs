//! Reads the facts of one posting.

use std::sync::Arc;

use crate::facts::book::FactBook;
use crate::facts::kinds::employment_type::EmploymentType;
use crate::facts::kinds::experience::{Experience, experience};
use crate::facts::kinds::languages::languages;
use crate::facts::kinds::level::level;
use crate::facts::kinds::skills::listed;
use crate::facts::kinds::work_mode::WorkMode;
use crate::facts::known::KnownTexts;
use crate::facts::rules::phrases::{Fact, Hit};
use crate::facts::words::Words;

/// The texts that facts are read from.
#[derive(Debug, Clone, Copy, Default)]
pub struct FactTexts<'a> {
    /// The raw title.
    pub title: Option<&'a str>,
    /// The raw location.
    pub location: Option<&'a str>,
    /// The skills as JSON.
    pub skills: Option<&'a str>,
}

/// The facts of a posting. A fact that nothing states is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The least experience in years.
    pub experience_min: Option<f64>,
    /// The most experience in years.
    pub experience_max: Option<f64>,
    /// From `intern` to `executive`.
    pub level: Option<&'static str>,
    /// `onsite`, `hybrid` or `remote`.
    pub work_mode: Option<&'static str>,
    /// Such as `full_time` or `internship`.
    pub employment_type: Option<&'static str>,
    /// Codes of ISO 639-1, in the order of the title.
    pub languages: Vec<String>,
    /// The skills of the posting, then the skills that its title names. Each skill has one spelling.
    pub skills: Vec<Arc<str>>,
}

/// The words of a text that a fact was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The column of the fact.
    pub(crate) column: &'static str,
    /// The column of the text.
    pub(crate) from: &'static str,
    pub(crate) words: String,
    pub(crate) value: String,
    /// The lines of the tables.
    pub(crate) lines: Vec<usize>,
}

impl Evidence {
    fn of(
        column: &'static str,
        from: &'static str,
        value: &str,
        words: &Words<'_>,
        hit: &Hit,
    ) -> Self {
        Self {
            column,
            from,
            words: words.written(hit.words.clone()).to_owned(),
            value: value.to_owned(),
            lines: vec![hit.line],
        }
    }

    fn skill(from: &'static str, written: &str, spelled: &str, line: Option<usize>) -> Self {
        Self {
            column: "skills_normalized",
            from,
            words: written.to_owned(),
            value: spelled.to_owned(),
            lines: line.into_iter().collect(),
        }
    }
}

/// Reads the facts of postings. The reader keeps what it read from a location and from a list of skills, because many postings
/// share them. Most titles differ.
pub struct FactReader {
    book: Arc<FactBook>,
    locations: KnownTexts<Option<&'static str>>,
    lists: KnownTexts<Vec<Arc<str>>>,
    skills: KnownTexts<Option<Arc<str>>>,
    /// The words that each fact was read from; `None` if nobody asks for them.
    evidence: Option<Vec<Evidence>>,
}

impl FactReader {
    /// A reader by the rules of a book.
    pub fn new(book: &Arc<FactBook>) -> Self {
        Self {
            book: Arc::clone(book),
            locations: KnownTexts::default(),
            lists: KnownTexts::default(),
            skills: KnownTexts::default(),
            evidence: None,
        }
    }

    /// A reader that also tells the words that each fact was read from.
    pub(crate) fn explaining(book: &Arc<FactBook>) -> Self {
        Self {
            evidence: Some(Vec::new()),
            ..Self::new(book)
        }
    }

    /// The facts that these texts state.
    pub fn read(&mut self, texts: FactTexts<'_>) -> Facts {
        self.read_words(&Words::of(texts.title.unwrap_or_default()), texts)
    }

    /// The facts that these texts state, where the title is read as words already.
    pub(crate) fn read_words(&mut self, title: &Words<'_>, texts: FactTexts<'_>) -> Facts {
        let mut facts = Facts::default();
        let hits = self.book.phrases.find(title);
        self.read_title(title, &hits, &mut facts);
        if let Some(location) = texts.location {
            self.read_location(location, &mut facts);
        }
        if let Some(skills) = texts.skills.filter(|skills| skills.len() > 2) {
            facts.skills = self.read_list(skills);
        }
        self.read_title_skills(title, &hits, &mut facts);
        facts
    }

    /// The words that the facts of the last posting were read from.
    pub(crate) fn take_evidence(&mut self) -> Vec<Evidence> {
        self.evidence
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    fn read_title(&mut self, words: &Words<'_>, hits: &[Hit], facts: &mut Facts) {
        let book = &*self.book;
        if let Some(found) = experience(words, of(Fact::Experience, hits), &book.experience) {
            (facts.experience_min, facts.experience_max) = (found.min, found.max);
            tell(&mut self.evidence, || Evidence {
                column: "experience",
                from: "title",
                words: words.written(found.words.clone()).to_owned(),
                value: range(&found),
                lines: found.lines.clone(),
            });
        }
        let level = level(words, of(Fact::Level, hits), &book.levels);
        if let Some((name, hit)) = level {
            facts.level = Some(name);
            tell(&mut self.evidence, || {
                Evidence::of("level", "title", name, words, hit)
            });
        }
        let mode = WorkMode::of(of(Fact::WorkMode, hits), &book.work_modes);
        if let Some((mode, hit)) = mode {
            facts.work_mode = Some(mode.name());
            tell(&mut self.evidence, || {
                Evidence::of("work_mode", "title", mode.name(), words, hit)
            });
        }
        let kinds = of(Fact::EmploymentType, hits);
        if let Some((kind, hit)) = EmploymentType::of(kinds, &book.employment_types) {
            facts.employment_type = Some(kind.name());
            tell(&mut self.evidence, || {
                Evidence::of("employment_type", "title", kind.name(), words, hit)
            });
        }
        for (code, hit) in languages(words, of(Fact::Language, hits), &book.languages) {
            facts.languages.push(code.to_owned());
            tell(&mut self.evidence, || {
                Evidence::of("languages", "title", code, words, &hit)
            });
        }
    }

    /// A work mode in the place counts if the title names none.
    fn read_location(&mut self, location: &str, facts: &mut Facts) {
        if facts.work_mode.is_some() {
            return;
        }
        if self.evidence.is_none()
            && let Some(known) = self.locations.get(location)
        {
            facts.work_mode = *known;
            return;
        }
        let words = Words::of(location);
        let hits = self.book.phrases.find(&words);
        let found = WorkMode::of(of(Fact::WorkMode, &hits), &self.book.work_modes);
        let mode = found.map(|(mode, _)| mode.name());
        self.locations.add(location, mode);
        if let Some((mode, hit)) = found {
            facts.work_mode = Some(mode.name());
            tell(&mut self.evidence, || {
                Evidence::of("work_mode", "location", mode.name(), &words, hit)
            });
        }
    }

    /// Adds the skills that the title names.
    fn read_title_skills(&mut self, words: &Words<'_>, hits: &[Hit], facts: &mut Facts) {
        for hit in of(Fact::Skill, hits) {
            let Some(spelled) = self.book.spellings.value(hit.value) else {
                continue;
            };
            if !facts.skills.contains(spelled) {
                tell(&mut self.evidence, || {
                    let written = words.written(hit.words.clone());
                    Evidence::skill("title", written, spelled, Some(hit.line))
                });
                facts.skills.push(Arc::clone(spelled));
            }
        }
    }

    /// The skills of a JSON array, without repeats.
    fn read_list(&mut self, list: &str) -> Vec<Arc<str>> {
        if self.evidence.is_none()
            && let Some(known) = self.lists.get(list)
        {
            return known.clone();
        }
        let mut skills = Vec::new();
        let add = |skill: &str| {
            let Some(spelled) = self.spelled(skill) else {
                return;
            };
            if *spelled != *skill {
                tell(&mut self.evidence, || {
                    Evidence::skill("skills", skill, &spelled, None)
                });
            }
            if !skills.contains(&spelled) {
                skills.push(spelled);
            }
        };
        // Most lists are texts without an escape, which need no copy.
        if let Ok(texts) = serde_json::from_str::<Vec<&str>>(list) {
            texts.into_iter().for_each(add);
        } else {
            let json = serde_json::from_str(list)
                .unwrap_or_else(|_| serde_json::Value::String(list.to_owned()));
            listed(&json).into_iter().for_each(add);
        }
        self.lists.add(list, skills.clone());
        skills
    }

    fn spelled(&mut self, skill: &str) -> Option<Arc<str>> {
        if let Some(known) = self.skills.get(skill) {
            return known.clone();
        }
        // A copy for this reader, because lanes that count the users of one text wait for each other.
        let spelled = self.book.spellings.spelled(skill);
        let spelled = spelled.map(|spelled| Arc::from(&*spelled));
        self.skills.add(skill, spelled.clone());
        spelled
    }
}

fn tell(told: &mut Option<Vec<Evidence>>, evidence: impl FnOnce() -> Evidence) {
    if let Some(told) = told {
        told.push(evidence());
    }
}

fn of(fact: Fact, hits: &[Hit]) -> impl Iterator<Item = &Hit> + Clone {
    hits.iter().filter(move |hit| hit.fact == fact)
}

/// An experience as text: `2`, `1 to 3`, `at most 1`.
fn range(experience: &Experience) -> String {
    match (experience.min, experience.max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => min.to_string(),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => String::new(),
    }
}
