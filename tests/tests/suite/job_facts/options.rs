//! The option `--with`.

use jobinsight_tests::{Db, jobinsight};

use super::{RUN, postings};

#[test]
fn a_phase_is_added_at_its_place() {
    let phases = jobinsight(&["--format", "json", "phases", "--with", "job_facts"], &[]).ok();
    let phases = phases.object();
    let listed = phases["phases"].as_array().unwrap().iter();
    let placed =
        listed.filter_map(|phase| Some((phase["place"].as_u64()?, phase["name"].as_str()?)));
    let mut placed: Vec<_> = placed.collect();
    placed.sort_unstable();
    assert_eq!(placed[4..], [(5, "job_facts"), (6, "data_saving")]);
}

#[test]
fn a_name_that_cannot_be_added_is_refused_with_what_to_type() {
    for (name, code, message, help) in [
        (
            "job_fact",
            "phases::unknown",
            "`--with` names the phase `job_fact`, which is not linked",
            "did you mean `job_facts`?",
        ),
        (
            "data_processing",
            "phases::choice",
            "which is in the pipeline already",
            "leave out `--with data_processing`",
        ),
    ] {
        let run = jobinsight(&["--format", "json", "run", "--with", name], &[]);
        run.failed(2, code);
        let error = run.object()["error"].to_string();
        assert!(error.contains(message) && error.contains(help), "{error}");
    }
    let pipeline = [(
        "ETL_PIPELINE",
        "schema_setup,sql_procedures,data_loading,data_processing",
    )];
    let run = jobinsight(
        &["--format", "json", "run", "--with", "data_saving"],
        &pipeline,
    );
    run.failed(2, "phases::choice");
    assert!(
        run.error_message().contains("which saves batches"),
        "{}",
        run.stderr
    );
    // Without processing, the phase has no clean title.
    let pipeline = [(
        "ETL_PIPELINE",
        "schema_setup,sql_procedures,data_loading,data_saving",
    )];
    let run = jobinsight(
        &["--format", "json", "run", "--with", "job_facts"],
        &pipeline,
    );
    run.failed(2, "phases::needs");
    assert!(
        run.error_message().contains("title_clean"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_fill_without_the_phase_says_how_to_add_it() {
    let db = Db::new().await;
    let fill = db.json(&["run", "--fill", "job_facts"]);
    fill.failed(2, "phases::fill");
    assert!(
        fill.object()
            .to_string()
            .contains("run --with job_facts --fill job_facts"),
        "{}",
        fill.stderr
    );
}

#[tokio::test]
async fn a_dry_run_lists_the_added_phase_and_the_ledger_records_it() {
    let db = Db::new().await;
    postings(&db).await;
    let dry = db.json(&[&RUN[..], &["--dry-run"]].concat()).ok().object();
    assert_eq!(dry["phases"][4]["name"], "job_facts");
    assert_eq!(dry["phases"][4]["works"], true);
    db.json(&RUN).ok();
    let recorded = "SELECT settings ->> 'pipeline' FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1";
    assert!(db.one(recorded).await.contains("job_facts"));
    // A process without the phase cannot help a run with it.
    let shown = db.json(&["config", "show", "--origin"]).ok();
    assert!(!shown.stdout.contains("job_facts\""), "{}", shown.stdout);
}

#[tokio::test]
async fn explain_row_tells_each_fact_and_its_words() {
    let db = Db::new().await;
    postings(&db).await;
    let explained = db
        .json(&["explain-row", "1", "--with", "job_facts"])
        .ok()
        .object();
    let phases = explained["phases"].as_array().unwrap();
    let phase = phases
        .iter()
        .find(|phase| phase["phase"] == "job_facts")
        .unwrap();
    let title = &phase["story"]["fields"][0];
    let steps = title["steps"].as_array().unwrap().iter();
    let steps: Vec<String> = steps
        .map(|step| {
            format!(
                "{} {} {}",
                step["before"], step["after"], step["lines"][0]["table"]
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            r#""3-5 Năm Kinh Nghiệm" "3 to 5" "fact_experience""#,
            r#""Senior" "senior" "fact_levels""#,
            r#""Remote" "remote" "fact_work_modes""#,
            r#""Java" "Java" "fact_skills""#,
        ]
    );
    assert_eq!(title["made"]["experience_max"], 5.0);
    assert_eq!(
        title["made"]["skills_normalized"],
        serde_json::json!(["Node.js", "Java"])
    );
    let given = [
        "explain-row",
        "--title",
        "Giám Sát Cửa Hàng",
        "--with",
        "job_facts",
    ];
    let shown = jobinsight(&given, &[]).ok().stdout;
    assert!(shown.contains("supervisor"), "{shown}");
}
