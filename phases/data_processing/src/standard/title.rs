//! title → `title_clean` (normalisation.md, the section of that name): keep what names the job, drop what advertises it.
//!
//! A title is read as segments between separators and as bracketed parts. Each is dropped whole, cut where a tail
//! begins that speaks of pay, place, experience, urgency, hours or the applicant, or kept as it is. What begins such a
//! tail is a table (`tables/title_tails.txt`), as are places and leading words.

mod pieces;
mod place;
mod tails;

use crate::{Warnings, text};

/// The most characters that a title is read with: the width of the column.
const LONGEST: usize = 255;

/// A cleaned title, and what a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The title.
    pub text: String,
    /// Words such as `title_kept`: nothing would have been left, so the trimmed original stands.
    pub warnings: Vec<&'static str>,
}

/// Cleans titles one after the other, with buffers that it keeps: one a batch.
#[derive(Debug, Default)]
pub struct Cleaner {}

impl Cleaner {
    /// A cleaner with the rules that are compiled in.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the cleaned title into `out`, in place of what stood there. Idempotent; never empty where the title held
    /// a letter.
    pub fn clean_into(&mut self, title: &str, out: &mut String) -> Warnings {
        let cleaned = clean(title);
        out.clear();
        out.push_str(&cleaned.text);
        if cleaned.warnings.is_empty() {
            Warnings::NONE
        } else {
            Warnings::TITLE_KEPT
        }
    }
}

/// Cleans a title. Idempotent; never empty where the title held a letter.
///
/// ```
/// use jobinsight_data_processing::standard::title::clean;
/// assert_eq!(clean("[Hà Nội] Kế Toán Trưởng - Lương 20 Triệu").text, "Kế Toán Trưởng");
/// assert_eq!(clean("C# Developer").text, "C# Developer");
/// ```
pub fn clean(title: &str) -> Cleaned {
    let original = text::clean(title);
    // The column holds no more, so the row is turned away whatever the rules say of it; a hostile title of a few
    // thousand brackets must not hold up the others until then.
    if original.chars().count() > LONGEST {
        return Cleaned {
            text: original.into_owned(),
            warnings: Vec::new(),
        };
    }
    let mut current = original.clone().into_owned();
    // What one pass uncovers (a separator that now ends the title, a tail behind a dropped bracket) the next one
    // takes; each pass only drops, so this ends.
    loop {
        let next = pass(&current);
        if !next.chars().any(char::is_alphanumeric) {
            break;
        }
        if next == current {
            return Cleaned {
                text: current,
                warnings: Vec::new(),
            };
        }
        if next.len() > current.len() + 8 {
            break;
        }
        current = next;
    }
    if current == original && pass(&current) != current {
        return Cleaned {
            text: current,
            warnings: vec!["title_kept"],
        };
    }
    Cleaned {
        text: current,
        warnings: Vec::new(),
    }
}

fn pass(title: &str) -> String {
    let (title, cut) = without_mark(title);
    let title: String = title.chars().filter(|c| !is_emoji(*c)).collect();
    // An emoji that goes leaves two spaces beside one another.
    let title = text::clean(&title);
    let title = tails::without_hours(&title);
    let pieces = pieces::split(tails::without_who(tails::without_lead(&title)));
    let last = pieces.len().saturating_sub(1);
    let mut out = String::with_capacity(title.len());
    for (index, piece) in pieces.iter().enumerate() {
        let cut_here = cut && index == last && index > 0;
        let kept = match piece.bracket {
            Some((open, close)) => {
                list(piece.text, cut_here).map(|inner| format!("{open}{inner}{close}"))
            }
            None => segment(piece.text, cut_here, index == 0).map(str::to_owned),
        };
        let Some(kept) = kept else { continue };
        if !out.is_empty() {
            out.push_str(if piece.separated {
                " - "
            } else {
                piece.glue(&kept)
            });
        }
        out.push_str(&kept);
    }
    trim_end(&out).to_owned()
}

/// A title that the source cut short, without the mark that says so.
fn without_mark(title: &str) -> (&str, bool) {
    let trimmed = title.trim_end_matches(['.', '…', ' ']);
    let mark = &title[trimmed.len()..];
    if mark.contains("...") || mark.contains('…') {
        (trimmed, true)
    } else {
        (title, false)
    }
}

