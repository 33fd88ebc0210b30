//! The position of a key in the settings file.

use std::path::Path;

use figment::{Figment, Source};

use crate::EtlError;

/// Adds the file and the line to an error about `key`, if the value of the key comes from the file.
pub(crate) fn mark_source(
    error: EtlError,
    figment: &Figment,
    file: Option<&Path>,
    text: Option<&str>,
    key: &str,
) -> EtlError {
    let metadata = figment.find_metadata(key);
    if metadata.is_some_and(|metadata| matches!(metadata.source, Some(Source::File(_)))) {
        mark(error, file, text, key)
    } else {
        error
    }
}

/// Adds the file and the line to an error about `key`, if the file contains the key.
pub(crate) fn mark(
    error: EtlError,
    file: Option<&Path>,
    text: Option<&str>,
    key: &str,
) -> EtlError {
    let (Some(file), Some(text)) = (file, text) else {
        return error;
    };
    match find(text, key) {
        Some((offset, length)) => {
            error.at(&file.display().to_string(), text, offset, length, "here")
        }
        None => error,
    }
}

/// Offset and length of a dotted key in a TOML text: `[a]` with `b = …`, or `[a.b]`, or `a.b = …`.
pub(crate) fn find(text: &str, key: &str) -> Option<(usize, usize)> {
    let mut section = String::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(name) = trimmed
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
        {
            section = name.trim().replace('"', "");
            if section == key {
                return Some((offset + indent, name.len() + 2));
            }
        } else if let Some((name, _)) = trimmed.split_once('=') {
            let name = name.trim();
            let path = if section.is_empty() {
                name.to_owned()
            } else {
                format!("{section}.{name}")
            };
            if path.replace('"', "") == key {
                return Some((offset + indent, name.len()));
            }
        }
        offset += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn keys_are_found_in_their_sections() {
        let text = "batch_size = 1\n[phases.a]\nx = 2\n  [raw]\nx = 3\n";
        assert_eq!(find(text, "batch_size"), Some((0, 10)));
        assert_eq!(
            find(text, "phases.a.x").map(|(at, _)| &text[at..=at]),
            Some("x")
        );
        assert_eq!(find(text, "raw"), Some((34, 5)));
        assert_eq!(find(text, "raw.y"), None);
    }
}
