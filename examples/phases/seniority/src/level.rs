//! The level that a title names.

/// Levels from the highest, each with the words that name it.
const LEVELS: [(&str, &[&str]); 6] = [
    (
        "director",
        &["giám đốc", "director", "ceo", "cto", "cfo", "head of"],
    ),
    (
        "manager",
        &[
            "trưởng phòng",
            "phó phòng",
            "trưởng bộ phận",
            "quản lý",
            "manager",
        ],
    ),
    (
        "lead",
        &[
            "trưởng nhóm",
            "tổ trưởng",
            "giám sát",
            "leader",
            "lead",
            "supervisor",
        ],
    ),
    ("senior", &["senior", "chuyên gia", "cao cấp"]),
    ("junior", &["junior", "fresher", "mới tốt nghiệp"]),
    (
        "intern",
        &["thực tập", "thực tập sinh", "intern", "internship"],
    ),
];

/// Who works for somebody of a level is not of it.
const FOR_ANOTHER: [&str; 4] = ["trợ lý", "thư ký", "assistant", "secretary"];

/// The level that a title names, the highest of several; none where it names none.
///
/// ```
/// use example_seniority::level;
///
/// assert_eq!(level("Senior Java Developer"), Some("senior"));
/// assert_eq!(level("Trưởng Phòng Kinh Doanh"), Some("manager"));
/// assert_eq!(level("Trợ Lý Giám Đốc"), None);
/// assert_eq!(level("Kế Toán"), None);
/// ```
pub fn level(title: &str) -> Option<&'static str> {
    let words = spaced(title);
    let names = |word: &&str| words.contains(&format!(" {word} "));
    if FOR_ANOTHER.iter().any(&names) {
        return None;
    }
    LEVELS
        .iter()
        .find(|(_, words)| words.iter().any(&names))
        .map(|(level, _)| *level)
}

/// The words in lower case, a blank before and after each.
fn spaced(title: &str) -> String {
    let mut text = String::from(" ");
    for word in title.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            text.push_str(&word.to_lowercase());
            text.push(' ');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn words_are_whole_and_the_highest_level_wins() {
        for (title, wanted) in [
            ("Thực Tập Sinh Kế Toán", Some("intern")),
            ("Internal Auditor", None),
            ("Team Leader/Senior Developer", Some("lead")),
            ("GIÁM ĐỐC KINH DOANH", Some("director")),
            ("Giám Sát Bán Hàng", Some("lead")),
            ("Executive Assistant to CEO", None),
            ("", None),
        ] {
            assert_eq!(level(title), wanted, "{title}");
        }
    }
}
