//! `company_key` (normalisation.md): one key for one company, however a board writes its name.
//!
//! A key is made from the parts of a standardized name in these steps:
//!
//! 1. **Split** the name into segments ([`segments`](super::segments)): at dashes and `|`, at brackets, before a branch, and
//!    before a legal form with which a full name begins.
//! 2. **Drop** branches with their regions, and a brand before the full name.
//! 3. **Drop** short names: what is in brackets, unless it is a region or the only word that names the company; what follows
//!    `|`; what follows a dash, if it can only be a short name ([`KeyMaker::is_short`]).
//! 4. **Join** the words that are left, without legal forms, accents, signs and spaces.
//! 5. **Drop** the country and English legal forms at the end.
//! 6. A company that the table knows by another name gets the key of its full name.
//!
//! Where a step would leave nothing, the key is made from all words of the name.
//!
//! Example: `Chi nhánh Hà Nội - Công ty Cổ phần BPO Mắt Bão (BMB)`
//!
//! | step | result |
//! |---|---|
//! | split | `Chi nhánh Hà Nội` · `Công ty Cổ phần BPO Mắt Bão` · `(BMB)` |
//! | drop | `Công ty Cổ phần BPO Mắt Bão` |
//! | join | `bpomatbao` |

use super::branches::{drop_branches, drop_brand, drop_brand_of_bank};
use super::chunk::{NamePart, PartKind};
use super::segments::{Name, Segment, SegmentRole, Start, match_phrase, split};
use crate::rules::company::key::{part, squashed};

/// The words of a full name beside which a foreign name can only be a short name.
const FULL_WORDS: usize = 4;
/// The words among them that say more than what many companies do.
const TELLING_WORDS: usize = 2;

/// Makes the keys of names, in buffers that it reuses.
#[derive(Debug, Default)]
pub(super) struct KeyMaker {
    segments: Vec<Segment>,
    /// The indexes of the parts that the key has.
    kept: Vec<usize>,
}

impl KeyMaker {
    /// Writes the key of a standardized name.
    pub(super) fn write(&mut self, name: Name<'_>, standardized: &str, out: &mut String) {
        let start = out.len();
        if !self.choose_of_one(name) {
            self.choose(name);
        }
        self.trim_end(name);
        self.join(name, out);
        if out.len() == start {
            // Nothing names the company but its form or its country.
            out.push_str(&squashed(standardized));
        }
        if out.len() == start {
            out.push_str(standardized);
        }
        if let Some(full) = self.full_key(name, &out[start..]) {
            out.truncate(start);
            out.push_str(full);
        }
    }

