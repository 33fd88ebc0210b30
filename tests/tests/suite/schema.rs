//! The staging schema: its columns, its upgrade, and when its scripts are applied.

use jobinsight_core::configuration::load;
use jobinsight_core::state::{BatchState, PhaseState, RunState};
use jobinsight_sql::Script;
use jobinsight_sql::apply::{Applied, apply_changed};
use jobinsight_sql::scripts::{SCHEMA_STAGING, STORED_PROCEDURES};
use jobinsight_tests::{Db, golden};

/// A database with the staging table of the Python pipeline, and with a raw row whose posting is in it.
async fn python() -> Db {
    let db = Db::new().await;
    db.client
        .batch_execute(&golden("schemas/python.sql"))
        .await
        .unwrap();
    db.post("1", "Kế Toán").await;
    db
}

const COLUMNS: &str = "job_id character varying(20)|title character varying(255)|title_clean text|job_url text|company_name character varying(200)|company_name_standardized text|company_url text|salary character varying(100)|salary_min numeric|salary_max numeric|salary_type text|skills jsonb|location text|location_detail text|location_pairs jsonb|deadline character varying(50)|verified_employer boolean|last_update text|logo_url text|posted_time timestamp with time zone|crawled_at timestamp with time zone|due_date timestamp with time zone|time_remaining text";

/// The words of a CHECK constraint of the staging schema.
async fn allowed_states(db: &Db, constraint: &str) -> Vec<String> {
    let sql = format!(
        "SELECT string_agg(word[1], ',') FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''(\\w+)''', 'g') AS word
          WHERE conname = '{constraint}' AND connamespace = 'jobinsight_staging'::regnamespace"
    );
    db.one(&sql).await.split(',').map(str::to_owned).collect()
}

#[tokio::test]
async fn the_states_in_rust_are_those_of_the_check_constraints() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    let sorted = |mut words: Vec<String>| {
        words.sort();
        words
    };
    let runs = RunState::ALL.iter().map(ToString::to_string).collect();
    let phases = PhaseState::ALL.iter().map(ToString::to_string).collect();
    let batches = BatchState::ALL.iter().map(ToString::to_string).collect();
    for (constraint, states) in [
        ("etl_runs_state_check", runs),
        ("etl_phases_state_check", phases),
        ("etl_batches_state_check", batches),
    ] {
        let allowed = allowed_states(&db, constraint).await;
        assert_eq!(sorted(allowed), sorted(states), "{constraint}");
    }
}

const LIST: &str = "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), '|' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'jobinsight_staging.staging_jobs'::regclass AND attnum BETWEEN 1 AND 23";

#[tokio::test]
async fn staging_has_23_columns_in_order_and_its_indexes() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    assert_eq!(db.one(LIST).await, COLUMNS);
    let indexed = db.one("SELECT string_agg(substring(indexdef from 'USING (\\w+ \\(\\w+\\))'), ',' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'jobinsight_staging' AND tablename = 'staging_jobs'").await;
    assert_eq!(
        indexed,
        "btree (company_name),btree (crawled_at),brin (due_date),btree (location),btree (job_id),btree (posted_time),brin (published_at),btree (job_id)"
    );
}

#[tokio::test]
async fn a_staging_table_of_the_python_pipeline_is_upgraded_in_place() {
    let db = python().await;
    let run = db.json(&["run"]).ok();
    assert_eq!((run.stat("new"), run.stat("updated")), (0, 1));
    let rows = db.one("SELECT string_agg(job_id || '=' || title_clean, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs").await;
    assert_eq!(rows, "1=Kế Toán,2=Hà Nội,4=-", "its rows are kept");
    assert_eq!(
        db.one("SELECT salary_max::text FROM jobinsight_staging.normalize_salary('10 - 15 triệu')")
            .await,
        "15"
    );
}

