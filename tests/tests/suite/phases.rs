//! Phases that are not the house's own: what the runner does for them, and with them.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use jobinsight_core::database::Target;
use jobinsight_core::settings::{Flag, load};
use jobinsight_core::{
    Batch, EtlError, Kind, PhaseContext, PhaseSpec, Plugin, Process, Result, Role, RoleKind,
    Settings, async_trait,
};
use jobinsight_runner::run::{Ended, run};
use jobinsight_tests::Db;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct None {}

macro_rules! phase {
    ($type:ident, $name:literal) => {
        struct $type;
        impl Plugin for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = "a phase of the tests";
            const ROLE: RoleKind = RoleKind::Process;
            type Settings = None;
            fn build(_: None, _: &Settings) -> Result<Role> {
                Ok(Role::Process(Box::new($type)))
            }
        }
        jobinsight_core::inventory::submit! { PhaseSpec::of::<$type>() }
    };
}

phase!(Crawler, "test_crawler");
phase!(Panics, "test_panics");
phase!(FailsOnce, "test_fails_once");

/// The crawler writes a row while its batch is on its way.
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

static FAILED: AtomicBool = AtomicBool::new(false);

#[async_trait]
impl Process for FailsOnce {
    async fn process(&self, _: &PhaseContext<'_>, batch: Batch) -> Result<Batch> {
        if FAILED.swap(true, SeqCst) {
            return Ok(batch);
        }
        Err(EtlError::new(Kind::Passing, "test::passing", "it passes"))
    }
}

async fn run_with(db: &Db, phase: &str) -> Ended {
    let pipeline = json!([
        "schema_setup",
        "sql_procedures",
        "data_loading",
        "data_processing",
        phase,
        "data_saving"
    ]);
    let flags = vec![
        Flag {
            key: "pipeline",
            value: pipeline,
            flag: "test",
        },
        Flag {
            key: "state_dir",
            value: json!(db.state.path()),
            flag: "test",
        },
    ];
    let loaded = load(Option::None, std::iter::empty(), flags).unwrap();
    run(&loaded, &Target::parse(&db.url, "test").unwrap()).await
}

#[tokio::test]
async fn a_row_changed_while_saving_stays_in_the_queue() {
    let db = Db::new().await;
    for n in 0..4 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    let ended = run_with(&db, "test_crawler").await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    let stats = ended.results.stats;
    assert_eq!((stats.new, stats.left, stats.total_records), (2, 2, 4));
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE job_id IN ('1', '2')")
            .await,
        0
    );
    let next = db.json(&["run"]).ok();
    assert_eq!((next.stat("new"), next.stat("unchanged")), (1, 2));
    assert_eq!(
        db.one("SELECT title_clean FROM jobinsight_staging.staging_jobs WHERE job_id = '1'")
            .await,
        "Lái Xe"
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_phase_that_panics_fails_its_run_by_name_and_harms_nothing_else() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let ended = run_with(&db, "test_panics").await;
    let error = ended.error.expect("a failure");
    assert!(
        error.message().contains("test_panics") && error.message().contains("panicked"),
        "{error}"
    );
    assert_eq!(error.kind().exit_code(), 1);
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0
    );
    let statuses: Vec<&str> = ended
        .results
        .phases
        .iter()
        .map(|phase| phase.status.as_str())
        .collect();
    assert_eq!(
        statuses,
        ["done", "done", "stopped", "stopped", "failed", "stopped"]
    );
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn an_error_that_passes_is_tried_again_and_counted() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let ended = run_with(&db, "test_fails_once").await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    let phase = ended
        .results
        .phases
        .iter()
        .find(|phase| phase.name == "test_fails_once")
        .unwrap();
    assert_eq!((phase.retries, phase.rows_in, phase.rows_out), (1, 1, 1));
}
