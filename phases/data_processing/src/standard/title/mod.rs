//! title → `title_clean` (normalisation.md, the section of that name): keep what names the job, drop what advertises it.
//!
//! A title is read once as words, signs and numbers (`reader`, `tokens`), each word as the small number under which the
//! tables know it (`words`, `rules`). Most titles hold nothing that a rule speaks of, and that is the end of it. The others
//! are split in segments and bracketed parts (`pieces`); each is dropped whole, cut where a tail begins that speaks of pay,
//! place, experience, urgency, hours or the applicant (`matcher`, `place`), or kept as it is (`pass`).

mod bracketed;
mod fast_path;
mod matcher;
mod memo;
mod pieces;
mod places;
mod reader;
mod render;
mod token;
mod trace;
mod trailing;

use std::sync::Arc;

pub use crate::rules::title::{Lines, Rules, Table, TableError};

use crate::{Warnings, text};
use memo::Memo;
use reader::{Trust, Unclean};
use token::{Seen, Token};
pub(crate) use trace::Recorder;
use trace::Trace;

/// The most characters that a title is read with: the width of the column.
const LONGEST: usize = 255;
/// The most passes over a title; each but the last drops something, so it takes a hostile one to need so many.
const MOST_PASSES: usize = 40;

/// What a reading does with the parts that stay.
const TOGETHER: &str =
    "what is left, put together: dashes and brackets are written one way, loose signs go";

const EMPTIED: &str = "no rule may empty a title: it stays";

/// A cleaned title, and what a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The title.
    pub text: String,
    /// What a person should look at.
    pub warnings: Warnings,
}

/// Cleans a title. Idempotent; never empty where the title held a letter.
///
/// ```
/// use jobinsight_data_processing::standard::title::clean;
/// assert_eq!(clean("[Hà Nội] Kế Toán Trưởng - Lương 20 Triệu").text, "Kế Toán Trưởng");
/// assert_eq!(clean("C# Developer").text, "C# Developer");
/// ```
pub fn clean(title: &str) -> Cleaned {
    let mut cleaner = Cleaner::new();
    let (text, warnings) = cleaner.clean(title);
    Cleaned {
        text: text.to_owned(),
        warnings,
    }
}

/// Cleans titles one after the other, with buffers that it keeps: one a batch.
#[derive(Debug)]
pub struct Cleaner {
    rules: Arc<Rules>,
    tokens: Vec<Token>,
    memo: Memo,
    scratch: render::Scratch,
    current: String,
    made: String,
}

impl Default for Cleaner {
    fn default() -> Self {
        Self::new()
    }
}

impl Cleaner {
    /// A cleaner with the rules that are compiled in.
    pub fn new() -> Self {
        Self::with(Arc::clone(Rules::shipped()))
    }

    /// A cleaner with rules of its own.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use jobinsight_data_processing::standard::title::{Cleaner, Lines, Rules, Table};
    /// let lines = Lines { table: Table::Tails, name: "phases.data_processing.tails", text: "xe đưa đón" };
    /// let mut cleaner = Cleaner::with(Arc::new(Rules::new(&[lines])?));
    /// assert_eq!(cleaner.clean("Kế Toán Xe Đưa Đón Tận Nhà").0, "Kế Toán");
    /// # Ok::<(), jobinsight_data_processing::standard::title::TableError>(())
    /// ```
    pub fn with(rules: Arc<Rules>) -> Self {
        Self {
            rules,
            tokens: Vec::with_capacity(64),
            memo: Memo::new(),
            scratch: render::Scratch::default(),
            current: String::with_capacity(LONGEST),
            made: String::with_capacity(LONGEST),
        }
    }

