//! The contract of a table in the Open Data Contract Standard, version 3.

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::rule::Rule;
use serde::Serialize;
use serde_json::{Value, json};

use super::table::{DescribedTable, TableColumn};

/// The version of the standard. The tests check the contracts against its JSON schema.
const STANDARD: &str = "v3.1.0";

/// A contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataContract {
    api_version: &'static str,
    kind: &'static str,
    id: String,
    name: String,
    version: &'static str,
    status: &'static str,
    description: Description,
    schema: [SchemaObject; 1],
}

#[derive(Serialize)]
struct Description {
    purpose: &'static str,
    usage: &'static str,
    limitations: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SchemaObject {
    name: String,
    physical_name: String,
    physical_type: &'static str,
    description: &'static str,
    data_granularity_description: &'static str,
    properties: Vec<Property>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quality: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    name: &'static str,
    logical_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_type_options: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Value>,
    physical_type: &'static str,
    description: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    primary_key: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_key_position: Option<u8>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unique: bool,
    required: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quality: Vec<Value>,
}

/// The contract of the raw table: what the crawler promises.
pub(crate) fn raw(settings: &Settings) -> DataContract {
    contract(
        &DescribedTable::raw(settings),
        Description {
            purpose: "Job postings as a crawler read them. jobinsight reads this table, and does not change it",
            usage: "Insert new postings, and update changed ones by their key. Further columns are allowed, and so are texts of another length",
            limitations: "A run is refused with exit code 4 if a column is missing, if it has another type, or if the key is not unique. A posting without a title is rejected",
        },
    )
}

/// The contract of staging: what jobinsight promises to its readers.
pub(crate) fn staging(settings: &Settings) -> DataContract {
    contract(
        &DescribedTable::staging(settings),
        Description {
            purpose: "Clean job postings, for a warehouse",
            usage: "Read what was published after the newest row that you have, minus an overlap, by published_at. Replace rows by their key",
            limitations: "A posting that is rejected leaves the table. time_remaining is refreshed without a new published_at. An upgrade may add columns at the end",
        },
    )
}

/// The contract as JSON.
pub(crate) fn document(contract: &DataContract) -> Result<Value> {
    serde_json::to_value(contract)
        .map_err(|error| EtlError::bug(format!("the JSON of a contract: {error}")))
}

fn contract(table: &DescribedTable, description: Description) -> DataContract {
    let bounds = table.bounds().map(|(least, most)| {
        sql(
            &format!("{least} is at most {most}"),
            &format!("SELECT count(*) FROM {{object}} WHERE {least} > {most}"),
            "error",
        )
    });
    DataContract {
        api_version: STANDARD,
        kind: "DataContract",
        id: format!("jobinsight-{}", table.id),
        name: table.id.to_owned(),
        version: env!("CARGO_PKG_VERSION"),
        status: "active",
        description,
        schema: [SchemaObject {
            name: table.id.to_owned(),
            quality: bounds.collect(),
            properties: table.columns.iter().map(Property::of).collect(),
            physical_name: format!("{}.{}", table.schema, table.name),
            physical_type: "table",
            description: table.about,
            data_granularity_description: "one row for each posting",
        }],
    }
}

impl Property {
    fn of(column: &TableColumn) -> Self {
        let base = column.data_type.split('(').next().unwrap_or_default();
        let length = column.data_type.strip_prefix("VARCHAR(");
        let length = length.and_then(|rest| rest.strip_suffix(')')?.parse::<u32>().ok());
        let logical_type = match base {
            "TEXT[]" => "array",
            "JSONB" => "object",
            "BOOLEAN" => "boolean",
            "NUMERIC" => "number",
            "BIGINT" => "integer",
            "TIMESTAMPTZ" => "timestamp",
            _ => "string",
        };
        let options = match base {
            "UUID" => Some(json!({"format": "uuid"})),
            _ => length.map(|length| json!({"maxLength": length})),
        };
        Self {
            name: column.name,
            logical_type,
            logical_type_options: options,
            items: column
                .is_list()
                .then(|| json!({"name": "item", "logicalType": "string"})),
            physical_type: column.data_type,
            description: column.about,
            primary_key: column.is_key,
            primary_key_position: column.is_key.then_some(1),
            unique: column.is_key,
            required: column.is_required,
            quality: quality(column),
        }
    }
}

/// The rules for the values of a column.
fn quality(column: &TableColumn) -> Vec<Value> {
    let name = column.name;
    if column.is_wanted {
        return vec![json!({
            "metric": "nullValues",
            "mustBe": 0,
            "severity": "warning",
            "description": format!("A posting without {name} is rejected"),
        })];
    }
    let valid = |arguments: Value, description: String| {
        json!({
            "metric": "invalidValues",
            "arguments": arguments,
            "mustBe": 0,
            "severity": "error",
            "description": description,
        })
    };
    match (&column.rule, column.is_list()) {
        (Rule::Any, _) => Vec::new(),
        (Rule::Words(words), false) => vec![valid(
            json!({"validValues": words}),
            format!("{name} is NULL or one of these words"),
        )],
        (Rule::Form(form), false) => vec![valid(
            json!({"pattern": form}),
            format!("{name} is NULL or has this form"),
        )],
        (rule, true) => {
            let broken = rule.broken(name, true).unwrap_or_default();
            let query = format!("SELECT count(*) FROM {{object}} WHERE {broken}");
            vec![sql(
                &format!("each item of {name} is a known one"),
                &query,
                "error",
            )]
        }
    }
}

fn sql(description: &str, query: &str, severity: &str) -> Value {
    json!({
        "type": "sql",
        "query": query,
        "mustBe": 0,
        "severity": severity,
        "description": description,
    })
}
