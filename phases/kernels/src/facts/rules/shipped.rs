//! The tables that are compiled in: `tables/*.txt`.

use crate::tables::rule_tables;

rule_tables! {
    EXPERIENCE, "fact_experience": "words of a demand for experience: years: năm, year";
    LEVELS, "fact_levels": "words that name a level: manager: trưởng phòng, phó phòng";
    WORK_MODES, "fact_work_modes": "words that name a work mode: remote: làm việc từ xa, wfh";
    EMPLOYMENT_TYPES, "fact_employment_types": "words that name an employment type: freelance: cộng tác viên, ctv";
    LANGUAGES, "fact_languages": "words that name a language, by its code: ja: tiếng nhật, jlpt";
    SKILLS, "fact_skills": "one spelling of each skill, and its other spellings: React (title): reactjs, react.js";
}
