//! Phase `verbatim`: replaces `data_processing` by settings alone. It publishes titles, companies and places as the board
//! wrote them, and changes only white space.
//!
//! ```toml
//! pipeline = ["schema_setup", "sql_procedures", "data_loading", "verbatim", "data_saving"]
//! ```
//!
//! Use it for a warehouse that cleans the data itself, or to see the effect of the cleaning: publish into a separate schema
//! (`[staging] schema = "jobinsight_verbatim"`) and join the two.
//!
//! This phase decides published columns, so it is part of the rule set: the next run after the change of the pipeline
//! processes all published rows again. `jobinsight run --dry-run` says how many.
#![forbid(unsafe_code)]

use std::sync::Arc;

use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::types::Int64Type;
use jobinsight_core::arrow_array::{
    Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray,
};
use jobinsight_core::{
    Batch, DataType, EtlError, PhaseContext, PhaseSpec, Plugin, Process, Reject, Resource, Result,
    Role, RoleKind, Settings, async_trait,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The settings of this phase. There are none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VerbatimSettings {}

struct Verbatim;

impl Plugin for Verbatim {
    const NAME: &'static str = "verbatim";
    const ABOUT: &'static str = "publishes titles, companies and places as the board wrote them";
    const ROLE: RoleKind = RoleKind::Process;
    // GIVES and DROPS equal those of `data_processing`, so this phase can replace it. NEEDS does not have `location_detail`,
    // because this phase does not read it.
    const NEEDS: &'static [Resource] = &[
        Resource::Column("job_id"),
        Resource::Column("row_version"),
        Resource::Column("title"),
        Resource::Column("company_name"),
        Resource::Column("location"),
    ];
    const GIVES: &'static [Resource] = &[
        Resource::Typed("title_clean", || DataType::Utf8),
        Resource::Typed("company_name_standardized", || DataType::Utf8),
        Resource::Typed("location", || DataType::Utf8),
        Resource::Typed("location_pairs", || DataType::Utf8),
        Resource::Typed("location_codes", || DataType::Utf8),
        Resource::Typed("company_key", || DataType::Utf8),
        Resource::Typed("province_codes", || DataType::Utf8),
        Resource::Typed("places", || DataType::Utf8),
        Resource::Typed("title_salary", || DataType::Utf8),
        Resource::Typed("warnings", || DataType::Utf8),
    ];
    const DROPS: &'static [Resource] = &[
        Resource::Column("title"),
        Resource::Column("company_name"),
        Resource::Column("location_detail"),
    ];
    type Settings = VerbatimSettings;

    fn build(_: VerbatimSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Process(Box::new(Self)))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<Verbatim>() }

#[async_trait]
impl Process for Verbatim {
    async fn process(&self, cx: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let (records, phase) = (batch.records.clone(), cx.phase.to_owned());
        let (records, rejects, accepted) = cx.compute(move || publish(&records, &phase)).await??;
        // Columns of earlier phases remain in the batch.
        batch.remake(records, Self::DROPS, &accepted)?;
        batch.rejects.extend(rejects);
        Ok(batch)
    }
}

/// Leaves one space between words, and none around the text.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn column<'a>(records: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    let column = records.column_by_name(name);
    column.ok_or_else(|| EtlError::bug(format!("the batch has no column `{name}`")))
}

fn text<'a>(records: &'a RecordBatch, name: &str) -> Result<&'a StringArray> {
    let texts = column(records, name)?.as_string_opt::<i32>();
    texts.ok_or_else(|| EtlError::bug(format!("the batch column `{name}` does not contain text")))
}

/// Returns the columns of accepted rows, the rejected rows, and a mask of the accepted ones.
fn publish(records: &RecordBatch, phase: &str) -> Result<(RecordBatch, Vec<Reject>, BooleanArray)> {
    let (keys, titles) = (text(records, "job_id")?, text(records, "title")?);
    let companies = text(records, "company_name")?;
    let locations = text(records, "location")?;
    let versions: &Int64Array = column(records, "row_version")?.as_primitive::<Int64Type>();

    let mut rejects = Vec::new();
    let mut accepted = Vec::with_capacity(records.num_rows());
    let mut kept = Vec::new();
    let mut clean = Vec::new();
    for row in 0..records.num_rows() {
        let title = titles.is_valid(row).then(|| titles.value(row));
        let tidy = title.map(tidy).filter(|title| !title.is_empty());
        accepted.push(tidy.is_some());
        if let Some(title) = tidy {
            kept.push(row);
            clean.push(title);
        } else {
            rejects.push(Reject {
                key: keys.value(row).to_owned(),
                row_version: versions.value(row),
                phase: phase.to_owned(),
                field: "title".to_owned(),
                reason: "title_missing".to_owned(),
                value: title.map(str::to_owned),
            });
        }
    }
    let tidied = |column: &StringArray| -> ArrayRef {
        let values = kept.iter().map(|row| {
            let text = column.is_valid(*row).then(|| tidy(column.value(*row)));
            text.filter(|text| !text.is_empty())
        });
        Arc::new(values.collect::<StringArray>())
    };
    let all = |value: &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(vec![value; kept.len()]))
    };
    let none = || -> ArrayRef { Arc::new(StringArray::new_null(kept.len())) };
    let columns: [(&str, ArrayRef); 11] = [
        ("job_id", tidied(keys)),
        ("title_clean", Arc::new(StringArray::from(clean))),
        ("company_name_standardized", tidied(companies)),
        ("location", tidied(locations)),
        ("location_pairs", all("[]")),
        ("location_codes", all("{}")),
        ("company_key", none()),
        ("province_codes", none()),
        ("places", none()),
        ("title_salary", none()),
        ("warnings", all("{}")),
    ];
    let records = RecordBatch::try_from_iter(columns)
        .map_err(|error| EtlError::bug(format!("the columns cannot form a batch: {error}")))?;
    Ok((records, rejects, accepted.into()))
}
