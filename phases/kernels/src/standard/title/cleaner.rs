//! The loop around the rules: cleans a title, reads it, and drops parts until nothing changes.

use std::sync::Arc;

use super::clean_title::CleanTitle;
use super::first_look::FirstLook;
use super::matcher::Matcher;
use super::pay::PayRecorder;
use super::render::{self, Scratch};
use super::token::{self, TitleFlags, Token};
use super::tokenizer::{self, Trust, Unclean};
use super::trace::{TitleRecorder, TitleTrace, keep};
use super::word_memo::WordMemo;
use crate::rules::title::TitleRules;
use crate::{Warnings, text};

/// The width of the column, in characters. A longer title is rejected, so no rule reads it.
pub(crate) const LONGEST: usize = 255;
/// The most passes over a title. Each pass but the last drops something, so only a hostile title needs so many.
const MOST_PASSES: usize = 40;

/// The step that `explain-row` shows for a pass that changed the title.
const TOGETHER: &str = "the parts that stay are joined: dashes and brackets are written one way, loose signs are dropped";
const EMPTIED: &str = "the rules would drop the whole title, so it stays as it is";
const ROLE_LOST: &str = "the rules would drop the words that name the role, so the title stays";
const TOO_MANY_PASSES: &str = "the title needs too many passes, so it stays";

/// Cleans titles one after another and reuses its buffers. A batch uses one.
#[derive(Debug)]
pub struct Cleaner {
    rules: Arc<TitleRules>,
    uses_fast_path: bool,
    tokens: Vec<Token>,
    memo: WordMemo,
    scratch: Scratch,
    current: String,
    result: String,
    pay: PayRecorder,
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
    /// use jobinsight_kernels::standard::title::{Cleaner, Table, TableLines, TitleRules};
    /// let lines = TableLines { table: Table::Tails, name: "title_tails.txt", text: "xe đưa đón" };
    /// let mut cleaner = Cleaner::with(Arc::new(TitleRules::new(&[lines])?));
    /// assert_eq!(cleaner.clean("Kế Toán Xe Đưa Đón Tận Nhà").text, "Kế Toán");
    /// # Ok::<(), jobinsight_kernels::standard::title::TableError>(())
    /// ```
    pub fn with(rules: Arc<TitleRules>) -> Self {
        Self {
            rules,
            uses_fast_path: true,
            tokens: Vec::with_capacity(64),
            memo: WordMemo::new(),
            scratch: Scratch::default(),
            current: String::with_capacity(LONGEST),
            result: String::with_capacity(LONGEST),
            pay: PayRecorder::default(),
        }
    }

    /// A cleaner that takes no fast path, for tests that compare the two.
    #[doc(hidden)]
    pub fn without_fast_path() -> Self {
        Self {
            uses_fast_path: false,
            ..Self::new()
        }
    }

    /// Cleans a title. Returns the given text, without a copy, where no rule applies.
    pub fn clean<'a>(&'a mut self, title: &'a str) -> CleanTitle<'a> {
        let look = self.first_look(title);
        if let FirstLook::Unchanged = look {
            return CleanTitle::unchanged(title);
        }
        let mut result = std::mem::take(&mut self.result);
        let mut pay = std::mem::take(&mut self.pay);
        pay.start(look.has_digit(title));
        let warnings = self.finish(look, title, &mut result, &mut pay);
        (self.result, self.pay) = (result, pay);
        CleanTitle {
            text: &self.result,
            pay: self.pay.text(),
            warnings,
        }
    }

    /// Cleans a title and records each step.
    pub(crate) fn clean_recorded(
        &mut self,
        title: &str,
        out: &mut String,
    ) -> (Warnings, TitleRecorder) {
        let mut recorder = TitleRecorder::default();
        let look = self.first_look(title);
        let warnings = self.finish(look, title, out, &mut recorder);
        (warnings, recorder)
    }

    /// Reads a title without cleaning its characters first. Most titles need no cleaning, and no rule applies to them.
    fn first_look(&mut self, title: &str) -> FirstLook {
        if title.len() > LONGEST {
            return FirstLook::Unclean;
        }
        let (rules, memo, tokens) = (&self.rules, &mut self.memo, &mut self.tokens);
        match tokenizer::read(title, Trust::Raw, rules, memo, tokens) {
            Ok(flags) if self.is_unchanged(title, flags) => FirstLook::Unchanged,
            Ok(flags) => FirstLook::Read(flags),
            Err(Unclean) => FirstLook::Unclean,
        }
    }

