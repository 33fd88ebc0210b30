//! The fingerprint in a batch: the key under which a phase stores its own values.

use jobinsight_core::testing::BatchExt;
use jobinsight_core::{
    Batch, EtlError, PhaseContext, PhaseSpec, Plugin, Process, Resource, Result, Role, RoleKind,
    Settings, async_trait,
};
use jobinsight_tests::Db;
use serde_json::json;

use super::phases::NoSettings;
use super::{flag, run_pipeline_with};

/// Stores the fingerprint of each row in a table of its own, as `examples/phases/seniority` does.
struct Fingerprints;

impl Plugin for Fingerprints {
    const NAME: &'static str = "test_fingerprints";
    const ABOUT: &'static str = "a phase of the tests";
    const ROLE: RoleKind = RoleKind::Process;
    const NEEDS: &'static [Resource] = &[
        Resource::Column("job_id"),
        Resource::Column("source_hash"),
        Resource::Column("title_clean"),
    ];
    type Settings = NoSettings;

    fn build(_: NoSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Process(Box::new(Self)))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<Fingerprints>() }

#[async_trait]
impl Process for Fingerprints {
    async fn process(&self, cx: &PhaseContext<'_>, batch: Batch) -> Result<Batch> {
        let store = "INSERT INTO public.fingerprints
                     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[]) ON CONFLICT DO NOTHING";
        let (keys, hashes) = (batch.texts("job_id"), batch.numbers("source_hash"));
        let titles = batch.texts("title_clean");
        let client = cx.client().await?;
        client
            .execute(store, &[&keys, &hashes, &titles])
            .await
            .map_err(|error| EtlError::database(error, "storing fingerprints"))?;
        Ok(batch)
    }
}

/// Notes the columns of a batch.
struct Columns;

impl Plugin for Columns {
    const NAME: &'static str = "test_columns";
    const ABOUT: &'static str = "a phase of the tests";
    const ROLE: RoleKind = RoleKind::Process;
    type Settings = NoSettings;

    fn build(_: NoSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Process(Box::new(Self)))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<Columns>() }

#[async_trait]
impl Process for Columns {
    async fn process(&self, cx: &PhaseContext<'_>, batch: Batch) -> Result<Batch> {
        let schema = batch.records.schema();
        let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        cx.note(format!("columns {}", names.join(" ")));
        Ok(batch)
    }
}

const TABLE: &str = "CREATE TABLE public.fingerprints (
    job_id TEXT, source_hash BIGINT, title TEXT, PRIMARY KEY (job_id, source_hash))";

/// Published rows that no stored fingerprint joins.
const LOST: &str = "SELECT count(*) FROM jobinsight_staging.staging_jobs s
    WHERE NOT EXISTS (SELECT FROM public.fingerprints f WHERE f.job_id = s.job_id AND f.source_hash = s.source_hash)";

#[tokio::test]
async fn the_fingerprint_is_that_of_the_published_row_whatever_the_plan() {
    const ROWS: i64 = 40;
    for (ranges_from, by_ranges) in [(ROWS + 1, false), (ROWS, true)] {
        let db = Db::new().await;
        db.client.batch_execute(TABLE).await.unwrap();
        for n in 0..ROWS {
            db.post(&n.to_string(), &format!("Kế Toán {n}")).await;
        }
        let ranges = flag("phases.sql_procedures.ranges_from", json!(ranges_from));
        let phases = ["data_processing", "test_fingerprints"];
        let in_ranges =
            "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL";
        let published = "SELECT count(*) FROM jobinsight_staging.staging_jobs";

        let first = run_pipeline_with(&db, &phases, vec![ranges.clone()]).await;
        assert!(first.error.is_none(), "{:?}", first.error);
        assert_eq!(db.count(in_ranges).await > 0, by_ranges);
        assert_eq!(db.count(published).await, ROWS);
        assert_eq!(db.count(LOST).await, 0, "a first load");

        // Every row again, which is planned by ranges as well.
        db.client
            .batch_execute("DELETE FROM public.fingerprints")
            .await
            .unwrap();
        let all = flag("only_unprocessed", json!(false));
        let again = run_pipeline_with(&db, &phases, vec![ranges, all]).await;
        assert!(again.error.is_none(), "{:?}", again.error);
        assert_eq!(db.count(LOST).await, 0, "all rows again");
    }
}

#[tokio::test]
async fn the_fingerprint_is_that_of_the_row_that_was_loaded() {
    let db = jobinsight_sql::testing::Database::staged().await;
    db.post("1", &[]).await;
    let run = db.run().await;
    // The work table has another fingerprint, as if the crawler changed the row after the plan.
    db.queue(&run).await;
    let batch = run.phase("data_loading").load().await.unwrap().unwrap();
    assert_eq!(batch.numbers("row_version"), [Some(0)], "as planned");
    let hash = batch.numbers("source_hash")[0].unwrap();
    let plan = format!(
        "UPDATE jobinsight_staging.etl_work SET source_hash = {hash};
         INSERT INTO jobinsight_staging.etl_salaries (text) SELECT coalesce(salary, '') FROM raw_jobs;
         INSERT INTO jobinsight_staging.etl_deadlines (text) SELECT coalesce(deadline, '') FROM raw_jobs"
    );
    db.client.batch_execute(&plan).await.unwrap();
    let published = run.phase("data_saving");
    let batch = run
        .phase("data_processing")
        .process(run.phase("data_loading").load().await.unwrap().unwrap())
        .await
        .unwrap();
    assert_eq!(
        published.save(&batch).await.unwrap().outcome().new,
        1,
        "the publishing statement computes the same fingerprint"
    );
}

#[tokio::test]
async fn a_batch_has_the_fingerprint_only_if_a_phase_needs_it() {
    let columns = async |phases: &[&str]| {
        let db = Db::new().await;
        db.client.batch_execute(TABLE).await.unwrap();
        db.post("1", "Kế Toán").await;
        let ended = run_pipeline_with(&db, phases, Vec::new()).await;
        assert!(ended.error.is_none(), "{:?}", ended.error);
        let notes = ended.results.notes.join("\n");
        notes.contains("columns job_id row_version title")
    };
    assert!(columns(&["test_columns", "data_processing"]).await);
    let asked = ["test_columns", "data_processing", "test_fingerprints"];
    assert!(!columns(&asked).await);
}
