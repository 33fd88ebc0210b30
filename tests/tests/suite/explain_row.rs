//! `explain-row` shows how each rule changed one posting.

use jobinsight_tests::{Db, jobinsight, without_digest};
use serde_json::Value;

/// The explanation of one field.
fn field<'a>(explained: &'a Value, name: &str) -> &'a Value {
    let phases = explained["phases"].as_array().unwrap();
    let fields = phases
        .iter()
        .flat_map(|phase| phase["story"]["fields"].as_array().into_iter().flatten());
    let mut named = fields.filter(|field| field["field"] == name);
    named
        .next()
        .unwrap_or_else(|| panic!("no {name} in {explained}"))
}

/// A step as `before → after (table)`.
fn steps(field: &Value) -> Vec<String> {
    let step = |step: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (before, after) = (text(&step["before"]), text(&step["after"]));
        format!("{before} → {after} ({})", text(&step["lines"][0]["table"]))
    };
    field["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(step)
        .collect()
}

#[tokio::test]
async fn explain_row_shows_every_field_and_the_staging_row() {
    let db = Db::new().await;
    let fields = [
        ("title", "[Hà Nội] Kế Toán - Lương 20 Triệu"),
        ("company_name", "CTCP hqsoft"),
        ("location", "HCM"),
        ("location_detail", "<p>HCM: 1 Lê Lợi</p>"),
        ("salary", "10 - 15 triệu"),
        ("deadline", "30"),
        ("crawled_at", "2025-12-01T00:00:00Z"),
    ];
    db.posting("1", &fields).await;

    // Before the first run, everything that needs no schema is explained.
    let explained = db.json(&["explain-row", "1"]).ok().object();
    assert_eq!(field(&explained, "title")["made"]["title_clean"], "Kế Toán");
    assert!(
        explained["phases"][1]["story"]["notes"][0]
            .as_str()
            .unwrap()
            .contains("jobinsight run")
    );
    assert_eq!(
        (&explained["staging"], &explained["reject"]),
        (&Value::Null, &Value::Null)
    );

    db.json(&["run"]).ok();
    let explained = db.json(&["explain-row", "1"]).ok().object();
    let title = steps(field(&explained, "title"));
    assert_eq!(title[0], "Hà Nội →  (provinces)");
    assert_eq!(title[1], "Lương 20 Triệu →  (title_tails)");
    let company = steps(field(&explained, "company_name"));
    assert!(
        company
            .iter()
            .any(|step| step.ends_with("Công ty Cổ phần (legal_forms)")),
        "{company:?}"
    );
    assert_eq!(
        steps(field(&explained, "location")),
        ["HCM → Hồ Chí Minh (provinces)"]
    );
    assert_eq!(
        field(&explained, "location")["made"]["location_codes"][0],
        "VN-SG"
    );
    assert_eq!(
        field(&explained, "location_detail")["made"]["location_pairs"][0],
        "Hồ Chí Minh: 1 Lê Lợi"
    );
    let salary = &field(&explained, "salary")["made"];
    assert_eq!(
        (&salary["salary_min"], &salary["salary_type"]),
        (&10.into(), &"range".into())
    );
    let due = field(&explained, "deadline")["made"]["due_date"]
        .as_str()
        .unwrap();
    assert!(due.starts_with("2025-12-31T00:00:00"), "{due}");
    // Staging has the same values.
    let staging = &explained["staging"];
    assert_eq!(
        (&staging["same"], &staging["current"]),
        (&true.into(), &true.into()),
        "{staging}"
    );
    assert_eq!(
        without_digest(staging["rule_set"].as_str().unwrap()),
        "standard/25000"
    );
    let phases: Vec<_> = explained["phases"].as_array().unwrap().iter().collect();
    let silent = phases.iter().filter(|phase| phase["story"].is_null());
    let silent: Vec<&Value> = silent.map(|phase| &phase["phase"]).collect();
    assert_eq!(silent, ["schema_setup", "data_loading"]);

    let text = db.jobinsight(&["explain-row", "1"]).ok().stdout;
    for wanted in [
        "\"Lương 20 Triệu\" is removed",
        "title_tails, line ",
        "= salary_min: 10",
        "normalize_salary(salary, 'standard', 25000)",
        "In staging: the same values, written by run",
        "data_loading",
    ] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
}

