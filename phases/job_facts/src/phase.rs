//! The plug-in.

use std::sync::{Arc, Mutex, PoisonError};

use jobinsight_core::explain::Explain;
use jobinsight_core::{
    Batch, PhaseContext, PhaseSpec, Plugin, Process, ReaderTable, Resource, Result, Role, RoleKind,
    RuleTable, Settings, StoringTable, async_trait,
};
use jobinsight_kernels::facts::{FactBook, FactReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::columns::{self, columns};
use crate::explain;
use crate::rules::{TABLES, fact_book};
use crate::store::{Store, TABLE};

/// Settings of this phase: `[phases.job_facts]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JobFactsSettings {
    /// Store the facts in the table `job_facts`, and create the view `jobs`. With false, the phase only adds its batch
    /// columns, for a phase of your own.
    pub store: bool,
}

impl Default for JobFactsSettings {
    fn default() -> Self {
        Self { store: true }
    }
}

struct JobFacts {
    settings: JobFactsSettings,
    book: Arc<FactBook>,
    /// The readers that no lane uses at the moment. There is at most one for each lane.
    readers: Arc<Mutex<Vec<FactReader>>>,
    store: Store,
}

impl Plugin for JobFacts {
    const NAME: &'static str = "job_facts";
    const ABOUT: &'static str =
        "reads experience, level, work mode, languages and skills, and finds repeated postings";
    const ROLE: RoleKind = RoleKind::Process;
    const NEEDS: &'static [Resource] = &[
        Resource::Schema,
        Resource::Column(Batch::KEY),
        Resource::Column(Batch::SOURCE_HASH),
        Resource::Column("raw_title"),
        Resource::Column("raw_location"),
        Resource::Column("raw_skills"),
        Resource::Column("title_clean"),
        Resource::Column("company_key"),
        Resource::Column("province_codes"),
    ];
    const GIVES: &'static [Resource] = columns::GIVES;
    const STORES: Option<StoringTable> = Some(|loaded| {
        let own: JobFactsSettings = loaded.phase(Self::NAME)?;
        Ok(own.store.then_some(TABLE.name))
    });
    const EXPLAIN: Option<Explain> =
        Some(|posting| Box::pin(async move { explain::explain(posting) }));
    const TABLES: &'static [RuleTable] = TABLES;
    const READER_TABLES: &'static [ReaderTable] = &[TABLE];
    type Settings = JobFactsSettings;

    fn build(settings: JobFactsSettings, common: &Settings) -> Result<Role> {
        Ok(Role::Process(Box::new(Self {
            settings,
            book: fact_book(common)?,
            readers: Arc::default(),
            store: Store::default(),
        })))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<JobFacts>() }

#[async_trait]
impl Process for JobFacts {
    async fn process(&self, cx: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let (book, readers) = (Arc::clone(&self.book), Arc::clone(&self.readers));
        let records = batch.records.clone();
        let made = cx
            .compute(move || {
                // A reader that panicked is not returned.
                let idle = || readers.lock().unwrap_or_else(PoisonError::into_inner);
                let reader = idle().pop();
                let mut reader = reader.unwrap_or_else(|| FactReader::new(&book));
                let made = columns(&mut reader, &records);
                idle().push(reader);
                made
            })
            .await??;
        let (facts, columns) = made;
        for (resource, column) in columns::GIVES.iter().zip(columns) {
            if let Some(name) = resource.column() {
                batch.put(name, column)?;
            }
        }
        if self.settings.store {
            self.store.put(cx, &batch, &facts).await?;
        }
        Ok(batch)
    }

    async fn finish(&self, cx: &PhaseContext<'_>) -> Result<()> {
        if self.settings.store {
            self.store.settle(cx).await?;
        }
        Ok(())
    }
}