/// A segment outside brackets: what is left of it, if anything.
///
/// The first one names the role, so a list of places at its end does not make it an address.
fn segment(text: &str, cut: bool, first: bool) -> Option<&str> {
    let text = text.trim();
    if place::is_place(text) || (!first && place::is_address(text)) || tails::is_code(text) {
        return None;
    }
    let listed = item_end(text);
    let kept = match tails::find(&text[..listed]) {
        Some(0) => return None,
        Some(at) => trim_end(&text[..at]),
        None if listed < text.len() => place::without_place(trim_end(&text[..listed])),
        None => text,
    };
    // A fragment of one or two words is what is left of something that was cut.
    let fragment = cut && kept.split(' ').count() <= 2;
    (!kept.is_empty() && !fragment && kept.chars().any(char::is_alphanumeric)).then_some(kept)
}

/// Where the items of a segment end that may be kept: before the first item of a dropped kind behind a comma.
fn item_end(text: &str) -> usize {
    text.match_indices(", ")
        .map(|(at, _)| at)
        .find(|at| {
            let item = text[at + 2..].split(',').next().unwrap_or_default().trim();
            place::is_place(item) || tails::find(item) == Some(0)
        })
        .unwrap_or(text.len())
}

/// Words with which a demand or an offer begins that runs on over commas: Hỗ Trợ Ăn Trưa, Điện Thoại.
const RUNS_ON: [&str; 6] = [
    "hỗ trợ",
    "yêu cầu",
    "ưu tiên",
    "làm việc",
    "bắt buộc",
    "không yêu",
];

/// Whether what follows an item in its list belongs to it.
fn runs_on(item: &str) -> bool {
    let words: Vec<String> = item.split(' ').take(2).map(text::fold).collect();
    RUNS_ON.contains(&words.join(" ").as_str())
}

/// The items of a list with their commas; `50,000` is one number.
fn items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices([',', ';']) {
        let number = text[..at].ends_with(|c: char| c.is_ascii_digit())
            && text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        if !number {
            items.push(&text[start..=at]);
            start = at + 1;
        }
    }
    items.push(&text[start..]);
    items
}

/// A bracketed part is a list: items of a dropped kind go, the rest stays as it is written.
fn list(text: &str, cut: bool) -> Option<String> {
    let text = text.trim();
    if place::is_place(text) || place::is_address(text) || tails::is_code(text) {
        return None;
    }
    if cut
        && let Some(at) = text.rfind(['/', ',', '-', '+'])
        && place::is_place(text[..at].trim())
    {
        return None;
    }
    let mut items = items(text);
    let all = items.len();
    if cut
        && items
            .last()
            .is_some_and(|item| item.split_whitespace().count() <= 2)
    {
        items.pop();
    }
    let mut running_on = false;
    items.retain(|item| {
        let bare = item.trim().trim_end_matches([',', ';']).trim();
        let dropped = bare.is_empty()
            || place::is_place(bare)
            || tails::is_code(bare)
            || tails::find(bare) == Some(0);
        running_on |= dropped && runs_on(bare);
        // The language of the work is never part of an offer.
        !dropped && (!running_on || bare.to_lowercase().contains("tiếng"))
    });
    let mut kept = items.concat();
    if items.len() == 1 && all == 1 {
        // Within one item a tail may begin behind a separator: (Part & Full Time - Được Đào Tạo).
        if let Some(at) = tails::find(&kept) {
            kept.truncate(at);
        }
    }
    let kept = trim_end(kept.trim());
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Punctuation that nothing follows goes; `C++` and `C#` are names.
fn trim_end(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some(c) = text.chars().next_back() {
        let rest = &text[..text.len() - c.len_utf8()];
        let dangling = match c {
            '+' | '&' | '*' | '~' | '%' => rest.ends_with(' ') || rest.is_empty(),
            ',' | '.' | ';' | ':' | '-' | '–' | '—' | '_' | '/' | '|' | '!' | '(' | '[' | '【'
            | '"' => true,
            _ => false,
        };
        if !dangling {
            break;
        }
        text = rest.trim_end();
    }
    text
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
