//! `jobinsight report`: the page of a run, its JSON, and both in a real browser.

mod browser;
mod page;
mod situations;

use std::path::Path;

use jobinsight_tests::Db;
use serde_json::Value;
use tempfile::TempDir;

use page::Page;

/// A title that would run a script if it were not escaped.
const SCRIPT: &str = "Kế Toán <script>alert('x')</script> & \"Co\"";

/// The page that `report` writes for a run, and its JSON.
struct Written {
    page: Page,
    json: Value,
    bytes: usize,
    /// The folder of the file. It is deleted with the test.
    folder: TempDir,
}

impl Written {
    /// Writes the report of the last run.
    fn new(db: &Db) -> Self {
        Self::of(db, &[])
    }

    fn of(db: &Db, args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.html");
        let file = file.to_str().unwrap();
        let args = [&["report", "-o", file], args].concat();
        let json = db.json(&args).ok().object();
        let html = std::fs::read_to_string(file).unwrap();
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "no other file is left");
        let written = Self {
            page: Page::parse(&html),
            json,
            bytes: html.len(),
            folder,
        };
        assert_eq!(written.page.json(), written.json);
        written.page.assert_self_contained();
        written.page.assert_figures(&written.json, &[]);
        written
    }

    /// Asserts that the page has these texts.
    fn says(&self, texts: &[&str]) {
        for text in texts {
            assert!(
                self.page.text.contains(text),
                "no {text:?} in\n{}",
                self.page.text
            );
        }
    }

    fn lacks(&self, text: &str) {
        assert!(!self.page.text.contains(text), "{text:?}");
    }

    /// Asserts that a browser builds the same figures, and writes nothing to its console.
    fn assert_in_browser(&self) {
        let file = self.folder.path().join("report.html");
        let Some(view) = browser::open(&file) else {
            return;
        };
        assert!(view.console.is_empty(), "{:?}", view.console);
        let page = Page::parse(&view.document);
        assert_eq!(page.json(), self.json);
        assert_eq!(page.figures.len(), self.page.figures.len());
        page.assert_figures(&self.json, &["/flow/raw", "/quality/rows"]);
    }
}

/// Two postings that are published, one of them with a warning, and one that is rejected.
async fn crawl(db: &Db) {
    db.post("1", SCRIPT).await;
    db.posting("2", &[("title", "Kỹ Sư"), ("salary", "khoảng 12 con gà")])
        .await;
    db.post("3", " ").await;
}

#[tokio::test]
async fn the_page_has_the_figures_of_the_run() {
    let db = Db::new().await;
    crawl(&db).await;
    let run = db.json(&["run"]).ok().object();
    let report = Written::new(&db);
    let flow = &report.json["flow"];
    for (figure, stat) in [
        ("raw", "total_records"),
        ("new", "new"),
        ("updated", "updated"),
        ("unchanged", "unchanged"),
        ("rejected_now", "rejected_now"),
        ("rejected_before", "rejected_before"),
        ("left", "left"),
    ] {
        assert_eq!(flow[figure], run["stats"][stat], "{figure}");
    }
    assert_eq!(flow["raw"], 3);
    assert_eq!(report.json["warnings"], run["warnings"]);
    assert_eq!(report.json["quality"]["rows"], 2);
    assert_eq!(report.json["rejected"]["rows"], 1);
    assert_eq!(report.json["rejected"]["of_run"], 1);
    let reason = &report.json["rejected"]["reasons"][0];
    assert_eq!(
        (&reason["reason"], &reason["examples"][0]["key"]),
        (&"title_missing".into(), &"3".into())
    );
    for (phase, of_run) in report.json["phases"]
        .as_array()
        .unwrap()
        .iter()
        .zip(run["phases"].as_array().unwrap())
    {
        assert_eq!(phase["name"], of_run["name"]);
        assert_eq!(phase["rows_out"], of_run["rows_out"]);
        assert_eq!(phase["rss_peak_mb"], of_run["rss_peak_mb"]);
        let (begin, end) = (phase["begins_s"].as_f64(), phase["ends_s"].as_f64());
        assert!(begin.unwrap() >= 0.0 && begin <= end, "{phase}");
        assert!(end <= report.json["attempt_s"].as_f64(), "{phase}");
    }
    assert_eq!(report.json["lanes"]["batches"], run["stats"]["batch_count"]);
    report.page.assert_figures(
        &report.json,
        &[
            "/flow/new",
            "/flow/rejected_now",
            "/run/duration_s",
            "/crawl/age_s",
            "/peak_memory_mb",
            "/phases/0/duration_s",
            "/lanes/lanes/0/rows",
            "/quality/coded_percent",
            "/quality/columns/0/percent",
            "/quality/salaries/0/rows",
            "/warnings/salary/salary_unparsed",
            "/rejected/reasons/0/rows",
        ],
    );
    report.says(&[
        "The run succeeded",
        "Nothing must be done",
        "jobinsight rejects list",
        "This is the first run in the ledger",
        run["run_id"].as_str().unwrap(),
        run["server"]["version"].as_str().unwrap(),
        "jobinsight_staging.staging_jobs",
    ]);
}

