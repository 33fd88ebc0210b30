//! A derived column of an older staging table that cannot become TEXT, because a view uses it.

use jobinsight_tests::Db;
use serde_json::json;

use crate::upgrades::{LENIENT, RUN, earlier, raw};

/// The types of the derived columns that had a limit.
const TYPES: &str = "SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attname) FROM pg_attribute
     WHERE attrelid = 'jobinsight_staging.staging_jobs'::regclass
       AND attname IN ('location', 'title_clean', 'company_name_standardized')";
const WIDE: &str = "company_name_standardized text, location text, title_clean text";

/// The longest text of each column, in characters, and the warnings.
const LONGEST: &str = "SELECT concat_ws(' ', max(length(title_clean)), max(length(company_name_standardized)), max(length(location)),
            (SELECT string_agg(w, ',' ORDER BY w) FROM jobinsight_staging.staging_jobs, unnest(warnings) w))
       FROM jobinsight_staging.staging_jobs";
const REJECTS: &str = "SELECT string_agg(concat_ws(' ', job_id, reason), ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects";

/// A state of an older version with these objects. The posting 3 has more places than its column has room for.
async fn earlier_with(objects: &str) -> Db {
    let db = earlier("2a51ab4.dump").await;
    db.client.batch_execute(objects).await.unwrap();
    db
}

#[tokio::test]
async fn a_text_that_is_too_long_for_a_column_is_cut_and_rejects_no_posting() {
    let db = earlier_with(
        "CREATE VIEW public.\"Places\" AS SELECT job_id, location FROM jobinsight_staging.staging_jobs;
         CREATE VIEW public.more AS SELECT * FROM public.\"Places\";
         CREATE MATERIALIZED VIEW public.names AS SELECT company_name_standardized FROM jobinsight_staging.staging_jobs",
    )
    .await;
    let run = db.json_with(&RUN, LENIENT).ok().object();
    assert_eq!(
        db.one(TYPES).await,
        "company_name_standardized character varying(200), location character varying(200), title_clean text"
    );
    assert_eq!(db.one(REJECTS).await, "4 title_missing");
    assert_eq!(run["warnings"]["location"], json!({ "location_cut": 1 }));
    let found = db.one(LONGEST).await;
    assert_eq!(
        found,
        "14 23 200 deadline_unparsed,location_cut,salary_unparsed"
    );

    // The note names each view, and its commands widen the columns.
    let notes = run["notes"].to_string();
    let text = db
        .jobinsight_with(&["doctor"], &[("COLUMNS", "10000")])
        .stdout;
    let drops =
        "DROP MATERIALIZED VIEW public.names; DROP VIEW public.more; DROP VIEW public.\"Places\"";
    for text in [notes.replace("\\\"", "\""), text] {
        for part in [
            "staging_jobs.company_name_standardized and staging_jobs.location are not TEXT yet, so a longer text is cut, with a warning: ",
            "these objects use them: materialized view names, view \"Places\"; type: pg_dump --table='public.names' --table='public.more' --table='public.\"Places\"' ",
            &format!("> views.sql; psql \"$DATABASE_URL\" -c '{drops}'; "),
            "; psql \"$DATABASE_URL\" -f views.sql",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    let again = db.json_with(&RUN, LENIENT).ok();
    assert_eq!(again.stat("processed_records"), 0);

    db.client.batch_execute(drops).await.unwrap();
    let run = db.json_with(&RUN, LENIENT).ok();
    assert_eq!(db.one(TYPES).await, WIDE);
    assert_eq!(
        run.object()["other_programs"]["changed"],
        0,
        "no other program changed the row"
    );
    let new = raw().await;
    new.json_with(&RUN, LENIENT).ok();
    assert_eq!(db.content().await, new.content().await);
    assert_eq!(db.one(LONGEST).await, new.one(LONGEST).await);
    let triggers = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'jobinsight_staging.staging_jobs'::regclass";
    assert_eq!(db.count(triggers).await, 2, "our own triggers exist again");
    assert!(!db.jobinsight(&["doctor"]).stdout.contains("not TEXT yet"));
}

#[tokio::test]
async fn an_object_that_is_not_a_view_is_named() {
    let db =
        earlier_with("CREATE POLICY own ON jobinsight_staging.staging_jobs USING (location <> '')")
            .await;
    let run = db.json_with(&RUN, LENIENT).ok().object();
    let notes = run["notes"].to_string();
    assert!(
        notes.contains("these objects use it: policy own on table")
            && notes.contains("drop them, then type: "),
        "{notes}"
    );
    assert_eq!(db.one(REJECTS).await, "4 title_missing");
}
