//! Records how a name is standardized, for `explain-row`.

use super::words::Case;
use crate::rules::company::{DroppedPhrase, Form, Rules};
use crate::steps::Step;

/// The steps of one name, if somebody asked for them.
#[derive(Debug, Default)]
pub(super) struct NameTrace(Option<Steps>);

#[derive(Debug, Default)]
struct Steps {
    done: Vec<Step>,
    /// The words of the current round.
    words: Vec<Step>,
    /// The legal forms and the dropped words of the current round.
    phrases: Vec<Step>,
}

impl NameTrace {
    /// A trace that records nothing.
    pub(super) fn off() -> Self {
        Self(None)
    }

    pub(super) fn on() -> Self {
        Self(Some(Steps::default()))
    }

    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.0.unwrap_or_default().done
    }

    /// A word is written by its letters.
    pub(super) fn word(&mut self, rules: &Rules, given: &str, written: &str, case: Case) {
        let Some(steps) = &mut self.0 else { return };
        let (rule, origin) = match case {
            Case::Single => ("a single letter is a capital", None),
            Case::Possessive => ("an s after an apostrophe is in lower case", None),
            Case::NoVowel => ("a word without a vowel is in capitals", None),
            Case::Acronym(origin) => ("a known acronym is in capitals", Some(origin)),
            Case::Brand(origin) => ("a brand keeps the spelling of its owner", Some(origin)),
            Case::Word => ("a word that is not a known acronym has one capital", None),
        };
        let lines = origin.map(|origin| rules.origins.line(origin));
        let step = Step::new(rule, given, written).by(lines.into_iter().collect());
        steps.words.push(step);
    }

    /// Words are a legal form, which has one spelling.
    pub(super) fn form(&mut self, rules: &Rules, words: impl FnOnce() -> String, form: &Form) {
        let Some(steps) = &mut self.0 else { return };
        let spelling = &rules.spellings[usize::from(form.spelling)];
        let line = rules.origins.line(form.origin);
        let step = Step::new("a legal form has one spelling", words(), spelling);
        steps.phrases.push(step.by(vec![line]));
    }

    /// Recruiting words or a badge at an end are dropped.
    pub(super) fn stripped(
        &mut self,
        rules: &Rules,
        words: impl FnOnce() -> String,
        phrase: &DroppedPhrase,
    ) {
        let Some(steps) = &mut self.0 else { return };
        let line = rules.origins.line(phrase.origin);
        let rule = if phrase.is_badge {
            "a badge of the board at the end is dropped"
        } else {
            "a recruiting word at an end is dropped"
        };
        let step = Step::new(rule, words(), "");
        steps.phrases.push(step.by(vec![line]));
    }

    /// The whole name stays as it is.
    pub(super) fn stays(&mut self, rule: &str, name: &str) {
        let Some(steps) = &mut self.0 else { return };
        steps.done.push(Step::new(rule, name, name));
    }

    /// A rule changed the whole name, by what was recorded since the last such rule.
    pub(super) fn whole(&mut self, rule: &str, before: &str, after: &str) {
        let Some(steps) = &mut self.0 else { return };
        let mut words = std::mem::take(&mut steps.words);
        let mut phrases = std::mem::take(&mut steps.phrases);
        // A round that results in the same name did nothing.
        if before == after {
            return;
        }
        // How the words of a phrase are written does not matter once the phrase has its spelling, or is dropped.
        words.retain(|word| {
            let within = phrases
                .iter()
                .map(|phrase| count(&word.before, &phrase.before));
            count(&word.before, before) > within.sum()
        });
        words.append(&mut phrases);
        words.retain(|step| step.before != step.after);
        steps.done.append(&mut words);
        // Where the last step changed the whole name already, nothing was left to join.
        let last = steps.done.last();
        if !last.is_some_and(|step| step.before == before && step.after == after) {
            steps.done.push(Step::new(rule, before, after));
        }
    }
}

/// How often a word occurs in a text, in any case.
fn count(word: &str, text: &str) -> usize {
    let word = word.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|other| other.to_lowercase() == word).count()
}