#[tokio::test]
async fn a_title_with_a_script_stays_text() {
    let db = Db::new().await;
    crawl(&db).await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ALTER company_name TYPE text")
        .await
        .unwrap();
    db.posting("4", &[("company_name", &"</script><b>".repeat(40))])
        .await;
    db.json_with(&["run"], &[("ETL_INTEGRITY_THRESHOLD", "0")])
        .ok();
    let report = Written::new(&db);
    report.says(&[SCRIPT, "</script><b>"]);
    assert!(!report.page.elements.contains(&"b".to_owned()));
    report.assert_in_browser();
}

#[tokio::test]
async fn secrets_are_hidden_and_origins_are_shown() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.json(&["run", "--rules", "v1"]).ok();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let file = file.to_str().unwrap();
    let env = [
        ("ETL_NOTIFY__WEBHOOK", "https://hooks.example/s3cret"),
        ("ETL_MAX_WORKERS", "2"),
    ];
    let report = db.json_with(&["report", "-o", file], &env).ok();
    let html = std::fs::read_to_string(file).unwrap();
    for text in [&html, &report.stdout, &report.stderr] {
        assert!(!text.contains("s3cret"));
    }
    let json = report.object();
    let setting = |key: &str| {
        let settings = json["settings"].as_array().unwrap();
        let found = settings.iter().find(|setting| setting["key"] == key);
        found.unwrap().clone()
    };
    assert_eq!(setting("notify.webhook")["value"], "(hidden)");
    let workers = setting("max_workers");
    assert_eq!(
        (&workers["value"], &workers["origin"]),
        (&2.into(), &"environment ETL_MAX_WORKERS".into())
    );
    let rules = setting("rules");
    assert_eq!(
        (&rules["value"], &rules["of_run"]),
        (&"standard".into(), &"v1".into())
    );
}

#[tokio::test]
async fn the_page_goes_to_a_file_or_to_stdout() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let run = db.json(&["run"]).ok().object();
    let run = run["run_id"].as_str().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let mut command = db.command(&["report"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    let name = format!("jobinsight-report-{run}.html");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{name}\n"));
    let written = std::fs::read_to_string(folder.path().join(name)).unwrap();

    let printed = db.jobinsight(&["report", run, "-o", "-"]).ok().stdout;
    let flow = |html: &str| Page::parse(html).json()["flow"].clone();
    assert_eq!(flow(&printed), flow(&written));

    // A device is written, and not replaced.
    db.jobinsight(&["report", "-o", "/dev/null"]).ok();
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    db.jobinsight(&["report", "-o", "/nowhere/report.html"])
        .failed(1, "jobinsight::report::not_written");
    db.json(&["report", "-o", "-"])
        .failed(2, "jobinsight::report::two_outputs");
    db.json(&["report", "xyz"])
        .failed(2, "jobinsight::run::unknown");
}

#[test]
fn the_check_of_the_browser_sees_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let show = |script: &str| {
        let html = format!("<!DOCTYPE html><title>x</title><p>y</p><script>{script}</script>");
        std::fs::write(&file, html).unwrap();
        browser::open(Path::new(&file)).map(|view| view.console.len())
    };
    if let Some(lines) = show("") {
        assert_eq!(lines, 0);
        assert_eq!(show("nonsense()"), Some(1));
    }
}
