//! `company_name` → `company_name_standardized` (normalisation.md): one company, one name.
//!
//! The value is the key of the company dimension, so it must not depend on how a recruiter typed it: legal forms are spelled
//! one way, every other word is written by its letters alone, never by the case it came in.

mod check;
mod pieces;
mod vocabulary;
mod watch;
pub(crate) mod words;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

pub(crate) use self::check::check_forms;
use self::pieces::Pieces;
use self::vocabulary::{Text, Vocabulary};
pub(crate) use self::watch::Teller;
use self::watch::Watch;
use crate::memo::Memo;
pub use crate::rules::company::{ACRONYMS, LEGAL_FORMS, RECRUITING, Rules};
use crate::text;

/// The most characters that a name is read with: the width of the column.
const LONGEST: usize = 200;
/// Bytes of remembered names and words at which all is forgotten.
const MOST_BYTES: usize = 1 << 21;

/// What a reading does with the parts that stay.
const TOGETHER: &str =
    "what is left, put together: dashes and spaces are written one way, signs at the end go";

/// The one name of a company. A name that is nothing but a recruiting word or a sign keeps its cleaned text.
///
/// ```
/// use jobinsight_data_processing::standard::company::standardize;
/// assert_eq!(standardize("CTY TNHH 1TV PHẦN MỀM HQSOFT."), "Công ty TNHH MTV Phần Mềm Hqsoft");
/// assert_eq!(standardize("Tuyển dụng gấp Photo & XNK k&l"), "Photo & XNK K&L");
/// ```
pub fn standardize(name: &str) -> String {
    thread_local! {
        static SHIPPED: RefCell<Standardizer> =
            RefCell::new(Standardizer::new(Arc::clone(Rules::shipped())));
    }
    SHIPPED.with_borrow_mut(|names| names.standardize(name).to_owned())
}

/// Standardises many names. A third of the names of a batch are distinct, and so are a tenth of their words: both are
/// remembered, within bounds.
pub struct Standardizer {
    rules: Arc<Rules>,
    names: Memo<Text>,
    words: Vocabulary,
    pieces: Pieces,
    made: String,
    /// What the reading before made.
    before: String,
}

impl Standardizer {
    /// One that knows nothing yet.
    pub fn new(rules: Arc<Rules>) -> Self {
        Self {
            names: Memo::with_room(1 << 12, 48),
            words: Vocabulary::new(&rules),
            pieces: Pieces::default(),
            made: String::new(),
            before: String::new(),
            rules,
        }
    }

    /// The one name of a company. See [`standardize`].
    pub fn standardize(&mut self, name: &str) -> &str {
        let hash = self.names.hash(name);
        if let Some(known) = self.names.get(hash, name) {
            return self.words.text(known);
        }
        let mut made = std::mem::take(&mut self.made);
        self.make(name, hash, &mut made, &mut ());
        self.made = made;
        &self.made
    }

    /// The same by one that has seen nothing yet, and tells of it step by step.
    pub(crate) fn tell(rules: &Arc<Rules>, name: &str, out: &mut String) -> Teller {
        let mut teller = Teller::default();
        let mut names = Self::new(Arc::clone(rules));
        let hash = names.names.hash(name);
        names.make(name, hash, out, &mut teller);
        teller
    }

    /// Makes a name that is not known, before who looks on.
    fn make(&mut self, name: &str, hash: u64, out: &mut String, watch: &mut impl Watch) {
        out.clear();
        if self.names.is_full() || self.words.bytes() > MOST_BYTES {
            self.names.clear();
            self.words.clear();
        }
        // The usual name is clean as it came, which its words show.
        let mut clean = Cow::Borrowed(name);
        let mut plain = !watch.looks_on() && name.len() <= LONGEST && self.read(name, watch);
        if !plain {
            clean = text::clean(name);
            watch.makes(text::CLEAN, name, &clean);
            // The column holds no more, so the row is turned away; a name of ten thousand `gấp` must not hold up the
            // others.
            if clean.len() > LONGEST && clean.chars().count() > LONGEST {
                out.push_str(&clean);
                watch.stays(text::TOO_LONG, &clean);
                return;
            }
            plain = self.read(&clean, watch);
        }
        self.compose(&clean, plain, out, watch);
        let made = self.words.keep(out);
        self.names.insert(hash, name, made);
    }

    /// Reads a name. Tells whether it is plain, see [`Vocabulary::read`].
    fn read(&mut self, name: &str, watch: &mut impl Watch) -> bool {
        self.pieces.read(name, &mut self.words, &self.rules, watch)
    }

    /// Composes a clean name that was read.
    fn compose(&mut self, name: &str, plain: bool, out: &mut String, watch: &mut impl Watch) {
        let settled = self.put_together(name, out, watch) && plain;
        // Dropping a word at an end may bring another such word there; and a letter beyond Vietnamese may have a lower
        // case that is written otherwise. Names have few words, so two or three rounds settle it.
        if !settled {
            let mut before = std::mem::take(&mut self.before);
            for _ in 0..8 {
                std::mem::swap(&mut before, out);
                // Joining may bring characters together that compose.
                let clean = text::clean(&before);
                self.read(&clean, watch);
                self.put_together(&clean, out, watch);
                if *out == before {
                    break;
                }
            }
            self.before = before;
        }
        if !out.chars().any(char::is_alphanumeric) {
            out.clear();
            out.push_str(name);
            watch.stays("nothing would be left: it stays", name);
        }
    }

    /// Puts the pieces of a name together by the rules. Tells whether reading it again would give the same.
    fn put_together(&mut self, name: &str, out: &mut String, watch: &mut impl Watch) -> bool {
        out.clear();
        let (rules, words) = (&self.rules, &self.words);
        let whole = self.pieces.find_forms(rules, words, watch);
        let dropped = self.pieces.strip(rules, words, watch);
        self.pieces.write(words, out);
        watch.makes(TOGETHER, name, out);
        whole && !dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_specification() {
        for (given, wanted) in [
            ("Cty TNHH ABC", "Công ty TNHH Abc"),
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
            ("HQSoft", "Hqsoft"),
            ("hqsoft", "Hqsoft"),
            ("DỊCH VỤ VÀ XNK", "Dịch Vụ Và XNK"),
            ("k&l", "K&L"),
            // The capital of ı is that of i, so that only a second reading knows the acronym.
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
            ("???", "???"),
        ] {
            assert_eq!(standardize(given), wanted, "{given:?}");
            assert_eq!(standardize(wanted), wanted, "{wanted:?} again");
        }
    }
}
