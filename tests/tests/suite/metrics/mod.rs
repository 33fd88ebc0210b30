//! Metrics for Prometheus: the file that a run writes, `jobinsight metrics`, and the files in `deploy/` that use them.

mod ends;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jobinsight_tests::Db;
use serde_json::Value;
use tempfile::TempDir;

/// The samples of a text: the value of each metric with its labels, as it is written.
fn samples(text: &str) -> BTreeMap<&str, &str> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit_once(' ').unwrap())
        .collect()
}

/// The last success in seconds since 1970.
fn last_success(text: &str) -> f64 {
    samples(text)["jobinsight_last_success_timestamp_seconds"]
        .parse()
        .unwrap()
}

/// A number of the results as Prometheus writes it.
fn written(number: &Value) -> String {
    number.as_f64().unwrap().to_string()
}

/// The names of the metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names = words.filter(|word| word.starts_with("jobinsight_"));
    names.map(str::to_owned).collect()
}

/// A path for a metrics file, in a folder that is deleted with the test.
fn metrics_file() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobinsight.prom");
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `promtool`, which Debian has in the package prometheus. Returns `None` and prints a line if it is not installed.
fn promtool(args: &[&str]) -> Option<Command> {
    let found = Command::new("promtool").arg("--version").output();
    if found.is_err() {
        eprintln!("SKIPPED: promtool is not installed, so it does not check {args:?}");
        return None;
    }
    let mut command = Command::new("promtool");
    command.args(args);
    Some(command)
}

/// Asserts that `promtool` has nothing to say about these metrics, if it is installed.
fn assert_promtool_accepts(texts: &[&str]) {
    let Some(mut check) = promtool(&["check", "metrics"]) else {
        return;
    };
    for text in texts {
        let mut child = check
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{said}\n{text}");
    }
}

/// Two postings that are published, one of them with a warning, and one that is rejected.
async fn crawl(db: &Db) {
    db.post("1", "Kế Toán").await;
    db.posting("2", &[("title", "Kỹ Sư"), ("salary", "khoảng 12 con gà")])
        .await;
    db.post("3", " ").await;
}

#[tokio::test]
async fn the_metrics_file_has_the_figures_of_the_results() {
    let db = Db::new().await;
    crawl(&db).await;
    let (folder, file) = metrics_file();
    let run = db.json(&["run", "--metrics-file", &file]).ok().object();
    let text = std::fs::read_to_string(&file).unwrap();
    let found = samples(&text);
    let stats = &run["stats"];
    for (metric, figure) in [
        (
            "jobinsight_run_duration_seconds",
            &stats["duration_seconds"],
        ),
        ("jobinsight_run_attempt", &run["attempt"]),
        ("jobinsight_raw_rows", &stats["total_records"]),
        ("jobinsight_rows{result=\"new\"}", &stats["new"]),
        ("jobinsight_rows{result=\"updated\"}", &stats["updated"]),
        ("jobinsight_rows{result=\"unchanged\"}", &stats["unchanged"]),
        ("jobinsight_rows{result=\"rejected\"}", &stats["rejected"]),
        ("jobinsight_rows{result=\"left\"}", &stats["left"]),
        (
            "jobinsight_warning_rows{field=\"salary\",kind=\"salary_unparsed\"}",
            &run["warnings"]["salary"]["salary_unparsed"],
        ),
    ] {
        assert_eq!(found[metric], written(figure), "{metric}");
    }
    for phase in run["phases"].as_array().unwrap() {
        let metric = format!(
            "jobinsight_phase_duration_seconds{{phase={}}}",
            phase["name"]
        );
        assert_eq!(found[&*metric], written(&phase["duration_s"]), "{metric}");
    }
    let now = [
        ("jobinsight_last_run_success", "1"),
        ("jobinsight_staging_rows", "2"),
        ("jobinsight_not_taken_rows", "2"),
        ("jobinsight_rejected_rows", "1"),
        ("jobinsight_queue_batches", "0"),
        ("jobinsight_queue_rows", "0"),
    ];
    for (metric, value) in now {
        assert_eq!(found[metric], value, "{metric}");
    }
    let ended = run["ended_at"].as_str().unwrap();
    let ended = format!("SELECT trunc(extract(epoch FROM timestamptz '{ended}'), 3)::float8::text");
    let success = found["jobinsight_last_success_timestamp_seconds"];
    assert_eq!(success, found["jobinsight_last_run_timestamp_seconds"]);
    assert_eq!(success, db.one(&ended).await);

    // The ledger has the same figures. It stores whole seconds, and its own results lack the time of the last write.
    let printed = db.jobinsight(&["metrics"]).ok().stdout;
    let ledger = samples(&printed);
    let is_same = |metric: &str| !metric.contains("_seconds");
    let same = |of: &BTreeMap<&str, &str>| -> BTreeMap<String, String> {
        of.iter()
            .filter(|(metric, _)| is_same(metric))
            .map(|(metric, value)| ((*metric).to_owned(), (*value).to_owned()))
            .collect()
    };
    assert_eq!(same(&ledger), same(&found));
    assert_eq!(
        ledger.keys().collect::<Vec<_>>(),
        found.keys().collect::<Vec<_>>()
    );
    assert!(!text.contains(run["run_id"].as_str().unwrap()));
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "no other file is left");

    assert_promtool_accepts(&[&text, &printed]);
}

#[tokio::test]
async fn metrics_before_the_first_run_show_the_crawl() {
    let db = Db::new().await;
    crawl(&db).await;
    let printed = db.jobinsight(&["metrics"]).ok().stdout;
    let expected = [
        "jobinsight_build_info",
        "jobinsight_crawl_age_seconds",
        "jobinsight_newest_crawl_timestamp_seconds",
    ];
    assert_eq!(names(&printed), expected.map(str::to_owned).into());
    let json = db.json(&["metrics"]).ok().object();
    let listed = json["metrics"].as_array().unwrap().iter();
    let listed: Vec<&str> = listed
        .map(|metric| metric["name"].as_str().unwrap())
        .collect();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn the_alerts_the_dashboard_and_the_guide_use_the_metrics_that_exist() {
    let db = Db::new().await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    let mut exist = names(&db.jobinsight(&["metrics"]).ok().stdout);
    db.break_contract().await;
    db.json(&["run"])
        .failed(4, "jobinsight::contract::missing_column");
    exist.extend(names(&db.jobinsight(&["metrics"]).ok().stdout));

    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let guide = names(&read("docs/prometheus.md"));
    assert_eq!(guide, exist);
    let dashboard = read("deploy/grafana/jobinsight.json");
    let parsed: Value = serde_json::from_str(&dashboard).unwrap();
    assert!(parsed["panels"].as_array().unwrap().len() > 5);
    for path in [
        "deploy/prometheus/alerts.yml",
        "deploy/prometheus/alerts_test.yml",
        "deploy/grafana/jobinsight.json",
    ] {
        let used = names(&read(path));
        let unknown: Vec<_> = used.difference(&exist).collect();
        assert!(
            !used.is_empty() && unknown.is_empty(),
            "{path}: {unknown:?}"
        );
    }
}

#[test]
fn the_alerts_fire_when_they_should() {
    let Some(mut test) = promtool(&["test", "rules", "alerts_test.yml"]) else {
        return;
    };
    let output = test
        .current_dir(root().join("deploy/prometheus"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
}
