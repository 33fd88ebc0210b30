//! The words that describe a run, a job and an error.

use jobinsight_core::{EtlError, Kind, Settings};
use serde_json::{Value, json};

use super::facet::{self, Facets};
use crate::report::place::RunPlace;
use crate::report::results::RunResults;

/// The name of the job: the database and the staging schema. A fill is another job, because it publishes nothing.
pub(super) fn job(place: &RunPlace, fills: Option<&str>) -> String {
    let name = format!("{}.{}", place.database, place.schema);
    match fills {
        None => name,
        Some(phase) => format!("{name}.fill_{phase}"),
    }
}

/// The facets of every event of a run.
pub(super) fn facets_of_run(settings: &Settings, results: &RunResults) -> Facets {
    let version = env!("CARGO_PKG_VERSION");
    let nominal = settings.as_of.as_ref();
    let tag =
        |key: &str, value: &str| json!({ "key": key, "value": value, "source": "JOBINSIGHT" });
    Facets::default()
        .with(
            facet::PROCESSING_ENGINE,
            json!({ "name": "jobinsight", "version": version, "openlineageAdapterVersion": version }),
        )
        .with_some(
            facet::NOMINAL_TIME,
            nominal.map(|time| json!({ "nominalStartTime": time })),
        )
        .with(
            facet::TAGS,
            json!({ "tags": [
                tag("run_id", &results.run_id),
                tag("attempt", &results.attempt.to_string()),
                tag("rules", settings.rules.name()),
            ] }),
        )
}

/// The facets of a job.
pub(super) fn facets_of_job(kind: &str, about: &str) -> Facets {
    Facets::default()
        .with(
            facet::JOB_TYPE,
            json!({ "processingType": "BATCH", "integration": "JOBINSIGHT", "jobType": kind }),
        )
        .with(
            facet::DOCUMENTATION,
            json!({ "description": about, "contentType": "text/plain" }),
        )
}

/// The facet of an error.
pub(super) fn message(error: &EtlError) -> Value {
    json!({
        "message": format!("{}: {}", error.code().name(), error.message()),
        "programmingLanguage": "RUST",
    })
}

/// Whether somebody stopped the run, so that it did not fail.
pub(super) fn is_stop(kind: Kind) -> bool {
    match kind {
        Kind::Interrupted | Kind::Terminated | Kind::Locked => true,
        Kind::Data
        | Kind::Quality
        | Kind::Operator
        | Kind::Bug
        | Kind::Warning
        | Kind::Server
        | Kind::Contract
        | Kind::Usage
        | Kind::Passing
        | Kind::Away => false,
    }
}