    /// The cleaned title: the given one where no rule speaks of it, which nothing is copied for. Idempotent; never empty
    /// where the title held a letter.
    pub fn clean<'a>(&'a mut self, title: &'a str) -> (&'a str, Warnings) {
        let warnings = match self.look(title) {
            Looked::Plain => return (title, Warnings::NONE),
            looked => {
                let mut made = std::mem::take(&mut self.made);
                let warnings = self.go_on(looked, title, &mut made, &mut ());
                self.made = made;
                warnings
            }
        };
        (&self.made, warnings)
    }

    /// The same, and tells of it step by step.
    pub(crate) fn tell(&mut self, title: &str, out: &mut String) -> (Warnings, Recorder) {
        let mut recorder = Recorder::default();
        let looked = self.look(title);
        let warnings = self.go_on(looked, title, out, &mut recorder);
        (warnings, recorder)
    }

    /// Reads a title, if it is clean as it came; the usual one is, and no rule speaks of it.
    fn look(&mut self, title: &str) -> Looked {
        if title.len() > LONGEST {
            return Looked::Unclean;
        }
        let (rules, memo, tokens) = (&self.rules, &mut self.memo, &mut self.tokens);
        match reader::read(title, Trust::Raw, rules, memo, tokens) {
            Ok(seen) if self.stays(title, seen) => Looked::Plain,
            Ok(_) => Looked::Read,
            Err(Unclean) => Looked::Unclean,
        }
    }

    fn go_on(
        &mut self,
        looked: Looked,
        title: &str,
        out: &mut String,
        trace: &mut impl Trace,
    ) -> Warnings {
        out.clear();
        match looked {
            Looked::Plain => {
                out.push_str(title);
                Warnings::NONE
            }
            Looked::Read => self.settle(title, out, trace),
            Looked::Unclean => self.clean_first(title, out, trace),
        }
    }

    /// Cleans a title that is not clean as it came.
    fn clean_first(&mut self, title: &str, out: &mut String, trace: &mut impl Trace) -> Warnings {
        let cleaned = text::clean(title);
        trace.makes(text::CLEAN, title, &cleaned);
        // The column holds no more, so the row is turned away whatever the rules say of it; a hostile title must not
        // hold up the others until then.
        if cleaned.chars().count() > LONGEST {
            out.push_str(&cleaned);
            trace.stays(text::TOO_LONG, &cleaned);
            return Warnings::NONE;
        }
        let original = if cleaned.contains(is_emoji) {
            let without: String = cleaned.chars().filter(|c| !is_emoji(*c)).collect();
            // An emoji that goes leaves two spaces beside one another.
            text::clean(&without).into_owned()
        } else {
            cleaned.clone().into_owned()
        };
        trace.makes("emoji go", &cleaned, &original);
        if !original.contains(char::is_alphanumeric) {
            trace.stays(EMPTIED, &cleaned);
            out.push_str(&cleaned);
            return Warnings::TITLE_KEPT;
        }
        // Of a clean text nothing is refused.
        let _ = self.read(&original);
        self.settle(&original, out, trace)
    }

    /// Reads a text that is clean.
    fn read(&mut self, text: &str) -> Result<Seen, Unclean> {
        reader::read(
            text,
            Trust::Clean,
            &self.rules,
            &mut self.memo,
            &mut self.tokens,
        )
    }

    /// Whether reading a text gives the tokens at hand, and that.
    fn is_read_so(&mut self, text: &str, seen: Seen) -> bool {
        let tokens = self.tokens.clone();
        self.read(text) == Ok(seen) && self.tokens == tokens
    }

    /// Whether a reading by pieces would give the same title, as far as that is seen without one.
    fn stays(&mut self, title: &str, seen: Seen) -> bool {
        let matcher = matcher::Matcher {
            rules: &self.rules,
            text: title,
            tokens: &self.tokens,
            cut: false,
        };
        let stays = matcher.stays(seen);
        debug_assert!(!stays || self.passes(title), "{title}");
        stays
    }

    /// Whether a reading by pieces gives the same title.
    fn passes(&mut self, title: &str) -> bool {
        let mut out = String::new();
        let scratch = &mut self.scratch;
        render::pass(&self.rules, title, &self.tokens, scratch, &mut out, &mut ());
        out == title
    }

    /// Drops from a title that was read what the rules drop, again and again until nothing more goes: what one pass
    /// uncovers (a separator that now ends the title, a tail behind a dropped bracket) the next one takes.
    fn settle(&mut self, title: &str, out: &mut String, trace: &mut impl Trace) -> Warnings {
        let scratch = &mut self.scratch;
        render::pass(&self.rules, title, &self.tokens, scratch, out, trace);
        if out == title {
            return Warnings::NONE;
        }
        if !out.contains(char::is_alphanumeric) {
            trace.stays(EMPTIED, title);
            // Nothing would be left, so what there is stands.
            out.clear();
            out.push_str(title);
            return Warnings::TITLE_KEPT;
        }
        trace.makes(TOGETHER, title, out);
        let mut current = std::mem::take(&mut self.current);
        // What was read last.
        current.clear();
        current.push_str(title);
        for _ in 0..MOST_PASSES {
            std::mem::swap(out, &mut current);
            let seen = if let Some(seen) = token::cut(&mut self.tokens, out, &current) {
                debug_assert!(self.is_read_so(&current, seen), "{current}");
                Ok(seen)
            } else {
                self.read(&current)
            };
            if !seen.is_ok_and(|seen| self.stays(&current, seen)) {
                let scratch = &mut self.scratch;
                render::pass(&self.rules, &current, &self.tokens, scratch, out, trace);
                if *out != current {
                    if out.contains(char::is_alphanumeric) {
                        trace.makes(TOGETHER, &current, out);
                        continue;
                    }
                    trace.stays(EMPTIED, &current);
                }
            }
            std::mem::swap(out, &mut current);
            self.current = current;
            return Warnings::NONE;
        }
        self.current = current;
        trace.stays("it takes too many readings: it stays", title);
        out.clear();
        out.push_str(title);
        Warnings::TITLE_KEPT
    }
}