#[tokio::test]
async fn a_staging_table_of_the_python_pipeline_is_not_an_unfinished_first_load() {
    let db = python().await;
    let unfinished = |text: &str| text.contains("first load") || text.contains("without its ind");
    for args in [["doctor"], ["status"]] {
        let before = db.jobinsight(&args).ok().stdout;
        assert!(!unfinished(&before), "{before}");
    }
    let doctor = db.jobinsight(&["doctor"]).stdout;
    assert!(doctor.contains("the first run creates them"), "{doctor}");
    let status = db.jobinsight(&["status"]).stdout;
    assert!(
        status.starts_with("There was no run yet: jobinsight run\nCrawl "),
        "{status}"
    );

    let env = [("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1")];
    let run = db.jobinsight_with(&["run"], &env).ok();
    assert!(
        !unfinished(&run.stdout) && !unfinished(&run.stderr),
        "{}",
        run.stderr
    );
    for args in [["doctor"], ["status"]] {
        let after = db.jobinsight(&args).ok().stdout;
        assert!(!unfinished(&after), "{after}");
    }
    let doctor = db.jobinsight(&["doctor"]).stdout;
    assert!(
        doctor
            .lines()
            .any(|line| line.contains("indexes") && line.contains("complete")),
        "{doctor}"
    );
}

#[tokio::test]
async fn the_way_back_of_the_migration_page_leaves_the_table_of_the_python_pipeline() {
    let page = include_str!("../../../docs/migration.md");
    let section = page
        .split("## Go back to the Python pipeline")
        .nth(1)
        .unwrap();
    let blocks: Vec<&str> = section.split("```sql\n").skip(1).collect();
    let sql = |block: &str| block.split("```").next().unwrap().to_owned();
    let (remove, check) = (sql(blocks[0]), sql(blocks[1]));

    let db = python().await;
    db.json(&["run"]).ok();
    db.client.batch_execute(&remove).await.unwrap();
    let left = db
        .one(
            "SELECT (SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'jobinsight_staging')
                 || (SELECT count(*) FROM pg_proc WHERE pronamespace = 'jobinsight_staging'::regnamespace)
                 || (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'jobinsight_staging.staging_jobs'::regclass)",
        )
        .await;
    assert_eq!(left, "staging_jobs00", "one table, no function, no trigger");
    // The columns of the page's first check, and the missing postings of its second one.
    let checks: Vec<&str> = check
        .split_inclusive(';')
        .filter(|sql| sql.contains("SELECT"))
        .collect();
    assert_eq!(db.count(checks[0]).await, 23);
    assert_eq!(db.count(checks[1]).await, 0);
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        3
    );
    // The next run of this pipeline begins as on the first day.
    db.json(&["run"]).ok();
}

#[tokio::test]
async fn unchanged_scripts_are_not_applied_again() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    let stamp = "SELECT string_agg(applied_at::text, ',' ORDER BY name) FROM jobinsight_staging.etl_scripts";
    let before = db.one(stamp).await;
    let second = db.json(&["run"]).ok();
    assert!(
        second.stderr.contains("schema unchanged"),
        "{}",
        second.stderr
    );
    assert_eq!(db.one(stamp).await, before);

    let settings = load(None, std::iter::empty(), Vec::new()).unwrap().settings;
    let mut client = db.connect().await;
    let tx = client.transaction().await.unwrap();
    let changed = Script::new(STORED_PROCEDURES.name, "SELECT 1");
    let applied = apply_changed(&tx, &settings, &[SCHEMA_STAGING, changed])
        .await
        .unwrap();
    assert_eq!(applied, [Applied::Before, Applied::Now]);
}

/// A script that cannot be applied twice.
const NOTES: Script = Script::new("notes.sql", "CREATE TABLE :\"staging\".notes (note TEXT)");

