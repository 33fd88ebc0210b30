//! What a phase may be called.

use std::path::Path;

/// A phase's name, in all its spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// `job_age`: in settings, and its folder.
    pub(crate) phase: String,
    /// `jobinsight-job-age`.
    pub(crate) package: String,
    /// `jobinsight_job_age`.
    pub(crate) lib: String,
    /// `JobAge`.
    pub(crate) type_name: String,
}

/// The phases that the default pipeline is made of.
const HOUSE: [&str; 5] = [
    "schema_setup",
    "sql_procedures",
    "data_loading",
    "data_processing",
    "data_saving",
];

/// Crates that stand elsewhere, and words that would be misread as something else.
const TAKEN: [&str; 9] = [
    "core", "sql", "runner", "tests", "test", "std", "alloc", "xtask", "phases",
];

/// Of any edition, and those reserved.
const KEYWORDS: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "raw",
];

/// Characters that a name may have: settings become environment names, tables and folders.
const LONGEST: usize = 40;

impl Name {
    /// The name of a phase that is to be made.
    pub(crate) fn parse(root: &Path, text: &str) -> Result<Self, String> {
        let name = Self::of(text)?;
        let folder = root.join("phases").join(&name.phase);
        if folder.exists() {
            return Err(format!(
                "phases/{text} is there already: choose another name, or take it out first: cargo xtask remove-phase {text}"
            ));
        }
        Ok(name)
    }

    /// The name of a phase that stands.
    pub(crate) fn there(root: &Path, text: &str) -> Result<Self, String> {
        if HOUSE.contains(&text) {
            return Err(format!(
                "`{text}` is one of the phases that the default pipeline is made of; to do without it, leave it out of `pipeline` in the settings"
            ));
        }
        let phases = standing(root);
        if !phases.iter().any(|phase| phase == text) {
            let own: Vec<&str> = phases
                .iter()
                .map(String::as_str)
                .filter(|phase| !HOUSE.contains(phase))
                .collect();
            return Err(match own.as_slice() {
                [] => format!("there is no phases/{text}, and none that could be taken out"),
                own => format!("there is no phases/{text}; there are: {}", own.join(", ")),
            });
        }
        Self::of(text)
    }

    /// A name as it is typed.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let likely = likely(text);
        let wrong = |why: &str| {
            let like = match &likely {
                Some(likely) if likely != text => format!("; did you mean `{likely}`?"),
                _ => String::new(),
            };
            Err(format!("`{text}` is no name for a phase: {why}{like}"))
        };
        if text.is_empty() {
            return wrong("it is empty");
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return wrong("it begins with a lower-case letter, a to z");
        }
        if !text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            return wrong("it is of a to z, 0 to 9 and _");
        }
        // `ETL_PHASES__NAME__KEY`: two underscores part the words.
        if text.contains("__") || text.ends_with('_') {
            return wrong("a single _ stands between words");
        }
        if text.len() > LONGEST {
            return wrong(&format!("it has at most {LONGEST} characters"));
        }
        if KEYWORDS.contains(&text) {
            return wrong("it is a word of the Rust language");
        }
        if TAKEN.contains(&text) {
            return wrong("it is taken by a crate or folder of this project");
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

/// The folders of phases.
pub(crate) fn standing(root: &Path) -> Vec<String> {
    let mut phases: Vec<String> = std::fs::read_dir(root.join("phases"))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    phases.sort();
    phases
}

/// What was probably meant.
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
    fn a_name_has_all_its_spellings() {
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
    fn a_wrong_name_says_why_and_what_was_probably_meant() {
        for (text, words) in [
            ("", "empty"),
            ("job-age", "did you mean `job_age`?"),
            ("JobAge", "did you mean `job_age`?"),
            ("2nd", "begins with a lower-case letter"),
            ("tuổi", "a to z"),
            ("a__b", "did you mean `a_b`?"),
            ("age_", "did you mean `age`?"),
            ("match", "Rust language"),
            ("core", "taken"),
            (&"x".repeat(41), "40 characters"),
            ("../evil", "did you mean `evil`?"),
        ] {
            let message = Name::of(text).unwrap_err();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn those_of_the_house_and_what_is_not_there_can_not_be_taken_out() {
        let root = crate::steps::root();
        let message = Name::there(&root, "data_saving").unwrap_err();
        assert!(message.contains("one of the phases"), "{message}");
        let message = Name::there(&root, "no_such_phase").unwrap_err();
        assert!(
            message.contains("there is no phases/no_such_phase"),
            "{message}"
        );
        let message = Name::parse(&root, "data_saving").unwrap_err();
        assert!(message.contains("is there already"), "{message}");
    }
}
