//! Reads the facts of one posting.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::book::Book;
use crate::facts::employment_type::EmploymentType;
use crate::facts::experience::{Experience, experience};
use crate::facts::languages::languages;
use crate::facts::level::level;
use crate::facts::skills::listed;
use crate::facts::work_mode::WorkMode;

use crate::rules::phrases::{Fact, Hit};
use crate::words::Words;

/// The most texts of one kind that are remembered.
const MOST_KNOWN: usize = 20_000;
/// The most bytes of a text that is remembered.
const LONGEST_KNOWN: usize = 512;

/// The texts that facts are read from.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Texts<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
    /// The skills as JSON.
    pub(crate) skills: Option<&'a str>,
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
    /// Skills in one spelling each, those of the posting first.
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

/// The skills that a title names, with the words that name them.
type TitleSkills = Arc<[(Hit, String)]>;

/// Reads facts, and remembers those of texts that many postings have.
pub(crate) struct FactReader {
    book: Arc<Book>,
    titles: HashMap<String, (Facts, TitleSkills)>,
    locations: HashMap<String, Option<&'static str>>,
    known: HashMap<String, Option<Arc<str>>>,
    /// The words that each fact was read from; `None` if nobody asks for them.
    evidence: Option<Vec<Evidence>>,
}

impl FactReader {
    pub(crate) fn new(book: &Arc<Book>) -> Self {
        Self {
            book: Arc::clone(book),
            titles: HashMap::new(),
            locations: HashMap::new(),
            known: HashMap::new(),
            evidence: None,
        }
    }

    /// A reader that also tells the words that each fact was read from.
    pub(crate) fn explaining(book: &Arc<Book>) -> Self {
        Self {
            evidence: Some(Vec::new()),
            ..Self::new(book)
        }
    }

    /// The facts that these texts state.
    pub(crate) fn read(&mut self, texts: Texts<'_>) -> Facts {
        let (mut facts, in_title) = match texts.title {
            Some(title) => self.read_known_title(title),
            None => (Facts::default(), Arc::default()),
        };
        if let Some(location) = texts.location {
            self.read_location(location, &mut facts);
        }
        self.read_skills(texts.skills, &in_title, &mut facts);
        facts
    }

    /// The facts of a title. Many postings have the title of another one, so the facts of a title are remembered.
    fn read_known_title(&mut self, title: &str) -> (Facts, TitleSkills) {
        if self.evidence.is_none()
            && let Some(known) = self.titles.get(title)
        {
            return known.clone();
        }
        let words = Words::of(title);
        let hits = self.book.phrases.find(&words);
        let mut facts = Facts::default();
        self.read_title(&words, &hits, &mut facts);
        let skills = of(Fact::Skill, &hits);
        let skill = |hit: &Hit| (hit.clone(), words.written(hit.words.clone()).to_owned());
        let made: (Facts, TitleSkills) = (facts, skills.map(skill).collect());
        remember(&mut self.titles, title, made.clone());
        made
    }

    /// The words that the facts of the last posting were read from.
    pub(crate) fn take_evidence(&mut self) -> Vec<Evidence> {
        self.evidence
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    fn read_title(&mut self, words: &Words<'_>, hits: &[Hit], facts: &mut Facts) {
        let book = Arc::clone(&self.book);
        if let Some(found) = experience(words, of(Fact::Experience, hits), &book.experience) {
            (facts.experience_min, facts.experience_max) = (found.min, found.max);
            self.tell(|| Evidence {
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
            self.tell(|| Evidence::of("level", "title", name, words, hit));
        }
        let mode = WorkMode::of(of(Fact::WorkMode, hits), &book.work_modes);
        if let Some((mode, hit)) = mode {
            facts.work_mode = Some(mode.name());
            self.tell(|| Evidence::of("work_mode", "title", mode.name(), words, hit));
        }
        let kinds = of(Fact::EmploymentType, hits);
        if let Some((kind, hit)) = EmploymentType::of(kinds, &book.employment_types) {
            facts.employment_type = Some(kind.name());
            self.tell(|| Evidence::of("employment_type", "title", kind.name(), words, hit));
        }
        for (code, hit) in languages(words, of(Fact::Language, hits), &book.languages) {
            facts.languages.push(code.to_owned());
            self.tell(|| Evidence::of("languages", "title", code, words, &hit));
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
        remember(&mut self.locations, location, mode);
        if let Some((mode, hit)) = found {
            facts.work_mode = Some(mode.name());
            self.tell(|| Evidence::of("work_mode", "location", mode.name(), &words, hit));
        }
    }

    fn read_skills(&mut self, skills: Option<&str>, in_title: &[(Hit, String)], facts: &mut Facts) {
        let given = skills.filter(|skills| skills.len() > 2);
        let json = given.map(|skills| {
            serde_json::from_str(skills)
                .unwrap_or_else(|_| serde_json::Value::String(skills.to_owned()))
        });
        for skill in json.iter().flat_map(listed) {
            let Some(spelled) = self.spelled(skill) else {
                continue;
            };
            if *spelled != *skill {
                self.tell(|| Evidence::skill("skills", skill, &spelled, None));
            }
            add(&mut facts.skills, spelled);
        }
        for (hit, written) in in_title {
            let Some(spelled) = self.book.spellings.value(hit.value).cloned() else {
                continue;
            };
            if !facts.skills.contains(&spelled) {
                self.tell(|| Evidence::skill("title", written, &spelled, Some(hit.line)));
                facts.skills.push(spelled);
            }
        }
    }

    fn tell(&mut self, evidence: impl FnOnce() -> Evidence) {
        if let Some(told) = &mut self.evidence {
            told.push(evidence());
        }
    }

    fn spelled(&mut self, skill: &str) -> Option<Arc<str>> {
        if let Some(known) = self.known.get(skill) {
            return known.clone();
        }
        let spelled = self.book.spellings.spelled(skill);
        remember(&mut self.known, skill, spelled.clone());
        spelled
    }
}

/// Remembers the value of a text that is not too long. Forgets all when there are too many, so that the memory is bounded.
fn remember<T>(known: &mut HashMap<String, T>, text: &str, value: T) {
    if text.len() > LONGEST_KNOWN {
        return;
    }
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    known.insert(text.to_owned(), value);
}

fn of(fact: Fact, hits: &[Hit]) -> impl Iterator<Item = &Hit> + Clone {
    hits.iter().filter(move |hit| hit.fact == fact)
}

fn add(skills: &mut Vec<Arc<str>>, skill: Arc<str>) {
    if !skills.contains(&skill) {
        skills.push(skill);
    }
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