#[tokio::test]
async fn one_of_two_lanes_that_start_together_applies_a_script() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    let settings = load(None, std::iter::empty(), Vec::new()).unwrap().settings;
    let (mut first, mut second) = (db.connect().await, db.connect().await);
    let tx = first.transaction().await.unwrap();
    let applied = apply_changed(&tx, &settings, &[NOTES]).await.unwrap();
    assert_eq!(applied, [Applied::Now]);

    let other = tokio::spawn(async move {
        let tx = second.transaction().await.unwrap();
        let applied = apply_changed(&tx, &settings, &[NOTES]).await.unwrap();
        tx.commit().await.unwrap();
        applied
    });
    db.wait_for(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted",
    )
    .await;
    tx.commit().await.unwrap();
    assert_eq!(other.await.unwrap(), [Applied::Before]);
}

#[tokio::test]
async fn a_role_without_create_rights_runs_on_an_existing_schema() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    db.post("1", "Kế Toán").await;
    db.client
        .batch_execute(
            "DO $$ BEGIN CREATE ROLE etl_reader LOGIN PASSWORD 'reader'; EXCEPTION WHEN duplicate_object THEN END $$;
             GRANT USAGE ON SCHEMA jobinsight_staging TO etl_reader;
             GRANT SELECT ON raw_jobs TO etl_reader;
             GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA jobinsight_staging TO etl_reader;
             ALTER TABLE jobinsight_staging.etl_work OWNER TO etl_reader",
        )
        .await
        .unwrap();
    let rest = db.url.rsplit_once('@').unwrap().1;
    let url = format!("postgresql://etl_reader:reader@{rest}");
    let output = db.json_with(&["run"], &[("DATABASE_URL", &url)]);
    assert_eq!(output.ok().stat("new"), 1);
}

#[tokio::test]
async fn an_sql_error_points_at_the_line_and_column_of_the_file() {
    let db = Db::new().await;
    let settings = load(None, std::iter::empty(), Vec::new()).unwrap().settings;
    let script = Script::new(
        "sql/broken.sql",
        "-- tiếng Việt\nCREATE SCHEMA :\"staging\";\nSELECT nothing FROM :\"raw\"\n WHERE job_id = 'ế' AND nope = 1;",
    );
    let rendered = script.render(&settings);
    let error = rendered.error(
        db.client.batch_execute(rendered.sql()).await.unwrap_err(),
        "applying a script",
    );
    let shown = format!("{:?}", jobinsight_tests::report(error));
    assert!(shown.contains("sql/broken.sql:3:8"), "{shown}");
}

#[tokio::test]
async fn every_object_has_a_comment() {
    let db = Db::new().await;
    let bad = db.state.path().join("bad.csv");
    std::fs::write(&bad, "job_id,title\n1,a,b,c\n").unwrap();
    // An import creates the table of rejected records only if it rejects one.
    let import = ["import", "--create", bad.to_str().unwrap()];
    db.json_with(&import, &[("ETL_IMPORT__INTEGRITY_THRESHOLD", "0")])
        .ok();
    db.json(&["run"]).ok();
    let silent = "SELECT string_agg(object, ', ') FROM (
        SELECT c.oid::regclass::text AS object, obj_description(c.oid, 'pg_class') AS about FROM pg_class c
         WHERE c.relkind IN ('r', 'p', 'v', 'm') AND (c.relnamespace = 'jobinsight_staging'::regnamespace OR c.relname = 'raw_jobs')
        UNION ALL
        SELECT c.oid::regclass || '.' || a.attname, col_description(c.oid, a.attnum)
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p', 'v', 'm') AND (c.relnamespace = 'jobinsight_staging'::regnamespace OR c.relname = 'raw_jobs')
        UNION ALL
        SELECT oid::regprocedure::text, obj_description(oid, 'pg_proc') FROM pg_proc WHERE pronamespace = 'jobinsight_staging'::regnamespace
    ) AS objects WHERE about IS NULL OR about = ''";
    assert_eq!(db.one(silent).await, "NULL");
}
