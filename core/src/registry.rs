//! The phases that are linked into this program.

use crate::error::all_codes;
use crate::{Code, EtlError, PhaseSpec, Result, codes};

/// All linked phases, sorted by name. Two phases of the same name are a defect of the build.
///
/// # Errors
/// `jobinsight::phases::duplicate`.
pub fn all() -> Result<Vec<&'static PhaseSpec>> {
    let mut specs: Vec<_> = inventory::iter::<PhaseSpec>.into_iter().collect();
    specs.sort_by_key(|spec| spec.name);
    match specs.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(EtlError::new(
            codes::PHASES_DUPLICATE,
            format!(
                "two linked crates register a phase named `{}`",
                pair[0].name
            ),
        )),
        None => Ok(specs),
    }
}

/// All error codes of the linked crates, sorted by name. Two codes of the same name are a defect of the build.
///
/// # Errors
/// `jobinsight::internal::bug`, which names the code.
pub fn codes() -> Result<Vec<&'static Code>> {
    let codes = all_codes();
    match codes
        .windows(2)
        .find(|pair| pair[0].name() == pair[1].name())
    {
        Some(pair) => Err(EtlError::bug(format!(
            "two linked crates declare the error code {}",
            pair[0].name()
        ))),
        None => Ok(codes),
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
