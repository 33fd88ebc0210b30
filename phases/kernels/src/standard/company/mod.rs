//! `company_name` → `company_name_standardized` (normalisation.md): one company, one name.
//!
//! The value is the key of the company dimension, so it must not depend on how a recruiter typed it: each legal form has
//! one spelling, and every other word is written by its letters alone, never by the case it came in.
//!
//! A name is standardized in these steps:
//!
//! 1. **Clean** ([`crate::text::clean`]): compose the letters, drop invisible characters, leave single spaces.
//! 2. **Read** (`chunk`): split the name into words, numbers and signs, and write each word by its letters
//!    (`words`). An acronym, a single letter and a word without a vowel are in capitals; any other word has one capital.
//! 3. **Find legal forms** (`forms`): replace the words of a form by its one spelling. The tables of forms are a tree of folded
//!    words, so the longest form that begins at a word is found in one walk.
//! 4. **Strip**: drop recruiting words, dashes and loose signs from both ends, unless nothing would be left.
//! 5. **Write**: join the parts; a dash that separates has a space on both sides.
//! 6. **Repeat** steps 1 to 5 until the name stays the same. Most names are written after one round. A second round is
//!    needed where step 4 dropped a word, where a form may be a part of a longer one, and where a letter is not plain (the
//!    capital of `ı` is `I`, whose lower case is `i`).
//! 7. A result without a letter or digit is not a name: the cleaned text stays.
//!
//! Example: `cty  tnhh FPT hqsoft - tuyển dụng`
//!
//! | step | result |
//! |---|---|
//! | clean | `cty tnhh FPT hqsoft - tuyển dụng` |
//! | read | `Cty` `TNHH` `FPT` `Hqsoft` `-` `Tuyển` `Dụng` |
//! | find legal forms | `Công ty TNHH` `FPT` `Hqsoft` ` - ` `Tuyển` `Dụng` |
//! | strip | `Công ty TNHH` `FPT` `Hqsoft` |
//! | write | `Công ty TNHH FPT Hqsoft` |
//! | repeat | a word was dropped, so the name is read once more; it stays the same |

mod branches;
pub(crate) mod check;
mod chunk;
mod forms;
mod key;
mod parts;
mod segments;
mod trace;
mod words;

use std::cell::RefCell;
use std::sync::Arc;

use self::chunk::Chunk;
use self::key::KeyMaker;
use self::parts::NameParts;
use self::segments::Name;
use self::trace::NameTrace;
use crate::cache::Cache;
pub use crate::rules::company::{ACRONYMS, CompanyTables, LEGAL_FORMS, Rules};
use crate::steps::Step;
use crate::text;

/// The maximum number of characters of a name: the width of the column. No rule reads a longer name.
pub(crate) const LONGEST: usize = 200;
/// The maximum number of rounds after the first one. Names have few words, so two or three rounds are enough.
const MOST_ROUNDS: usize = 8;

/// The rule that joins the parts that stay.
const JOIN: &str = "the parts that stay are joined: dashes and spaces are written one way, signs at the end are dropped";

thread_local! {
    static SHIPPED: RefCell<Standardizer> =
        RefCell::new(Standardizer::new(Arc::clone(Rules::shipped())));
}

/// The one name of a company. A name that is nothing but a recruiting word or a sign keeps its cleaned text.
///
/// ```
/// use jobinsight_kernels::standard::company::standardize;
/// assert_eq!(standardize("CTY TNHH 1TV PHẦN MỀM HQSOFT."), "Công ty TNHH MTV Phần Mềm Hqsoft");
/// assert_eq!(standardize("Tuyển dụng gấp Photo & XNK k&l"), "Photo & XNK K&L");
/// ```
pub fn standardize(name: &str) -> String {
    SHIPPED.with_borrow_mut(|names| names.standardize(name).to_owned())
}

/// The key of a company: one for all spellings of its name, see [`Standardizer::key`].
///
/// ```
/// use jobinsight_kernels::standard::company::key;
/// assert_eq!(key("NGÂN HÀNG TMCP QUỐC TẾ VIỆT NAM (VIB)"), key("Ngân hàng Quốc Tế - Chi nhánh Hà Nội"));
/// assert_eq!(key("CTCP VNG - Chi nhánh Hà Nội"), "vng");
/// ```
pub fn key(name: &str) -> String {
    SHIPPED.with_borrow_mut(|names| {
        names.standardize(name);
        let mut key = String::new();
        names.key(&mut key);
        key
    })
}

