//! The tables that are compiled in: `tables/*.txt`.

use std::sync::LazyLock;

use jobinsight_core::RuleTable;
use jobinsight_core::settings::tables_digest;

macro_rules! tables {
    ($($name:ident, $file:literal: $about:literal;)*) => {
        $(pub(crate) const $name: RuleTable = RuleTable {
            name: $file,
            about: $about,
            text: include_str!(concat!("tables/", $file, ".txt")),
        };)*

        /// All tables.
        pub(crate) const TABLES: &[RuleTable] = &[$($name),*];
    };
}

tables! {
    EXPERIENCE, "fact_experience": "words of a demand for experience: years: năm, year";
    LEVELS, "fact_levels": "words that name a level: manager: trưởng phòng, phó phòng";
    WORK_MODES, "fact_work_modes": "words that name a work mode: remote: làm việc từ xa, wfh";
    EMPLOYMENT_TYPES, "fact_employment_types": "words that name an employment type: freelance: cộng tác viên, ctv";
    LANGUAGES, "fact_languages": "words that name a language, by its code: ja: tiếng nhật, jlpt";
    SKILLS, "fact_skills": "one spelling of each skill, and its other spellings: React (title): reactjs, react.js";
}

/// The digest of these tables. Each row of facts has it, so a run finds the facts that another release read. The digest is not a
/// part of the rule set, because a pipeline without this phase has the same rows.
pub(crate) fn rules_digest() -> Option<&'static str> {
    static DIGEST: LazyLock<Option<String>> = LazyLock::new(|| tables_digest(TABLES));
    DIGEST.as_deref()
}
