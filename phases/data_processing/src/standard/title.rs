//! title → `title_clean` (normalisation.md, the section of that name): keep what names the job, drop what advertises it.
//!
//! A title is read as segments between separators and as bracketed parts. Each is dropped whole, cut where a tail
//! begins that speaks of pay, place, experience, urgency, hours or the applicant, or kept as it is. What begins such a
//! tail is a table (`tables/title_tails.txt`), as are places and leading words.

mod pieces;
mod place;
mod tails;

use crate::text;

/// A cleaned title, and what a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The title.
    pub text: String,
    /// Words such as `title_kept`: nothing would have been left, so the trimmed original stands.
    pub warnings: Vec<&'static str>,
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
    let pieces = pieces::split(tails::without_lead(&title));
    let last = pieces.len().saturating_sub(1);
    let mut out = String::with_capacity(title.len());
    for (index, piece) in pieces.iter().enumerate() {
        let cut_here = cut && index == last && index > 0;
        let kept = match piece.bracket {
            Some((open, close)) => {
                list(piece.text, cut_here).map(|inner| format!("{open}{inner}{close}"))
            }
            None => segment(piece.text, cut_here).map(str::to_owned),
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
fn segment(text: &str, cut: bool) -> Option<&str> {
    let text = text.trim();
    if place::is_place(text) || place::is_address(text) || tails::is_code(text) {
        return None;
    }
    let kept = match tails::find(text) {
        Some(0) => return None,
        Some(at) => trim_end(&text[..at]),
        None => text,
    };
    // A fragment of one or two words is what is left of something that was cut.
    let fragment = cut && kept.split(' ').count() <= 2;
    (!kept.is_empty() && !fragment && kept.chars().any(char::is_alphanumeric)).then_some(kept)
}

/// A bracketed part is a list: items of a dropped kind go, the rest stays as it is written.
fn list(text: &str, cut: bool) -> Option<String> {
    let text = text.trim();
    if place::is_place(text) || place::is_address(text) || tails::is_code(text) {
        return None;
    }
    let mut items: Vec<&str> = text.split_inclusive([',', ';']).collect();
    let all = items.len();
    if cut
        && items
            .last()
            .is_some_and(|item| item.split_whitespace().count() <= 2)
    {
        items.pop();
    }
    items.retain(|item| {
        let bare = item.trim().trim_end_matches([',', ';']).trim();
        !(bare.is_empty()
            || place::is_place(bare)
            || tails::is_code(bare)
            || tails::find(bare) == Some(0))
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
