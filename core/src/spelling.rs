//! Suggestions for misspelled names.

/// Whether `word` differs from `name` only by underscores and at most two typing errors.
///
/// ```
/// use jobinsight_core::spelling::is_typo;
/// assert!(is_typo("ETL_STAGING_SCHEMA", "ETL_STAGING__SCHEMA"));
/// assert!(!is_typo("ETL_MODE", "ETL_RULES"));
/// ```
pub fn is_typo(word: &str, name: &str) -> bool {
    strsim::damerau_levenshtein(&word.replace('_', ""), &name.replace('_', "")) <= 2
}

/// The candidate that is most similar to `word`, if one is similar enough to be a typing error.
///
/// ```
/// use jobinsight_core::spelling::nearest;
/// assert_eq!(nearest("batchsize", ["batch_size", "limit"]), Some("batch_size"));
/// assert_eq!(nearest("colour", ["batch_size", "limit"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 2 + candidate.len() / 4)
        .map(|(_, candidate)| candidate)
}
