//! The error of a phase that panicked: a defect of the crate that the phase comes from.

use crate::advice;
use std::any::Any;

use crate::{EtlError, codes, registry};

/// The crates of this repository begin with this.
const OWN_CRATES: &str = "jobinsight_";

/// The error of a phase that panicked with this payload. The message names the phase and its crate.
pub fn panicked(phase: &str, payload: &(dyn Any + Send)) -> EtlError {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    let krate = registry::find(phase).map(crate::PhaseSpec::krate);
    error(phase, krate, &text)
}

fn error(phase: &str, krate: Option<&str>, text: &str) -> EtlError {
    let origin = krate.map_or_else(String::new, |krate| format!(" of the crate `{krate}`"));
    let error = EtlError::new(
        codes::PHASES_PANICKED,
        format!("the phase `{phase}`{origin} panicked: {text}"),
    );
    match krate.filter(|krate| !krate.starts_with(OWN_CRATES)) {
        Some(krate) => error.help(format!(
            "this is a defect of the phase `{phase}`, not of jobinsight: report it to the author of the crate `{krate}`; when it is fixed: {}",
            advice::command("retry")
        )),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_of_the_crate_gets_the_report() {
        let outside = error("language", Some("acme_language"), "no model");
        assert_eq!(
            outside.message(),
            "the phase `language` of the crate `acme_language` panicked: no model"
        );
        assert!(
            outside.help_text().contains("not of jobinsight")
                && outside
                    .help_text()
                    .contains("author of the crate `acme_language`"),
            "{}",
            outside.help_text()
        );
        assert_eq!(outside.kind().exit_code(), 1);
        let own = error("data_saving", Some("jobinsight_data_saving"), "index");
        assert_eq!(own.help_text(), codes::PHASES_PANICKED.fix());
    }

    #[test]
    fn a_payload_of_any_type_has_a_text() {
        let text = |payload: Box<dyn Any + Send>| panicked("x", &*payload).message().to_owned();
        assert_eq!(text(Box::new("a")), "the phase `x` panicked: a");
        assert_eq!(text(Box::new("b".to_owned())), "the phase `x` panicked: b");
        assert_eq!(text(Box::new(1)), "the phase `x` panicked: no message");
    }
}
