//! `clean_title` of the Python pipeline.

use super::chars::{is_space, is_word, strip};

/// Whether a character is of the class `[\w\s./-]`, the only characters that the old pattern matches.
fn passes(c: char) -> bool {
    is_word(c) || is_space(c) || matches!(c, '.' | '/' | '-')
}

/// The first run of word characters, spaces, `.`, `/` and `-`, cut at the first ` - `; a title without such a run is trimmed.
///
/// The old pattern is `([\w\s./-]+(?:\s*(?:\/|-)\s*[\w\s./-]*)*)`. It matches exactly such a run, because its second half
/// only repeats the class. If the run is blank, the old function returned an empty title.
///
/// ```
/// use jobinsight_kernels::v1::clean_title;
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
