//! The loop around the rules: cleans a title, reads it, and drops parts until nothing changes.

use std::sync::Arc;

use super::render::{self, Scratch};
use super::token::Token;
use super::tokenizer::{self, Trust, Unclean};
use super::trace::{TitleRecorder, TitleTrace};
use super::word_memo::WordMemo;
use crate::rules::title::TitleRules;
use crate::{Warnings, text};

/// The width of the column, in characters. A longer title is rejected, so no rule reads it.
pub(crate) const LONGEST: usize = 255;
/// The most passes over a title. Each pass but the last drops something, so only a hostile title needs so many.
const MOST_PASSES: usize = 40;

/// The step that `explain-row` shows for a pass that changed the title.
const TOGETHER: &str =
    "the parts that stay are put together; dashes and brackets are written one way, loose signs go";
const EMPTIED: &str = "no rule may empty a title, so it stays";
const TOO_MANY_PASSES: &str = "the title needs too many passes, so it stays";

/// Cleans titles one after another and reuses its buffers. A batch uses one.
#[derive(Debug)]
pub struct Cleaner {
    rules: Arc<TitleRules>,
    tokens: Vec<Token>,
    memo: WordMemo,
    scratch: Scratch,
    current: String,
    result: String,
}

impl Default for Cleaner {
    fn default() -> Self {
        Self::new()
    }
}

impl Cleaner {
    /// A cleaner with the rules that are compiled in.
    pub fn new() -> Self {
        Self::with(Arc::clone(TitleRules::shipped()))
    }

    /// A cleaner with custom rules.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use jobinsight_data_processing::standard::title::{Cleaner, Table, TableLines, TitleRules};
    /// let lines = TableLines { table: Table::Tails, name: "title_tails.txt", text: "xe đưa đón" };
    /// let mut cleaner = Cleaner::with(Arc::new(TitleRules::new(&[lines])?));
    /// assert_eq!(cleaner.clean("Kế Toán Xe Đưa Đón Tận Nhà").0, "Kế Toán");
    /// # Ok::<(), jobinsight_data_processing::standard::title::TableError>(())
    /// ```
    pub fn with(rules: Arc<TitleRules>) -> Self {
        Self {
            rules,
            tokens: Vec::with_capacity(64),
            memo: WordMemo::new(),
            scratch: Scratch::default(),
            current: String::with_capacity(LONGEST),
            result: String::with_capacity(LONGEST),
        }
    }

    /// Cleans a title.
    pub fn clean(&mut self, title: &str) -> (&str, Warnings) {
        let mut result = std::mem::take(&mut self.result);
        let warnings = self.run(title, &mut result, &mut ());
        self.result = result;
        (&self.result, warnings)
    }

    /// Cleans a title and records each step.
    pub(crate) fn clean_recorded(
        &mut self,
        title: &str,
        out: &mut String,
    ) -> (Warnings, TitleRecorder) {
        let mut recorder = TitleRecorder::default();
        let warnings = self.run(title, out, &mut recorder);
        (warnings, recorder)
    }

    fn run(&mut self, title: &str, out: &mut String, trace: &mut impl TitleTrace) -> Warnings {
        out.clear();
        // Most titles are clean as they came.
        if title.len() <= LONGEST && self.read(title, Trust::Raw).is_ok() {
            self.drop_until_stable(title, out, trace)
        } else {
            self.clean_first(title, out, trace)
        }
    }

    /// Cleans the characters of a title, then applies the rules.
    fn clean_first(
        &mut self,
        title: &str,
        out: &mut String,
        trace: &mut impl TitleTrace,
    ) -> Warnings {
        let cleaned = text::clean(title);
        trace.rewritten(text::CLEAN, title, &cleaned);
        // The row is rejected anyway. A hostile title must not delay the other rows until then.
        if cleaned.chars().count() > LONGEST {
            out.push_str(&cleaned);
            trace.kept(text::TOO_LONG, &cleaned);
            return Warnings::NONE;
        }
        let original = if cleaned.contains(is_emoji) {
            let without: String = cleaned.chars().filter(|c| !is_emoji(*c)).collect();
            // An emoji that goes leaves two spaces next to each other.
            text::clean(&without).into_owned()
        } else {
            cleaned.clone().into_owned()
        };
        trace.rewritten("emoji go", &cleaned, &original);
        if !original.contains(char::is_alphanumeric) {
            trace.kept(EMPTIED, &cleaned);
            out.push_str(&cleaned);
            return Warnings::TITLE_KEPT;
        }
        // A clean text is never refused.
        let _ = self.read(&original, Trust::Clean);
        self.drop_until_stable(&original, out, trace)
    }

    fn read(&mut self, text: &str, trust: Trust) -> Result<(), Unclean> {
        let (rules, memo, tokens) = (&self.rules, &mut self.memo, &mut self.tokens);
        tokenizer::read(text, trust, rules, memo, tokens)
    }

    /// Runs passes over a title until one changes nothing. A pass can uncover work for the next one: a separator that now
    /// ends the title, or a tail behind a bracket that went.
    fn drop_until_stable(
        &mut self,
        title: &str,
        out: &mut String,
        trace: &mut impl TitleTrace,
    ) -> Warnings {
        self.pass(title, out, trace);
        if out == title {
            return Warnings::NONE;
        }
        if !out.contains(char::is_alphanumeric) {
            trace.kept(EMPTIED, title);
            out.clear();
            out.push_str(title);
            return Warnings::TITLE_KEPT;
        }
        trace.rewritten(TOGETHER, title, out);
        let mut current = std::mem::take(&mut self.current);
        let is_stable = (0..MOST_PASSES).any(|_| {
            std::mem::swap(out, &mut current);
            self.is_stable(&current, out, trace)
        });
        std::mem::swap(out, &mut current);
        self.current = current;
        if is_stable {
            return Warnings::NONE;
        }
        trace.kept(TOO_MANY_PASSES, title);
        out.clear();
        out.push_str(title);
        Warnings::TITLE_KEPT
    }

    /// Runs one more pass. Returns true if the title stays as `current` has it; otherwise `out` has the result.
    fn is_stable(&mut self, current: &str, out: &mut String, trace: &mut impl TitleTrace) -> bool {
        // The result of a pass is clean.
        let _ = self.read(current, Trust::Clean);
        self.pass(current, out, trace);
        if *out == *current {
            return true;
        }
        if out.contains(char::is_alphanumeric) {
            trace.rewritten(TOGETHER, current, out);
            return false;
        }
        trace.kept(EMPTIED, current);
        true
    }

    /// Applies the rules once to the title whose tokens are at hand.
    fn pass(&mut self, title: &str, out: &mut String, trace: &mut impl TitleTrace) {
        let (rules, scratch) = (&self.rules, &mut self.scratch);
        render::pass(rules, title, &self.tokens, scratch, out, trace);
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{FE0F}' | '\u{2190}'..='\u{21FF}')
}
