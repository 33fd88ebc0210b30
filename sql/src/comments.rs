//! The comments of tables and columns, from the scripts that write them.

use crate::scripts::{SCHEMA_RAW_JOBS, SCHEMA_STAGING};

/// The meaning of the raw table.
pub fn of_raw() -> &'static str {
    of(SCHEMA_RAW_JOBS.text, r#"TABLE :"raw""#)
}

/// The meaning of the staging table.
pub fn of_staging() -> &'static str {
    of(SCHEMA_STAGING.text, r#"TABLE :"staging".staging_jobs"#)
}

/// The literal that a script writes as the comment of an object, such as `TABLE :"staging".job_facts`; empty if it has none.
pub fn of(script: &'static str, object: &str) -> &'static str {
    script
        .split_once(&format!("COMMENT ON {object} IS"))
        .and_then(|(_, rest)| rest.split('\'').nth(1))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_tables_have_a_comment() {
        assert!(super::of_raw().starts_with("Job postings as they were crawled"));
        assert!(super::of_staging().starts_with("Clean job postings"));
    }
}