/// Standardizes names one after another, in buffers that it reuses.
pub struct Standardizer {
    rules: Arc<Rules>,
    chunks: Cache<Chunk>,
    parts: NameParts,
    key: KeyMaker,
    written: String,
    /// A buffer for the result of the previous round.
    before: String,
    trace: NameTrace,
}

impl Standardizer {
    /// A standardizer with the given rules.
    pub fn new(rules: Arc<Rules>) -> Self {
        Self {
            rules,
            chunks: Cache::new(),
            parts: NameParts::default(),
            key: KeyMaker::default(),
            written: String::new(),
            before: String::new(),
            trace: NameTrace::off(),
        }
    }

    /// The one name of a company, and the steps that led to it.
    pub(crate) fn explain(rules: &Arc<Rules>, name: &str) -> (String, Vec<Step>) {
        let mut names = Self {
            trace: NameTrace::on(),
            ..Self::new(Arc::clone(rules))
        };
        let standardized = names.standardize(name).to_owned();
        (standardized, names.trace.into_steps())
    }

    /// The one name of a company. See [`standardize`].
    pub fn standardize(&mut self, name: &str) -> &str {
        // If the first round proves that the name is stable, the name was clean already. Most names need no other step.
        if self.trace.is_on() || name.len() > LONGEST || !self.round(name) || !self.is_name() {
            self.standardize_in_steps(name);
        } else {
            debug_assert_eq!(text::clean(name), name);
        }
        &self.written
    }

    /// Writes the key of the company whose name was standardized last.
    pub fn key(&mut self, out: &mut String) {
        let name = Name {
            parts: self.parts.kept(),
            texts: self.chunks.texts(),
            rules: &self.rules,
        };
        self.key.write(name, &self.written, out);
    }

    /// All steps, one after another.
    fn standardize_in_steps(&mut self, name: &str) {
        let clean = text::clean(name);
        self.trace.whole(text::CLEAN, name, &clean);
        // The row is rejected because the column is too narrow. A name of ten thousand `gấp` must not delay the
        // other rows.
        if clean.len() > LONGEST && clean.chars().count() > LONGEST {
            self.written.clear();
            self.written.push_str(&clean);
            self.parts.clear();
            self.trace.stays(text::TOO_LONG, &clean);
        } else {
            self.settle(&clean);
        }
    }

    /// Whether the result has a letter or a digit.
    fn is_name(&self) -> bool {
        self.written.chars().any(char::is_alphanumeric)
    }

    /// Runs rounds over a clean name until it stays the same.
    fn settle(&mut self, name: &str) {
        let mut is_stable = self.round(name);
        for _ in 0..MOST_ROUNDS {
            if is_stable {
                break;
            }
            let buffer = std::mem::take(&mut self.before);
            let before = std::mem::replace(&mut self.written, buffer);
            // Characters that are joined may compose.
            self.round(&text::clean(&before));
            is_stable = self.written == before;
            self.before = before;
        }
        if !self.is_name() {
            self.written.clear();
            self.written.push_str(name);
            self.parts.clear();
            self.trace
                .stays("nothing would be left, so the name stays", name);
        }
    }

