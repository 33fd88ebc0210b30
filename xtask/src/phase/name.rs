//! The name of a phase: in all spellings, and checked.

use std::path::Path;

use crate::workspace::phases;

/// The line in a manifest that `new-phase` writes, so that `remove-phase` knows the crate.
const MADE: &str = "made-by = \"cargo xtask new-phase\"";

/// The name of a phase, in every spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// `job_age`: in settings, and the folder.
    pub(crate) phase: String,
    /// `jobinsight-job-age`.
    pub(crate) package: String,
    /// `jobinsight_job_age`.
    pub(crate) lib: String,
    /// `JobAge`.
    pub(crate) type_name: String,
}

/// Names of other crates and folders.
const TAKEN: [&str; 9] = [
    "core", "sql", "runner", "tests", "test", "std", "alloc", "xtask", "phases",
];

/// Keywords of every edition of Rust, and reserved words.
const KEYWORDS: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "raw",
];

/// The most characters of a name, which becomes part of environment variables, tables and folders.
const LONGEST: usize = 40;

impl Name {
    /// The name of a new phase.
    pub(crate) fn parse(root: &Path, text: &str) -> Result<Self, String> {
        let name = Self::of(text)?;
        let folder = root.join("phases").join(&name.phase);
        if folder.exists() {
            return Err(format!(
                "phases/{text} already exists: choose another name, or remove it first: cargo xtask remove-phase {text}"
            ));
        }
        Ok(name)
    }

    /// The name of a phase that can be removed, because `new-phase` created it.
    pub(crate) fn removable(root: &Path, text: &str) -> Result<Self, String> {
        let phases = phases(root);
        let is_made = |phase: &&String| {
            let manifest = root.join("phases").join(phase).join("Cargo.toml");
            std::fs::read_to_string(manifest)
                .is_ok_and(|text| text.lines().any(|line| line == MADE))
        };
        let made: Vec<&str> = phases.iter().filter(is_made).map(String::as_str).collect();
        if made.contains(&text) {
            return Self::of(text);
        }
        if phases.iter().any(|phase| phase == text) {
            return Err(format!(
                "phases/{text} was not created by `cargo xtask new-phase`, so it is not removed; to run without it, remove it from `pipeline` in the settings"
            ));
        }
        Err(match made.as_slice() {
            [] => format!("phases/{text} does not exist, and no other phase can be removed"),
            made => format!(
                "phases/{text} does not exist; these phases can be removed: {}",
                made.join(", ")
            ),
        })
    }

    /// Checks a name as it was typed.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let likely = likely(text);
        let wrong = |why: &str| {
            let like = match &likely {
                Some(likely) if likely != text => format!("; did you mean `{likely}`?"),
                _ => String::new(),
            };
            Err(format!("`{text}` is not a name for a phase: {why}{like}"))
        };
        if text.is_empty() {
            return wrong("it is empty");
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return wrong("a name begins with a lower-case letter, a to z");
        }
        if !text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            return wrong("a name consists of a to z, 0 to 9 and _");
        }
        // In `ETL_PHASES__NAME__KEY`, two underscores separate the parts.
        if text.contains("__") || text.ends_with('_') {
            return wrong("a single _ separates words");
        }
        if text.len() > LONGEST {
            return wrong(&format!("a name has at most {LONGEST} characters"));
        }
        if KEYWORDS.contains(&text) {
            return wrong("it is a keyword of the Rust language");
        }
        if TAKEN.contains(&text) {
            return wrong("a crate or folder of this project has this name");
        }
        let lib = format!("jobinsight_{text}");
        Ok(Self {
            phase: text.to_owned(),
            package: lib.replace('_', "-"),
            lib,
            type_name: text
                .split('_')
                .flat_map(|word| {
                    let (first, rest) = word.split_at(1);
                    [first.to_ascii_uppercase(), rest.to_owned()]
                })
                .collect(),
        })
    }
}

/// The name that was probably meant.
fn likely(text: &str) -> Option<String> {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_uppercase() && name.ends_with(|c: char| c.is_ascii_lowercase()) {
            name.push('_');
        }
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => name.push(c),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    let name = name
        .trim_end_matches('_')
        .trim_start_matches(|c: char| !c.is_ascii_lowercase());
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_every_spelling() {
        let name = Name::of("job_age_2").unwrap();
        assert_eq!(
            (
                name.package.as_str(),
                name.lib.as_str(),
                name.type_name.as_str()
            ),
            ("jobinsight-job-age-2", "jobinsight_job_age_2", "JobAge2")
        );
    }

    #[test]
    fn an_error_says_why_a_name_is_wrong_and_which_was_probably_meant() {
        for (text, words) in [
            ("", "empty"),
            ("job-age", "did you mean `job_age`?"),
            ("JobAge", "did you mean `job_age`?"),
            ("2nd", "begins with a lower-case letter"),
            ("tuổi", "a to z"),
            ("a__b", "did you mean `a_b`?"),
            ("age_", "did you mean `age`?"),
            ("match", "Rust language"),
            ("core", "has this name"),
            (&"x".repeat(41), "40 characters"),
            ("../evil", "did you mean `evil`?"),
        ] {
            let message = Name::of(text).unwrap_err();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn remove_refuses_builtin_and_unknown_phases() {
        let root = crate::workspace::root();
        let message = Name::removable(&root, "data_saving").unwrap_err();
        assert!(message.contains("was not created by"), "{message}");
        let message = Name::removable(&root, "no_such_phase").unwrap_err();
        assert!(
            message.contains("phases/no_such_phase does not exist"),
            "{message}"
        );
        let message = Name::parse(&root, "data_saving").unwrap_err();
        assert!(message.contains("already exists"), "{message}");
    }
}
