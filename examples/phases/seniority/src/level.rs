//! Reads the level of a job from its title.

/// The levels from the highest to the lowest, each with the words that name it.
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

/// Words of a job that assists somebody of a level, and is not of that level.
const FOR_ANOTHER: [&str; 4] = ["trợ lý", "thư ký", "assistant", "secretary"];

/// The highest level in a title; `None` if the title has no level.
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

/// The words in lower case, with a space before and after each.
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
    fn only_whole_words_count_and_the_highest_level_wins() {
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
