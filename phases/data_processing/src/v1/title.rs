//! `clean_title` of the Python pipeline.

use super::chars::{is_space, is_word, strip};

/// A character of the class `[\w\s./-]`, the only ones that the old pattern lets through.
fn passes(c: char) -> bool {
    is_word(c) || is_space(c) || matches!(c, '.' | '/' | '-')
}

/// The first run of word characters, spaces, `.`, `/` and `-`, cut at the first ` - `; a title without such a run is trimmed.
///
/// The old pattern, `([\w\s./-]+(?:\s*(?:\/|-)\s*[\w\s./-]*)*)`, says no more than that: its second half only repeats the
/// class. The run may be blank, in which case the old function gave an empty title.
///
/// ```
/// use jobinsight_data_processing::v1::clean_title;
/// assert_eq!(clean_title("Lập Trình Viên C# (Hà Nội)"), "Lập Trình Viên C");
/// ```
pub fn clean_title(title: &str) -> &str {
    let Some(start) = title.find(passes) else {
        return strip(title);
    };
    let tail = &title[start..];
    let run = &tail[..tail.find(|c| !passes(c)).unwrap_or(tail.len())];
    let run = strip(run);
    strip(run.split(" - ").next().unwrap_or(run))
}
