//! Suggestions for misspelled names.

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
