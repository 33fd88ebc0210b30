//! The plug-in: the kernels as a phase.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use jobinsight_core::explain::Explain;
use jobinsight_core::{
    Batch, EtlError, PhaseContext, PhaseSpec, Plugin, Process, Reject, Resource, Result, Role,
    RoleKind, RuleTable, Settings, Warning, async_trait,
};
use jobinsight_kernels::RuleBook;
use jobinsight_kernels::kernel::{Kernel, RuleSet};
use jobinsight_sql::columns::{
    DERIVED_RESOURCES, INPUT_RESOURCES, KEY, PROCESSED_RESOURCES, ROW_VERSION,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::explain;
use crate::rules::{TABLES, WARNINGS, rule_book, rule_set};

/// The settings of this phase. It has none yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataProcessingSettings {}

struct DataProcessing {
    rules: RuleSet,
    book: RuleBook,
    /// The kernels that no lane uses at the moment, with their caches. There is at most one for each lane.
    kernels: Arc<Mutex<Vec<Kernel>>>,
}

impl Plugin for DataProcessing {
    const NAME: &'static str = "data_processing";
    const ABOUT: &'static str = "cleans titles, companies and places by pure Arrow kernels";
    const ROLE: RoleKind = RoleKind::Process;
    const NEEDS: &'static [Resource] = &PROCESSED_RESOURCES;
    const GIVES: &'static [Resource] = &DERIVED_RESOURCES;
    const DROPS: &'static [Resource] = &INPUT_RESOURCES;
    const EXPLAIN: Option<Explain> = Some(explain::explain);
    const TABLES: &'static [RuleTable] = TABLES;
    const WARNINGS: &'static [Warning] = WARNINGS;
    type Settings = DataProcessingSettings;

    fn build(_: DataProcessingSettings, common: &Settings) -> Result<Role> {
        Ok(Role::Process(Box::new(Self {
            rules: rule_set(common.rules),
            book: rule_book(&common.custom_rules)?,
            kernels: Arc::default(),
        })))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<DataProcessing>() }

#[async_trait]
impl Process for DataProcessing {
    async fn process(&self, cx: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let (rules, book) = (self.rules, self.book.clone());
        let kernels = Arc::clone(&self.kernels);
        let input = batch.records.clone();
        let made = cx
            .compute(move || {
                // A kernel that panicked is not returned.
                let idle = || kernels.lock().unwrap_or_else(PoisonError::into_inner);
                let kernel = idle().pop();
                let mut kernel = kernel.unwrap_or_else(|| Kernel::with(rules, &book));
                let made = kernel.transform(&input);
                idle().push(kernel);
                made
            })
            .await?;
        let made = made.map_err(|error| {
            EtlError::bug(format!(
                "data_processing needs the columns that data_loading produces: {error}"
            ))
        })?;
        let columns = batch.records.clone();
        let keys = columns.column_by_name(KEY);
        let keys = keys.and_then(|column| column.as_string_opt::<i32>());
        let versions = columns.column_by_name(ROW_VERSION);
        let versions = versions.and_then(|column| column.as_primitive_opt::<Int64Type>());
        batch
            .rejects
            .extend(made.rejects.into_iter().map(|reject| Reject {
                key: keys.map_or_else(String::new, |keys| keys.value(reject.row).to_owned()),
                row_version: versions.map_or(0, |versions| versions.value(reject.row)),
                phase: cx.phase.to_owned(),
                field: reject.column.to_owned(),
                reason: reject.reason.word().to_owned(),
                value: reject.value.as_deref().map(Reject::stored_value),
            }));
        batch.remake(made.batch, Self::DROPS, &made.kept)?;
        Ok(batch)
    }
}