    /// The key of the full name of a company that is known by another name, or whose name ends with another one: Ngân hàng
    /// Quốc Tế VIB. A company is not the bank whose short name it has: Công ty ACB.
    fn full_key<'a>(&mut self, name: Name<'a>, key: &str) -> Option<&'a str> {
        let rules = &name.rules.key;
        let is_full_form = |read: &NamePart| matches!(read.kind, PartKind::Form(form) if rules.form(form) & part::FULL != 0);
        let may_be = |full: &&str| !(rules.is_kept(full) && name.parts.iter().any(is_full_form));
        if let Some(full) = rules.name(key).filter(may_be) {
            return Some(full);
        }
        let last = self.kept.last()?;
        let full = rules.name(name.text(*last)).filter(may_be)?;
        self.kept.pop();
        self.trim_end(name);
        let mut rest = String::new();
        self.join(name, &mut rest);
        (rest == full).then_some(full)
    }

    /// Joins the words that are left: step 4. Woori Bank is read as Ngân hàng Woori.
    fn join(&self, name: Name<'_>, out: &mut String) {
        let words = match self.kept.as_slice() {
            [words @ .., last] if !words.is_empty() && name.single(*last) & part::KEPT != 0 => {
                out.push_str(name.rules.key.kept_text());
                words
            }
            words => words,
        };
        out.extend(words.iter().map(|at| name.text(*at)));
    }

    /// Chooses the parts of the key of a name that has one segment, as most names do. Returns false if it may have more.
    fn choose_of_one(&mut self, name: Name<'_>) -> bool {
        self.kept.clear();
        for (at, read) in name.parts.iter().enumerate() {
            match read.kind {
                PartKind::Word if at > 0 || !name.begins_branch(0) => self.kept.push(at),
                PartKind::Form(form) => {
                    let uses = name.rules.key.form(form);
                    let is_first = at == 0 && uses & part::BRANCH == 0;
                    if !is_first && uses & (part::BRANCH | part::FULL) != 0 {
                        return false;
                    }
                    if uses & part::KEPT != 0 {
                        self.kept.push(at);
                    }
                }
                PartKind::Sign(b'&' | b'.' | b',' | b'\'' | b'+' | b'/') => {}
                _ => return false,
            }
        }
        true
    }

    /// Chooses the parts of the key: steps 1 to 3.
    fn choose(&mut self, name: Name<'_>) {
        self.kept.clear();
        split(name, &mut self.segments);
        let mut segments = std::mem::take(&mut self.segments);
        let has_branch = segments
            .iter()
            .any(|segment| segment.role == SegmentRole::Branch);
        drop_branches(name, &mut segments);
        drop_brand(name, &mut segments);
        if segments.len() > 1 {
            drop_brand_of_bank(name, &mut segments);
        }
        for segment in &segments {
            let first = self.kept.len();
            self.keep(name, segment, has_branch);
            if first > 0 && self.drops(name, segment, first) {
                self.kept.truncate(first);
            }
        }
        self.segments = segments;
    }

    /// Adds the words of a segment.
    fn keep(&mut self, name: Name<'_>, segment: &Segment, has_branch: bool) {
        let first = self.kept.len();
        for at in segment.from..segment.to {
            let is_named = self.kept.len() > first;
            if has_branch && is_named && match_phrase(name, at, part::REGION).is_some() {
                break;
            }
            let is_kept = match name.parts[at].kind {
                PartKind::Word => true,
                PartKind::Form(form) => name.rules.key.form(form) & part::KEPT != 0,
                _ => false,
            };
            if is_kept {
                self.kept.push(at);
            }
        }
        while self.kept.len() > first + 1
            && self
                .kept
                .last()
                .is_some_and(|last| name.single(*last) & part::FORM != 0)
        {
            self.kept.pop();
        }
    }

    /// Whether a segment that was just added from an index on is a short name, or nothing.
    fn drops(&self, name: Name<'_>, segment: &Segment, first: usize) -> bool {
        match segment.start {
            Start::Name | Start::Form | Start::Next => false,
            Start::Pipe => true,
            Start::Bracket => {
                let (full, aside) = self.kept.split_at(first);
                let text: String = aside.iter().map(|at| name.text(*at)).collect();
                let is_bank = matches!(name.parts[full[0]].kind, PartKind::Form(_));
                let is_named = is_bank || name.telling(full.iter().copied()).next().is_some();
                is_named && !name.rules.key.is_place(&text)
            }
            Start::Dash => self.is_short(name, segment, first),
        }
    }

    /// Whether the words from an index on are a short name of the words before them. They are if
    ///
    /// - all of them are words of the full name, or
    /// - the name is that of a bank, and they are one word, or
    /// - none of them is a syllable of Vietnamese, and the full name has several words of Vietnamese, at least two of which
    ///   say more than what many companies do.
    fn is_short(&self, name: Name<'_>, segment: &Segment, first: usize) -> bool {
        let (full, short) = self.kept.split_at(first);
        let is_word = |at: &&usize| matches!(name.parts[**at].kind, PartKind::Word);
        if short.is_empty() || match_phrase(name, segment.from, part::UNIT).is_some() {
            return false;
        }
        let is_foreign =
            |at: &usize| !name.is_syllable(*at) && name.text(*at).chars().any(char::is_alphabetic);
        let says_more =
            |at: &&usize| name.single(**at) & (part::FORM | part::COUNTRY | part::GENERIC) == 0;
        let mut words = short.iter().filter(says_more).peekable();
        if words.peek().is_none() {
            return false;
        }
        let says_again = |at: &usize| full.iter().any(|known| name.text(*known) == name.text(*at));
        if words.clone().all(says_again) && words.clone().count() <= full.len() {
            return true;
        }
        if !short.iter().all(is_foreign) || full.last().is_some_and(is_foreign) {
            return false;
        }
        let is_bank = full
            .iter()
            .any(|at| matches!(name.parts[*at].kind, PartKind::Form(_)));
        if is_bank && short.len() == 1 && full.len() > 2 {
            return true;
        }
        let syllables = full
            .iter()
            .filter(is_word)
            .filter(|at| name.is_syllable(**at));
        let telling = name
            .telling(full.iter().copied())
            .filter(|at| name.is_syllable(*at));
        syllables.count() >= FULL_WORDS && telling.count() >= TELLING_WORDS
    }

    /// Drops the country and English legal forms at the end, unless nothing would be left.
    fn trim_end(&mut self, name: Name<'_>) {
        while let Some(last) = self.kept.last().copied() {
            let before = self.kept.len().checked_sub(2).map(|at| self.kept[at]);
            let phrase = |at: usize| match_phrase(name, at, part::COUNTRY | part::FORM);
            if phrase(last) == Some(last + 1) {
                self.kept.pop();
            } else if before.is_some_and(|before| phrase(before) == Some(last + 1)) {
                self.kept.truncate(self.kept.len() - 2);
            } else {
                break;
            }
        }
        self.drop_joints(name);
    }

    /// Drops words such as `và` between two words.
    fn drop_joints(&mut self, name: Name<'_>) {
        let last = self.kept.len().saturating_sub(1);
        let mut index = 0;
        self.kept.retain(|at| {
            let is_between = index > 0 && index < last;
            index += 1;
            !(is_between && name.single(*at) & part::JOINT != 0)
        });
    }
}
