//! The properties of the dbt package in `deploy/dbt`: its sources and its model.

use jobinsight_core::{Result, Settings};
use jobinsight_sql::columns::{CRAWLED_AT, KEY, PUBLISHED_AT};
use jobinsight_sql::rule::Rule;
use serde::Serialize;
use serde_json::{Value, json};

use super::table::{DescribedTable, TableColumn};
use super::yaml::yaml;

/// The name of the source with staging, in the package.
const SOURCE: &str = "jobinsight";

#[derive(Serialize)]
struct SourceFile {
    version: u8,
    sources: Vec<Source>,
}

#[derive(Serialize)]
struct ModelFile {
    version: u8,
    models: Vec<Relation>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    description: &'static str,
    schema: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<SourceConfig>,
    tables: Vec<Relation>,
}

#[derive(Serialize)]
struct SourceConfig {
    enabled: &'static str,
}

/// A table of a source, or a model.
#[derive(Serialize)]
struct Relation {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<TableConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data_tests: Vec<Value>,
    columns: Vec<RelationColumn>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum TableConfig {
    /// A table that always exists, with the age of its newest row.
    Fresh {
        loaded_at_field: &'static str,
        freshness: Freshness,
    },
    /// A table that exists only if a phase is used.
    Optional { enabled: String },
}

#[derive(Serialize)]
struct Freshness {
    warn_after: Age,
    error_after: Age,
}

#[derive(Serialize)]
struct Age {
    count: String,
    period: &'static str,
}

#[derive(Serialize)]
struct RelationColumn {
    name: &'static str,
    data_type: String,
    description: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data_tests: Vec<Value>,
}

/// The sources: staging, and the raw table for those who may read it.
pub(crate) fn sources(settings: &Settings) -> Result<String> {
    let (staging, raw) = (
        DescribedTable::staging(settings),
        DescribedTable::raw(settings),
    );
    let bounds: Vec<Value> = staging
        .bounds()
        .map(|(least, most)| {
        json!({"jobinsight_at_most": {"arguments": {"column": least, "bound": most}}})
    })
        .collect();
    let mut source = Source {
        name: SOURCE,
        description: "The schema into which jobinsight publishes clean postings",
        schema: variable("staging_schema", &staging.schema),
        config: None,
        tables: vec![Relation {
            name: staging.name,
            identifier: None,
            description: staging.about.to_owned(),
            config: Some(TableConfig::fresh(PUBLISHED_AT)),
            data_tests: bounds,
            columns: staging.columns.iter().map(RelationColumn::tested).collect(),
        }],
    };
    source.tables.extend(
        DescribedTable::of_phases(settings)?
            .into_iter()
            .map(|table| Relation {
                config: Some(TableConfig::Optional {
                    enabled: format!(
                        "{{{{ var('jobinsight_{}', false) | as_bool }}}}",
                        table.name
                    ),
                }),
                name: table.name,
                identifier: None,
                description: table.about.to_owned(),
                data_tests: Vec::new(),
                columns: table.columns.iter().map(RelationColumn::tested).collect(),
            }),
    );
    let crawled = Source {
        name: "jobinsight_raw",
        description: "The table that the crawler fills. Set the variable `jobinsight_raw` if your role may read it",
        schema: variable("raw_schema", &raw.schema),
        config: Some(SourceConfig {
            enabled: "{{ var('jobinsight_raw', false) | as_bool }}",
        }),
        tables: vec![Relation {
            name: "raw_jobs".to_owned(),
            identifier: Some(variable("raw_table", &raw.name)),
            description: raw.about.to_owned(),
            config: Some(TableConfig::fresh(CRAWLED_AT)),
            data_tests: Vec::new(),
            columns: raw.columns.iter().map(RelationColumn::tested).collect(),
        }],
    };
    yaml(
        "dbt-sources",
        &SourceFile {
            version: 2,
            sources: vec![source, crawled],
        },
    )
}

/// The model, which has the columns of staging that no run changes without a new `published_at`.
pub(crate) fn models(settings: &Settings) -> Result<String> {
    let staging = DescribedTable::staging(settings);
    let columns = staging.columns.iter();
    let columns = columns.filter(|column| !column.changes_unnoticed);
    let model = Relation {
        name: "stg_jobinsight__jobs".to_owned(),
        identifier: None,
        description: format!(
            "{}. A copy of staging_jobs, in which a run of dbt replaces only what is new",
            staging.about
        ),
        config: None,
        data_tests: vec![json!("jobinsight_nothing_is_lost")],
        columns: columns.map(RelationColumn::copied).collect(),
    };
    yaml(
        "dbt-models",
        &ModelFile {
            version: 2,
            models: vec![model],
        },
    )
}

impl TableConfig {
    fn fresh(loaded_at_field: &'static str) -> Self {
        let age = |name, hours| Age {
            count: format!("{{{{ var('jobinsight_{name}_after_hours', {hours}) | as_number }}}}"),
            period: "hour",
        };
        Self::Fresh {
            loaded_at_field,
            freshness: Freshness {
                warn_after: age("warn", 36),
                error_after: age("error", 72),
            },
        }
    }
}

impl RelationColumn {
    /// The column without tests.
    fn copied(column: &TableColumn) -> Self {
        let mut copied = Self {
            name: column.name,
            data_type: column.data_type.to_lowercase(),
            description: column.about,
            data_tests: Vec::new(),
        };
        if column.is_key {
            copied.data_tests = vec![json!("unique"), json!("not_null")];
            let to = format!("source('{SOURCE}', 'staging_jobs')");
            let arguments = json!({"to": to, "field": KEY});
            let related = json!({"relationships": {"arguments": arguments}});
            copied.data_tests.push(related);
        }
        copied
    }

    /// The column of a source, with a test of each rule.
    fn tested(column: &TableColumn) -> Self {
        let mut data_tests = Vec::new();
        if column.is_key {
            data_tests.push(json!("unique"));
        }
        if column.is_required {
            data_tests.push(json!("not_null"));
        }
        if column.is_wanted {
            data_tests.push(json!({"not_null": {"config": {"severity": "warn"}}}));
        }
        let test = |name: &str, arguments: Value| json!({name: {"arguments": arguments}});
        match (&column.rule, column.is_list()) {
            (Rule::Any, _) => {}
            (Rule::Words(words), false) => {
                data_tests.push(test("accepted_values", json!({"values": words})));
            }
            (Rule::Words(words), true) => {
                data_tests.push(test("jobinsight_items_in", json!({"values": words})));
            }
            (Rule::Form(form), false) => {
                data_tests.push(test("jobinsight_matches", json!({"form": form})));
            }
            (Rule::Form(form), true) => {
                data_tests.push(test("jobinsight_items_match", json!({"form": form})));
            }
        }
        Self {
            name: column.name,
            data_type: column.data_type.to_lowercase(),
            description: column.about,
            data_tests,
        }
    }
}

/// A value that a project of dbt may replace by a variable.
fn variable(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('\'', "\\'");
    format!("{{{{ var('jobinsight_{name}', '{value}') }}}}")
}
