//! The phases that are linked into this program.

use crate::{EtlError, Kind, PhaseSpec, Result};

/// All linked phases, by name. A name registered twice is an error of the build, since either could win.
///
/// # Errors
/// `jobinsight::phases::duplicate`.
pub fn all() -> Result<Vec<&'static PhaseSpec>> {
    let mut specs: Vec<_> = inventory::iter::<PhaseSpec>.into_iter().collect();
    specs.sort_by_key(|spec| spec.name);
    match specs.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(EtlError::new(
            Kind::Bug,
            "jobinsight::phases::duplicate",
            format!(
                "two linked crates register a phase named `{}`",
                pair[0].name
            ),
        )
        .help("rename one of them, or link only one")),
        None => Ok(specs),
    }
}

/// The phase of that name.
pub fn find(name: &str) -> Option<&'static PhaseSpec> {
    inventory::iter::<PhaseSpec>
        .into_iter()
        .find(|spec| spec.name == name)
}

/// The field of a warning, as the phase that attaches it declares it.
pub fn warning_field(word: &str) -> Option<&'static str> {
    inventory::iter::<PhaseSpec>
        .into_iter()
        .flat_map(|spec| spec.warnings)
        .find(|warning| warning.word == word)
        .map(|warning| warning.field)
}

/// The candidate that is nearest to `word`, if any is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 2 + candidate.len() / 4)
        .map(|(_, candidate)| candidate)
}