    /// Steps 2 to 5. Returns true if another round certainly returns the same name. False means: not proven.
    fn round(&mut self, name: &str) -> bool {
        let (rules, trace) = (&*self.rules, &mut self.trace);
        let is_plain = self.parts.read(name, &mut self.chunks, rules, trace);
        let texts = self.chunks.texts();
        let forms_are_whole = self.parts.find_forms(texts, rules, trace);
        let has_stripped = self.parts.strip(texts, rules, trace);
        self.parts.write(texts, rules, &mut self.written);
        trace.whole(JOIN, name, &self.written);
        is_plain && forms_are_whole && !has_stripped
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_specification() {
        for (given, wanted) in [
            ("Cty TNHH ABC", "Công ty TNHH ABC"),
            ("C.ty TNHH Minh An", "Công ty TNHH Minh An"),
            (
                "Công Ty Trách Nhiệm Hữu Hạn Minh An",
                "Công ty TNHH Minh An",
            ),
            ("Cong ty TNHH Minh An", "Công ty TNHH Minh An"),
            ("Công ty T.N.H.H Minh An", "Công ty TNHH Minh An"),
            (
                "CÔNG TY TNHH MỘT THÀNH VIÊN MINH AN",
                "Công ty TNHH MTV Minh An",
            ),
            ("Công ty TNHH 1 TV Minh An", "Công ty TNHH MTV Minh An"),
            ("CTCP Minh An", "Công ty Cổ phần Minh An"),
            ("Cty CP Minh An", "Công ty Cổ phần Minh An"),
            ("Công ty CP Minh An", "Công ty Cổ phần Minh An"),
            ("TẬP ĐOÀN MINH AN", "Tập đoàn Minh An"),
            (
                "Ngân Hàng Thương Mại Cổ Phần Minh An",
                "Ngân hàng TMCP Minh An",
            ),
            (
                "NGÂN HÀNG TMCP HÀNG HẢI VIỆT NAM (MSB)",
                "Ngân hàng TMCP Hàng Hải Việt Nam (MSB)",
            ),
            ("VPĐD MINH AN", "Văn phòng đại diện Minh An"),
            ("HỘ KINH DOANH MINH AN", "Hộ kinh doanh Minh An"),
            ("Minh An Co.,Ltd", "Minh An Co., Ltd"),
            ("Minh An CO., LTD.", "Minh An Co., Ltd"),
            ("Minh An jsc", "Minh An JSC"),
            ("Minh An Inc", "Minh An Inc."),
            ("HQSOFT", "Hqsoft"),
            ("DOMINO'S PIZZA", "Domino's Pizza"),
            ("Cafe 90’S", "Cafe 90’s"),
            ("L'OREAL", "L'Oreal"),
            ("'S", "'S"),
            ("HQSoft", "Hqsoft"),
            ("hqsoft", "Hqsoft"),
            ("DỊCH VỤ VÀ XNK", "Dịch Vụ Và XNK"),
            ("k&l", "K&L"),
            // The capital of ı is that of i, so only the second round finds the acronym.
            ("ıt Minh", "IT Minh"),
            ("ıt  Minh", "IT Minh"),
            ("border-x", "Border-X"),
            (
                "8 HOLDING – CHI NHÁNH MIỀN NAM",
                "8 Holding - Chi nhánh Miền Nam",
            ),
            ("Photo Minh", "Photo Minh"),
            ("[HOT] Minh An", "[Hot] Minh An"),
            ("Minh An đang tuyển dụng gấp", "Minh An Đang"),
            ("Minh An - Tuyển Dụng", "Minh An"),
            ("Công ty Tuyển Dụng", "Công ty Tuyển Dụng"),
            ("Hot", "Hot"),
            ("Minh An.,-", "Minh An"),
            // Badges of boards.
            ("Minh An\nPro Company", "Minh An"),
            ("MINH AN JSC Pro Company Verified", "Minh An JSC"),
            ("Pro Company", "Pro Company"),
            ("Pro Company Minh An", "Pro Company Minh An"),
            // Misspelt forms.
            ("CÔNG TY CỔ PHẨN MINH AN", "Công ty Cổ phần Minh An"),
            ("Công ty Cố Phần Minh An", "Công ty Cổ phần Minh An"),
            ("Công ty TNHH MVT Minh An", "Công ty TNHH MTV Minh An"),
            ("Công ty TNHN Minh An", "Công ty TNHH Minh An"),
            ("Minh An Join Stock Company", "Minh An JSC"),
            // The letter eth.
            ("CÔNG TY TNHH \u{d0}ẠI AN", "Công ty TNHH Đại An"),
            ("công ty tnhh \u{f0}ại an", "Công ty TNHH Đại An"),
            // Brands.
            ("AEON VIETNAM", "AEON Vietnam"),
            ("aeon vietnam", "AEON Vietnam"),
            ("CTCP TOPCV VIỆT NAM", "Công ty Cổ phần TopCV Việt Nam"),
            ("Ibm", "IBM"),
            ("Mắt Bão Bpo", "Mắt Bão BPO"),
            ("vnpay", "VNPAY"),
            ("TPBANK", "TPBank"),
            ("???", "???"),
        ] {
            assert_eq!(standardize(given), wanted, "{given:?}");
            assert_eq!(standardize(wanted), wanted, "{wanted:?} again");
        }
    }
}