/// What a first look at a title shows.
#[derive(Clone, Copy)]
enum Looked {
    /// It is clean as it came, and no rule speaks of it.
    Plain,
    /// It is clean as it came, and its tokens are read.
    Read,
    Unclean,
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{FE0F}' | '\u{2190}'..='\u{21FF}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn examples_of_the_specification() {
        for (given, wanted) in [
            ("C# Developer", "C# Developer"),
            ("[Hà Nội] Kế Toán Trưởng", "Kế Toán Trưởng"),
            (
                "[Mỏ Bạch - Thái Nguyên] CV/CVCC Khách Hàng Cá Nhân",
                "CV/CVCC Khách Hàng Cá Nhân",
            ),
            (
                "Nhân Viên Hành Chính – Lễ Tân",
                "Nhân Viên Hành Chính - Lễ Tân",
            ),
            ("Tuyển Dụng - Đào Tạo", "Tuyển Dụng - Đào Tạo"),
            (
                "Chuyên Viên Khách Hàng - CN. Thái Nguyên (CNLT.679)",
                "Chuyên Viên Khách Hàng",
            ),
            (
                "Java + ReactJS Developer (Upto $2000)",
                "Java + ReactJS Developer",
            ),
            ("Lập Trình Viên C++ - Hybrid", "Lập Trình Viên C++"),
            ("Hồ Chí Minh/ Hà Nội - Kỹ Sư Cầu Nối", "Kỹ Sư Cầu Nối"),
            ("Nhân Viên Kho (SL 10, Nữ)", "Nhân Viên Kho"),
            (
                "Kỹ Sư Hiện Trường (CT Khách Sạn 22 Tầng) 2 Năm Kinh Nghiệm",
                "Kỹ Sư Hiện Trường (CT Khách Sạn 22 Tầng)",
            ),
            (
                "Chuyên Viên Pháp Chế(Lĩnh Vực Giáo Dục, Thu Nhập 20 Triệu)",
                "Chuyên Viên Pháp Chế (Lĩnh Vực Giáo Dục)",
            ),
            ("Kế Toán - Lươ...", "Kế Toán"),
            ("🔥 Lái Xe 🔥", "Lái Xe"),
            // Words that advertise elsewhere name the work here.
            ("Kỹ Sư Môi Trường", "Kỹ Sư Môi Trường"),
            ("Giám Sát Phỏng Vấn Viên", "Giám Sát Phỏng Vấn Viên"),
            (
                "Customer Experience Specialist",
                "Customer Experience Specialist",
            ),
            (
                "Giám Sát Tiền Lương Và Phúc Lợi",
                "Giám Sát Tiền Lương Và Phúc Lợi",
            ),
            ("Lập Trình Viên BE (.NET)", "Lập Trình Viên BE (.NET)"),
            ("Nữ Hộ Sinh", "Nữ Hộ Sinh"),
            ("Nữ Kế Toán Trưởng - Làm Tại Hà Nội", "Kế Toán Trưởng"),
            ("Giáo Viên Part Time Quay Video", "Giáo Viên Quay Video"),
            (
                "Giao Dịch Viên Hà Nội, Bình Dương, Thái Bình, Phú Thọ - Thu Nhập 10-15triệu/ Tháng",
                "Giao Dịch Viên",
            ),
            (
                "Nhân Viên Sales (Lương 8-10tr + Phụ Cấp 50,000)",
                "Nhân Viên Sales",
            ),
            ("Kỹ Sư Kết Cấu 1-5 Năm Kinh Nghiệm", "Kỹ Sư Kết Cấu"),
            ("Quan Hệ Khách Hàng Ưu Tiên", "Quan Hệ Khách Hàng Ưu Tiên"),
            (
                "Nhân Viên QC (Nam, Đi Ca, Thực Phẩm)",
                "Nhân Viên QC (Thực Phẩm)",
            ),
        ] {
            assert_eq!(clean(given).text, wanted, "{given}");
        }
    }

