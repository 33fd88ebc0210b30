//! Batch columns with raw texts that no phase drops, for phases after processing. Loading produces each of them only if a phase
//! needs it. The texts that a batch has already are not loaded twice.

/// The batch column with the title of the raw row.
pub const RAW_TITLE: &str = "raw_title";
/// The batch column with the location of the raw row.
pub const RAW_LOCATION: &str = "raw_location";
/// The batch column with the skills of the raw row, as the text of a JSON array.
pub const RAW_SKILLS: &str = "raw_skills";

/// The names of all of them.
pub const KEPT: [&str; 3] = [RAW_TITLE, RAW_LOCATION, RAW_SKILLS];

/// The column of the raw table that a kept column has the text of.
pub fn raw_column(kept: &str) -> &str {
    kept.strip_prefix("raw_").unwrap_or(kept)
}
