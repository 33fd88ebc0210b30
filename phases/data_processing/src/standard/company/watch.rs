//! Who looks on while a name is written: nobody, or who tells of it step by step.

use jobinsight_core::explain::Step;

use super::pieces::Written;
use super::words::Case;
use crate::rules::company::{Form, Rules};
use crate::rules::source::Origin;

/// Told what is written how. For nobody it comes to nothing.
pub(super) trait Watch {
    /// Whether anybody does.
    fn looks_on(&self) -> bool;
    /// A word is written by its letters.
    fn writes(&mut self, rules: &Rules, given: &str, written: &str, case: Case);
    /// Words are a legal form.
    fn spells(&mut self, rules: &Rules, words: Written<'_>, form: &Form);
    /// Words go from an end.
    fn strips(&mut self, rules: &Rules, words: Written<'_>, origin: Origin);
    /// The whole name stays, whatever else was told.
    fn stays(&mut self, rule: &str, name: &str);
    /// A rule made another of the whole name.
    fn makes(&mut self, rule: &str, before: &str, after: &str);
}

impl Watch for () {
    #[inline]
    fn looks_on(&self) -> bool {
        false
    }
    #[inline]
    fn writes(&mut self, _: &Rules, _: &str, _: &str, _: Case) {}
    #[inline]
    fn spells(&mut self, _: &Rules, _: Written<'_>, _: &Form) {}
    #[inline]
    fn strips(&mut self, _: &Rules, _: Written<'_>, _: Origin) {}
    #[inline]
    fn stays(&mut self, _: &str, _: &str) {}
    #[inline]
    fn makes(&mut self, _: &str, _: &str, _: &str) {}
}

/// Writes down what it is told.
#[derive(Debug, Default)]
pub(crate) struct Teller {
    pub(crate) steps: Vec<Step>,
    /// The words of the reading that is on.
    words: Vec<Step>,
    /// Its forms, and what it strips.
    phrases: Vec<Step>,
}

/// How often a word stands in a text, in any case.
fn count(word: &str, text: &str) -> usize {
    let word = word.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|other| other.to_lowercase() == word).count()
}

impl Watch for Teller {
    fn looks_on(&self) -> bool {
        true
    }

    fn writes(&mut self, rules: &Rules, given: &str, written: &str, case: Case) {
        let (rule, origin) = match case {
            Case::Single => ("a single letter is a capital", None),
            Case::NoVowel => ("a word without a vowel is in capitals", None),
            Case::Acronym(origin) => ("a known acronym is in capitals", Some(origin)),
            Case::Word => ("a word that is no known acronym has one capital", None),
        };
        let lines = origin.map(|origin| rules.origins.line(origin));
        self.words
            .push(Step::new(rule, given, written).by(lines.into_iter().collect()));
    }

    fn spells(&mut self, rules: &Rules, words: Written<'_>, form: &Form) {
        let spelled = &rules.spellings[usize::from(form.spelling)];
        let line = rules.origins.line(form.origin);
        let rule = "a legal form is spelled one way";
        self.phrases
            .push(Step::new(rule, words.to_string(), spelled).by(vec![line]));
    }

    fn strips(&mut self, rules: &Rules, words: Written<'_>, origin: Origin) {
        let line = rules.origins.line(origin);
        let rule = "a recruiting word at an end goes";
        self.phrases
            .push(Step::new(rule, words.to_string(), "").by(vec![line]));
    }

    fn stays(&mut self, rule: &str, name: &str) {
        self.steps.push(Step::new(rule, name, name));
    }

    fn makes(&mut self, rule: &str, before: &str, after: &str) {
        let (mut words, mut phrases) = (
            std::mem::take(&mut self.words),
            std::mem::take(&mut self.phrases),
        );
        // A reading that gives the same name again did nothing.
        if before == after {
            return;
        }
        // How the words of a phrase are written does not matter once it is spelled, or gone.
        words.retain(|word| {
            let within = phrases
                .iter()
                .map(|phrase| count(&word.before, &phrase.before));
            count(&word.before, before) > within.sum()
        });
        words.append(&mut phrases);
        words.retain(|step| step.before != step.after);
        self.steps.append(&mut words);
        // Where one rule says it all, nothing was left to put together.
        let said = self.steps.last();
        if !said.is_some_and(|step| step.before == before && step.after == after) {
            self.steps.push(Step::new(rule, before, after));
        }
    }
}