    #[test]
    fn signs_that_join_nothing_go() {
        for (given, wanted) in [
            ("Phúc & (Senior) Phú", "Phúc (Senior) Phú"),
            ("Kê Đơn ... / (RX) OTC", "Kê Đơn (RX) OTC"),
            ("Doanh; (Pre-Sales)", "Doanh (Pre-Sales)"),
            (", (Offline)", "(Offline)"),
            ("Kho -Sale", "Kho - Sale"),
            ("Kho (Sale )", "Kho (Sale)"),
            ("Kho (Sale., Online)", "Kho (Sale, Online)"),
            ("Kho (Sale) , Online", "Kho (Sale), Online"),
            ("Kho (Sale", "Kho (Sale)"),
        ] {
            assert_eq!(clean(given).text, wanted, "{given}");
        }
        for stays in [
            "Kho - Sale",
            "Kho (Sale) - Online (Bar, Spa - Gym)",
            "(Sale) Kho",
            "Part - Time",
            "Kho, Sale / Bar & Gym",
        ] {
            assert_eq!(clean(stays).text, stays);
        }
    }

    #[test]
    fn a_title_beyond_the_column_is_not_read() {
        for unit in ["(a, ", "a_", "Tuyển ", "part time a b "] {
            let title = unit.repeat(100_000 / unit.len());
            assert_eq!(clean(&title).text, title.trim());
        }
    }

    #[test]
    fn nothing_is_ever_emptied() {
        for title in ["Hà Nội", "Lương 12 Triệu", "(Part-Time)", "Gấp", "[TA163]"] {
            assert!(
                clean(title).text.chars().any(char::is_alphabetic),
                "{title}"
            );
        }
        assert_eq!(clean("Lương 12 Triệu").text, "Lương 12 Triệu");
    }
}
