//! The facets of OpenLineage that events contain, each with the version of its schema.

use serde::Serialize;
use serde_json::{Map, Value};

/// The address of the schema of an event.
pub(super) const EVENT_SCHEMA: &str =
    "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

/// A facet: the key in an event, the name of its schema, and the version of the schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facet {
    pub(super) key: &'static str,
    name: &'static str,
    version: &'static str,
}

macro_rules! facets {
    ($($constant:ident = $key:literal, $name:literal, $version:literal;)+) => {
        $(pub(super) const $constant: Facet = Facet { key: $key, name: $name, version: $version };)+
    };
}

facets! {
    COLUMN_LINEAGE = "columnLineage", "ColumnLineageDatasetFacet", "1-2-0";
    DATA_QUALITY_ASSERTIONS = "dataQualityAssertions", "DataQualityAssertionsDatasetFacet", "1-1-0";
    DATA_QUALITY_METRICS = "dataQualityMetrics", "DataQualityMetricsInputDatasetFacet", "1-0-3";
    DOCUMENTATION = "documentation", "DocumentationJobFacet", "1-1-0";
    ERROR_MESSAGE = "errorMessage", "ErrorMessageRunFacet", "1-0-1";
    INPUT_STATISTICS = "inputStatistics", "InputStatisticsInputDatasetFacet", "1-0-0";
    JOB_TYPE = "jobType", "JobTypeJobFacet", "2-0-4";
    NOMINAL_TIME = "nominalTime", "NominalTimeRunFacet", "1-0-1";
    OUTPUT_STATISTICS = "outputStatistics", "OutputStatisticsOutputDatasetFacet", "1-0-2";
    PARENT = "parent", "ParentRunFacet", "1-2-0";
    PROCESSING_ENGINE = "processing_engine", "ProcessingEngineRunFacet", "1-1-1";
    SCHEMA = "schema", "SchemaDatasetFacet", "1-2-0";
    TAGS = "tags", "TagsRunFacet", "1-0-0";
}

/// The program that produces the events: the repository of this crate, or the address of the package if the crate has none.
pub(super) fn producer() -> String {
    let (repository, version) = (env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"));
    if repository.is_empty() {
        format!("pkg:cargo/{}@{version}", env!("CARGO_PKG_NAME"))
    } else {
        format!("{repository}/tree/v{version}")
    }
}

/// The facets of one run, job or dataset.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Facets(Map<String, Value>);

impl Facets {
    /// Adds a facet with these fields.
    pub(super) fn with(mut self, facet: Facet, fields: Value) -> Self {
        let Facet { key, name, version } = facet;
        let mut whole = fields;
        whole["_producer"] = producer().into();
        whole["_schemaURL"] =
            format!("https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}")
                .into();
        self.0.insert(key.to_owned(), whole);
        self
    }

    /// Adds a facet if it has fields.
    pub(super) fn with_some(self, facet: Facet, fields: Option<Value>) -> Self {
        match fields {
            Some(fields) => self.with(facet, fields),
            None => self,
        }
    }
}