    fn finish(
        &mut self,
        look: FirstLook,
        title: &str,
        out: &mut String,
        trace: &mut impl TitleTrace,
    ) -> Warnings {
        out.clear();
        match look {
            FirstLook::Unchanged => {
                out.push_str(title);
                Warnings::NONE
            }
            FirstLook::Read(flags) => self.drop_until_stable(title, flags, out, trace),
            FirstLook::Unclean => self.clean_first(title, out, trace),
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
        let original = if cleaned.contains(text::is_emoji) {
            let without: String = cleaned.chars().filter(|c| !text::is_emoji(*c)).collect();
            // A dropped emoji leaves two spaces next to each other.
            text::clean(&without).into_owned()
        } else {
            cleaned.clone().into_owned()
        };
        trace.rewritten("emoji are dropped", &cleaned, &original);
        if !original.contains(char::is_alphanumeric) {
            return keep(EMPTIED, &cleaned, out, trace);
        }
        // A clean text is never refused.
        let flags = self.read(&original).unwrap_or(TitleFlags::ANY);
        self.drop_until_stable(&original, flags, out, trace)
    }

    /// Reads a text that is known to be clean.
    fn read(&mut self, text: &str) -> Result<TitleFlags, Unclean> {
        let (rules, memo, tokens) = (&self.rules, &mut self.memo, &mut self.tokens);
        tokenizer::read(text, Trust::Clean, rules, memo, tokens)
    }

    /// Runs passes over a title until one changes nothing. A pass can uncover work for the next one: a separator that now
    /// ends the title, or a tail after a bracket that was dropped.
    fn drop_until_stable(
        &mut self,
        title: &str,
        flags: TitleFlags,
        out: &mut String,
        trace: &mut impl TitleTrace,
    ) -> Warnings {
        self.pass(title, flags, out, trace);
        if out == title {
            return Warnings::NONE;
        }
        if !out.contains(char::is_alphanumeric) {
            return keep(EMPTIED, title, out, trace);
        }
        trace.rewritten(TOGETHER, title, out);
        let has_role = self.matcher(title, flags).names_role();
        let mut current = std::mem::take(&mut self.current);
        // The tokens belong to `current`. `out` is the result of the last pass.
        current.clear();
        current.push_str(title);
        let (mut is_stable, mut flags) = (false, flags);
        for _ in 0..MOST_PASSES {
            std::mem::swap(out, &mut current);
            if self.is_stable(&current, &mut flags, out, trace) {
                std::mem::swap(out, &mut current);
                is_stable = true;
                break;
            }
        }
        self.current = current;
        // The tokens belong to `out` now.
        let is_role_lost =
            is_stable && has_role && !self.matcher(out, TitleFlags::ANY).may_name_role();
        if is_stable && !is_role_lost {
            return Warnings::NONE;
        }
        let rule = if is_role_lost {
            ROLE_LOST
        } else {
            TOO_MANY_PASSES
        };
        keep(rule, title, out, trace)
    }

    /// Runs one more pass over `current`. Returns true if the title stays as `current` has it; otherwise `out` has the
    /// result. Before the pass, the tokens and the flags belong to `out`.
    fn is_stable(
        &mut self,
        current: &str,
        flags: &mut TitleFlags,
        out: &mut String,
        trace: &mut impl TitleTrace,
    ) -> bool {
        let known = token::truncate(&mut self.tokens, *flags, out, current);
        debug_assert!(known.is_none_or(|flags| self.is_read_so(current, flags)));
        let known = known.map_or_else(|| self.read(current), Ok);
        *flags = known.unwrap_or(TitleFlags::ANY);
        if known.is_ok() && self.is_unchanged(current, *flags) {
            return true;
        }
        self.pass(current, *flags, out, trace);
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
    fn pass(
        &mut self,
        title: &str,
        flags: TitleFlags,
        out: &mut String,
        trace: &mut impl TitleTrace,
    ) {
        let (rules, scratch) = (&self.rules, &mut self.scratch);
        let tokens = (self.tokens.as_slice(), flags);
        render::pass(rules, title, tokens, scratch, out, trace);
    }

    /// The title whose tokens are at hand.
    fn matcher<'a>(&'a self, title: &'a str, flags: TitleFlags) -> Matcher<'a> {
        Matcher::whole(&self.rules, title, &self.tokens, flags)
    }

    /// Whether the fast path proves that a pass would not change the title.
    fn is_unchanged(&mut self, title: &str, flags: TitleFlags) -> bool {
        if !self.uses_fast_path {
            return false;
        }
        let is_unchanged = self.matcher(title, flags).is_unchanged();
        debug_assert!(
            !is_unchanged || {
                let mut out = String::new();
                self.pass(title, flags, &mut out, &mut ());
                out == title
            },
            "{title}"
        );
        is_unchanged
    }

    /// Whether reading a text gives the same tokens and these flags.
    fn is_read_so(&mut self, text: &str, flags: TitleFlags) -> bool {
        let tokens = self.tokens.clone();
        self.read(text) == Ok(flags) && self.tokens == tokens
    }
}