#[tokio::test]
async fn explain_row_reports_stale_staging_values() {
    let db = Db::new().await;
    db.posting("1", &[("company_name", "CTCP hqsoft")]).await;
    db.json(&["run"]).ok();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("acronyms.txt"), "# ours\nhqsoft\n").unwrap();
    let theirs = [("ETL_RULES_DIR", dir.path().to_str().unwrap())];
    let explained = db.json_with(&["explain-row", "1"], &theirs).ok().object();
    let company = field(&explained, "company_name");
    let line = &company["steps"][0]["lines"][0];
    assert_eq!(
        (&line["line"], &line["text"]),
        (&2.into(), &"hqsoft".into())
    );
    assert!(line["table"].as_str().unwrap().ends_with("acronyms.txt"));
    assert_eq!(
        explained["staging"]["differs"][0]["column"],
        "company_name_standardized"
    );
    assert_eq!(
        explained["staging"]["differs"][0]["made"],
        "Công ty Cổ phần HQSOFT"
    );
    db.client
        .batch_execute("UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id = '1'")
        .await
        .unwrap();
    let text = db.jobinsight(&["explain-row", "1"]).ok().stdout;
    assert!(
        text.contains("In staging: other values") && text.contains("the raw row has changed since"),
        "{text}"
    );
}

#[tokio::test]
async fn explain_row_says_why_a_row_is_rejected() {
    let db = Db::new().await;
    db.post("1", " ").await;
    db.json_with(&["run"], &[("ETL_INTEGRITY_THRESHOLD", "0")])
        .ok();
    let explained = db.json(&["explain-row", "1"]).ok().object();
    let story = &explained["phases"][3]["story"];
    assert_eq!(story["rejected"]["reason"], "title_missing");
    assert_eq!(
        explained["phases"].as_array().unwrap().len(),
        4,
        "later phases do not get a rejected row"
    );
    let reject = &explained["reject"];
    assert_eq!(
        (&reject["reason"], &reject["current"]),
        (&"title_missing".into(), &true.into())
    );
    let text = db.jobinsight(&["explain-row", "1"]).ok().stdout;
    assert!(text.contains("Rejected: title, title_missing"), "{text}");

    db.json(&["explain-row", "nobody"])
        .failed(2, "jobinsight::explain_row::unknown");
}

#[tokio::test]
async fn under_v1_each_python_function_is_one_step() {
    let db = Db::new().await;
    db.posting(
        "1",
        &[
            ("title", "[Hà Nội] Kế Toán"),
            ("salary", "1,000 - 2,000 USD"),
        ],
    )
    .await;
    let v1 = [("ETL_RULES", "v1")];
    db.json_with(&["run"], &v1).ok();
    let explained = db.json_with(&["explain-row", "1"], &v1).ok().object();
    let title = field(&explained, "title");
    assert_eq!(steps(title), ["[Hà Nội] Kế Toán → Hà Nội ()"]);
    assert!(
        title["steps"][0]["rule"]
            .as_str()
            .unwrap()
            .starts_with("clean_title")
    );
    assert_eq!(explained["staging"]["same"], true, "{explained}");
    let text = db.jobinsight(&["explain-row", "1"]).ok().stdout;
    assert!(
        text.contains("the rules have changed since then, so the next run processes it again"),
        "{text}"
    );
}

#[test]
fn texts_are_explained_without_a_database() {
    let args = ["explain-row", "--format", "json", "--company", "cty hqsoft"];
    let explained = jobinsight(&args, &[]).ok().object();
    assert_eq!(explained["job_id"], Value::Null);
    assert_eq!(
        field(&explained, "company_name")["made"]["company_name_standardized"],
        "Công ty Hqsoft"
    );
    assert_eq!(explained["phases"][3]["story"]["rejected"], Value::Null);
    let notes = explained["phases"][1]["story"]["notes"].to_string();
    assert!(notes.contains("a row of the raw table"), "{notes}");
    let args = [
        "explain-row",
        "--title",
        "Kế Toán - Hybrid",
        "--location",
        "HCM & 2 nơi khác",
        "--location-detail",
        "HCM: A - Huế: B",
    ];
    let text = jobinsight(&args, &[]).ok().stdout;
    for wanted in [
        "\"Hybrid\" is removed",
        "= title_clean: \"Kế Toán\"",
        "= location: \"Hồ Chí Minh, Huế\"",
    ] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    assert!(!text.contains("company_name"), "{text}");
    for args in [
        ["explain-row"].as_slice(),
        &["explain-row", "1", "--title", "x"],
    ] {
        assert_eq!(jobinsight(args, &[]).code, 2);
    }
}
