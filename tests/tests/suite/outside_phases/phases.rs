//! The phases of these tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use arrow_select::concat::concat_batches;
use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::{
    BooleanArray, Int64Array, LargeStringArray, RecordBatch, StringArray,
};
use jobinsight_core::arrow_schema::Schema;
use jobinsight_core::{
    Batch, DataType, EtlError, PhaseContext, PhaseSpec, Plugin, Process, Resource, Result, Role,
    RoleKind, Settings, Warning, async_trait,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// These phases have no settings.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NoSettings {}

macro_rules! phase {
    ($type:ident, $name:literal $(, $words:ident: $of:ty = $value:expr)*) => {
        struct $type;
        impl Plugin for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = "a phase of the tests";
            const ROLE: RoleKind = RoleKind::Process;
            $(const $words: &'static [$of] = &$value;)*
            type Settings = NoSettings;
            fn build(_: NoSettings, _: &Settings) -> Result<Role> {
                Ok(Role::Process(Box::new($type)))
            }
        }
        jobinsight_core::inventory::submit! { PhaseSpec::of::<$type>() }
    };
}

phase!(Crawler, "test_crawler");
phase!(Panics, "test_panics");
phase!(FailsOnce, "test_fails_once");
phase!(Hangs, "test_hangs");
phase!(LosesRows, "test_loses_rows");
phase!(LosesColumns, "test_loses_columns");
phase!(Reverses, "test_reverses");
phase!(ChangesKeys, "test_changes_keys");
phase!(ChangesVersions, "test_changes_versions");
phase!(
    ChangesFingerprints,
    "test_changes_fingerprints",
    NEEDS: Resource = [Resource::Column("source_hash")],
    GIVES: Resource = [Resource::Typed("source_hash", || DataType::Int64)]
);
phase!(ChangesTitles, "test_changes_titles");
phase!(
    Retitles,
    "test_retitles",
    GIVES: Resource = [Resource::Typed("title_clean", || DataType::Utf8)]
);
phase!(
    GivesLess,
    "test_gives_less",
    GIVES: Resource = [Resource::Typed("mood", || DataType::Utf8)]
);
phase!(
    RetypesTitle,
    "test_retypes_title",
    GIVES: Resource = [Resource::Typed("title_clean", || DataType::Utf8)]
);
phase!(
    DeclaresNumbers,
    "test_declares_numbers",
    GIVES: Resource = [Resource::Typed("title_clean", || DataType::Int64)]
);
phase!(AddsTwice, "test_adds_twice");
phase!(AddsUndeclared, "test_adds_undeclared");
phase!(RetypesKeys, "test_retypes_keys");
phase!(DoublesKeys, "test_doubles_keys");
phase!(ErasesKeys, "test_erases_keys");
phase!(
    WantsTitle,
    "test_wants_title",
    NEEDS: Resource = [Resource::Column("title_clean")]
);
phase!(
    WantsMood,
    "test_wants_mood",
    NEEDS: Resource = [Resource::Column("mood")]
);
phase!(
    WantsRaw,
    "test_wants_raw",
    NEEDS: Resource = [Resource::Column("location_detail")]
);

phase!(
    Shouts,
    "test_shouts",
    NEEDS: Resource = [Resource::Column("title")],
    GIVES: Resource = [Resource::Typed("warnings", || DataType::Utf8), Resource::Typed("loud", || DataType::Boolean)],
    WARNINGS: Warning = [Warning { word: "title_shouts", field: "title" }]
);
phase!(
    WantsLoud,
    "test_wants_loud",
    NEEDS: Resource = [Resource::Column("loud")]
);

/// Reads the raw titles, which `data_processing` drops. Adds a column and a warning.
#[async_trait]
impl Process for Shouts {
    async fn process(&self, _: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let titles = batch.records.column_by_name("title").unwrap();
        let titles = titles.as_string::<i32>();
        let shouts = |title: &str| title.to_uppercase() == title;
        let loud: BooleanArray = titles.iter().map(|title| title.map(shouts)).collect();
        batch.warn("title_shouts", &loud)?;
        batch.put("loud", Arc::new(loud))?;
        Ok(batch)
    }
}

/// Cannot be built.
struct PanicsAtStart;

impl Plugin for PanicsAtStart {
    const NAME: &'static str = "test_panics_at_start";
    const ABOUT: &'static str = "a phase of the tests";
    const ROLE: RoleKind = RoleKind::Process;
    type Settings = NoSettings;

    fn build(_: NoSettings, _: &Settings) -> Result<Role> {
        panic!("no model")
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<PanicsAtStart>() }

/// Never ends.
#[async_trait]
impl Process for Hangs {
    async fn process(&self, _: &PhaseContext<'_>, _: Batch) -> Result<Batch> {
        std::future::pending().await
    }
}

#[async_trait]
impl Process for LosesRows {
    async fn process(&self, _: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        batch.records = batch.records.slice(1, batch.records.num_rows() - 1);
        Ok(batch)
    }
}

#[async_trait]
impl Process for LosesColumns {
    async fn process(&self, _: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        batch.records.remove_column(0);
        Ok(batch)
    }
}

/// Puts the rows into another order, column by column.
#[async_trait]
impl Process for Reverses {
    async fn process(&self, _: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let rows = batch.records.num_rows();
        let turned: Vec<_> = (0..rows)
            .rev()
            .map(|row| batch.records.slice(row, 1))
            .collect();
        let schema = batch.records.schema();
        batch.records = concat_batches(&schema, &turned).unwrap();
        Ok(batch)
    }
}

/// Adds a second column with the name of another.
#[async_trait]
impl Process for AddsTwice {
    async fn process(&self, _: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let (schema, mut columns, _) = batch.records.into_parts();
        let mut fields = schema.fields().to_vec();
        let title = schema.index_of("title_clean").unwrap();
        fields.push(fields[title].clone());
        columns.push(columns[title].clone());
        batch.records = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        Ok(batch)
    }
}

macro_rules! overwrites {
    ($($type:ident: $column:literal = $of:ident of $value:expr),*) => {
        $(#[async_trait]
        impl Process for $type {
            async fn process(&self, _: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
                let rows = batch.records.num_rows();
                batch.put($column, Arc::new($of::from(vec![$value; rows])))?;
                Ok(batch)
            }
        })*
    };
}
overwrites!(
    ChangesKeys: "job_id" = StringArray of "9",
    ChangesVersions: "row_version" = Int64Array of 7,
    ChangesFingerprints: "source_hash" = Int64Array of 7,
    ChangesTitles: "title_clean" = StringArray of "x",
    AddsUndeclared: "mood" = StringArray of "good",
    RetypesKeys: "job_id" = LargeStringArray of "1",
    DoublesKeys: "job_id" = StringArray of "1",
    ErasesKeys: "job_id" = StringArray of None::<&str>,
    Retitles: "title_clean" = StringArray of "x"
);

/// Produces numbers where its `GIVES` declares text.
#[async_trait]
impl Process for RetypesTitle {
    async fn process(&self, _: &PhaseContext<'_>, mut batch: Batch) -> Result<Batch> {
        let numbers = Int64Array::from(vec![1; batch.records.num_rows()]);
        batch.put("title_clean", Arc::new(numbers))?;
        Ok(batch)
    }
}

macro_rules! pass_on {
    ($($type:ident),*) => {
        $(#[async_trait]
        impl Process for $type {
            async fn process(&self, _: &PhaseContext<'_>, batch: Batch) -> Result<Batch> {
                Ok(batch)
            }
        })*
    };
}
pass_on!(
    DeclaresNumbers,
    GivesLess,
    WantsTitle,
    WantsMood,
    WantsRaw,
    WantsLoud
);

/// Acts like a crawler that writes while its batch is processed.
#[async_trait]
impl Process for Crawler {
    async fn process(&self, cx: &PhaseContext<'_>, batch: Batch) -> Result<Batch> {
        let client = cx.client().await?;
        client
            .batch_execute("UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id = '1'; DELETE FROM raw_jobs WHERE job_id = '2'; UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true")
            .await
            .map_err(|error| EtlError::database(error, "crawling"))?;
        Ok(batch)
    }
}

#[async_trait]
impl Process for Panics {
    async fn process(&self, cx: &PhaseContext<'_>, _: Batch) -> Result<Batch> {
        cx.compute(|| panic!("the phase is broken")).await
    }
}

jobinsight_core::codes! {
    PASSING: Passing = "test::phases::passing",
        "A failure that passes when the work is repeated.",
        fix: "wait";
}

static FAILED: AtomicBool = AtomicBool::new(false);

#[async_trait]
impl Process for FailsOnce {
    async fn process(&self, _: &PhaseContext<'_>, batch: Batch) -> Result<Batch> {
        if FAILED.swap(true, SeqCst) {
            return Ok(batch);
        }
        Err(EtlError::new(PASSING, "it passes"))
    }
}
