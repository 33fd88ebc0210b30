//! Lineage of columns: which raw columns a column of staging depends on.

use std::collections::BTreeSet;

use jobinsight_core::testing::postings::sample_file;
use jobinsight_sql::columns::{COLUMNS, KEY};
use jobinsight_tests::{Db, HttpServer};
use serde_json::{Value, json};

use super::{Events, RUN, env};

/// Raw columns whose values the test moves to other rows.
const MOVED: [&str; 9] = [
    "title",
    "company_name",
    "company_url",
    "salary",
    "skills",
    "location",
    "location_detail",
    "deadline",
    "crawled_at",
];

/// The sources of a column in an event.
fn sources(dataset: &Value, column: &str) -> Vec<String> {
    let fields = &dataset["facets"]["columnLineage"]["fields"][column]["inputFields"];
    let fields = fields.as_array().map(Vec::as_slice).unwrap_or_default();
    let names = fields.iter().map(|field| field["field"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_column_of_staging_changes_only_with_the_raw_columns_that_are_its_sources() {
    let db = Db::new().await;
    db.jobinsight(&["import", sample_file().to_str().unwrap()])
        .ok();
    let run = async || {
        let lenient = [("ETL_INTEGRITY_THRESHOLD", "0")];
        let args = ["run", "--as-of", "2026-01-16T00:00:00Z"];
        db.json_with(&args, &lenient).ok();
    };
    run().await;
    let mut observed = BTreeSet::new();
    for moved in MOVED {
        let move_values = format!(
            "DROP TABLE IF EXISTS before; CREATE TABLE before AS SELECT * FROM jobinsight_staging.staging_jobs;
             WITH numbered AS (SELECT job_id, {moved} AS value, row_number() OVER (ORDER BY job_id) AS n FROM raw_jobs)
             UPDATE raw_jobs r SET {moved} = o.value FROM numbered i, numbered o
              WHERE i.job_id = r.job_id AND o.n = i.n % (SELECT count(*) FROM numbered) + 1"
        );
        db.client.batch_execute(&move_values).await.unwrap();
        run().await;
        for column in &COLUMNS {
            let name = column.name;
            let differ = format!(
                "SELECT count(*) FROM before b JOIN jobinsight_staging.staging_jobs s USING (job_id)
                  WHERE b.{name} IS DISTINCT FROM s.{name}"
            );
            let stamps = [
                "processed_at",
                "run_id",
                "rule_set",
                "published_at",
                "processed_to_dwh",
            ];
            if name != KEY && !stamps.contains(&name) && db.count(&differ).await > 0 {
                observed.insert((name, moved));
            }
        }
    }
    let declared: BTreeSet<(&str, &str)> = COLUMNS
        .iter()
        .flat_map(|column| {
            let sources = column.sources().into_iter();
            sources.map(|source| (column.name, source))
        })
        .filter(|(_, source)| MOVED.contains(source))
        .collect();
    let undeclared: Vec<_> = observed.difference(&declared).collect();
    assert!(undeclared.is_empty(), "{undeclared:?}");
    // Only a company whose name must be cut has a warning, and the sample has none.
    let never: Vec<_> = declared.difference(&observed).collect();
    assert_eq!(never, [&("warnings", "company_name")]);
}

#[tokio::test]
async fn the_events_name_the_sources_of_each_column() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let server = HttpServer::answering("201 Created");
    let args = ["run", "--with", "job_facts"];
    let run = db.json_with(&args, &env(&server)).ok().object();
    let events = Events::of(server.requests());
    let end = events.one(&format!("COMPLETE {RUN}"));
    let outputs = end["outputs"].as_array().unwrap();
    let table = |table: &str| {
        let database = run["database"].as_str().unwrap();
        let name = format!("{database}.jobinsight_staging.{table}");
        outputs
            .iter()
            .find(|dataset| dataset["name"] == name)
            .unwrap()
    };
    let (staging, facts) = (table("staging_jobs"), table("job_facts"));
    assert_eq!(outputs.len(), 2);
    let transformation = |column: &str| {
        let fields = &staging["facets"]["columnLineage"]["fields"][column]["inputFields"];
        fields[0]["transformations"][0]["subtype"].clone()
    };
    for (column, from, subtype) in [
        ("job_url", &["job_url"][..], json!("IDENTITY")),
        ("title_clean", &["title"], json!("TRANSFORMATION")),
        (
            "places",
            &["location", "location_detail"],
            json!("TRANSFORMATION"),
        ),
        (
            "due_date",
            &["deadline", "crawled_at"],
            json!("TRANSFORMATION"),
        ),
        ("published_at", &[], Value::Null),
    ] {
        assert_eq!(sources(staging, column), from, "{column}");
        assert_eq!(transformation(column), subtype, "{column}");
    }
    let read = [
        "title",
        "company_name",
        "skills",
        "location",
        "location_detail",
    ];
    assert_eq!(sources(facts, "level"), read);
    assert_eq!(sources(facts, "job_id"), ["job_id"]);
    assert_eq!(facts["outputFacets"]["outputStatistics"]["rowCount"], 1);
    let schema = staging["facets"]["schema"]["fields"].as_array().unwrap();
    assert_eq!(schema.len(), COLUMNS.len());
    assert_eq!(schema[0]["type"], "VARCHAR(20)");

    // Without the table, the phase only adds batch columns.
    let mut variables = env(&server).to_vec();
    variables.push(("ETL_PHASES__JOB_FACTS__STORE", "false"));
    db.json_with(&args, &variables).ok();
    let events = Events::of(server.requests());
    let end = events.one(&format!("COMPLETE {RUN}"));
    assert_eq!(end["outputs"].as_array().unwrap().len(), 1);

    let fill = [&args[..], &["--fill", "job_facts"]].concat();
    let fill = db.json_with(&fill, &env(&server)).ok();
    assert_eq!(fill.object()["fills"], "job_facts");
    let events = Events::of(server.requests());
    let end = events.one("COMPLETE fill_job_facts");
    assert_eq!(
        end["outputs"].as_array().unwrap().len(),
        1,
        "a fill publishes nothing"
    );
}
