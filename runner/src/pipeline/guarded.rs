//! Calls the code of a phase outside a stage of a run. A panic becomes the error of that phase, with the name of its crate.
//! Inside a run, `run::repeat` does this.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;
use jobinsight_core::{Loaded, PhaseSpec, Result, Role, phase_panic};

/// Builds a phase.
///
/// # Errors
/// A usage error that shows the wrong setting; `jobinsight::phases::panicked`.
pub(crate) fn build_phase(spec: &PhaseSpec, loaded: &Loaded) -> Result<Role> {
    catch_unwind(AssertUnwindSafe(|| spec.build(loaded)))
        .unwrap_or_else(|panic| Err(phase_panic::panicked(spec.name, &*panic)))
}

/// Waits for other code of a phase, such as its check of the database.
///
/// # Errors
/// The error of the phase; `jobinsight::phases::panicked`.
pub(crate) async fn guarded<T>(
    spec: &PhaseSpec,
    work: impl AsyncFnOnce() -> Result<T>,
) -> Result<T> {
    AssertUnwindSafe(async { work().await })
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(phase_panic::panicked(spec.name, &*panic)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_the_error_of_the_phase() {
        let spec = jobinsight_core::registry::find("data_loading").unwrap();
        let result: Result<()> = guarded(spec, async || panic!("no model")).await;
        let error = result.unwrap_err();
        assert_eq!(error.code().name(), "jobinsight::phases::panicked");
        let crate_name = spec.krate();
        assert_eq!(
            error.message(),
            format!("the phase `data_loading` of the crate `{crate_name}` panicked: no model")
        );
    }
}
