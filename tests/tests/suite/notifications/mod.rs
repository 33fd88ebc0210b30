//! Messages about the end of a run, and the limits of the section `warn`.

mod test_message;

use jobinsight_tests::{CommandOutput, Db, HttpServer};
use serde_json::{Value, json};

/// A part of the address that no output may show.
const TOKEN: &str = "T0K3N";

/// A server that takes messages, and answers each with a status.
struct Webhook {
    server: HttpServer,
    address: String,
}

impl Webhook {
    fn answering(status: &'static str) -> Self {
        let server = HttpServer::answering(status);
        let address = format!("{}/{TOKEN}", server.address);
        Self { server, address }
    }

    /// The message that came. Every message comes before its run ends.
    fn message(&self) -> Value {
        self.server.request().body
    }

    fn assert_no_message(&self) {
        assert!(self.server.requests().is_empty());
    }
}

fn assert_no_token(output: &CommandOutput) {
    for text in [&output.stdout, &output.stderr] {
        assert!(!text.contains(TOKEN), "{text}");
    }
}

#[tokio::test]
async fn a_failure_and_the_recovery_send_one_message_each() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let webhook = Webhook::answering("200 OK");
    let env = [("ETL_NOTIFY__WEBHOOK", &*webhook.address)];
    db.json_with(&["run"], &env).ok();
    webhook.assert_no_message();

    db.break_contract().await;
    let failed = db.json_with(&["run"], &env);
    failed.failed(4, "jobinsight::contract::missing_column");
    assert_no_token(&failed);
    let message = webhook.message();
    assert_eq!(message["event"], "failure");
    assert_eq!(message["run"], failed.object());
    let text = message["text"].as_str().unwrap();
    assert!(
        text.contains("missing_column") && text.contains("help: ") && text.contains("runs show"),
        "{text}"
    );

    db.mend_contract().await;
    db.json_with(&["run"], &env).ok();
    assert_eq!(webhook.message()["event"], "recovery");
    db.json_with(&["run"], &env).ok();
    webhook.assert_no_message();
    let shown = db
        .jobinsight_with(&["config", "show", "--origin"], &env)
        .ok();
    assert!(shown.stdout.contains("notify.webhook"), "{}", shown.stdout);
    assert_no_token(&shown);
}

#[tokio::test]
async fn only_the_events_of_the_settings_send_a_message() {
    let db = Db::new().await;
    let webhook = Webhook::answering("200 OK");
    let env = [
        ("ETL_NOTIFY__WEBHOOK", &*webhook.address),
        ("ETL_NOTIFY__ON", "[recovery]"),
    ];
    db.break_contract().await;
    db.json_with(&["run"], &env)
        .failed(4, "jobinsight::contract::missing_column");
    webhook.assert_no_message();
    // A run that finds another one in progress is not a failure.
    db.mend_contract().await;
    let lock = "SELECT pg_advisory_lock(hashtextextended('jobinsight:jobinsight_staging', 0))";
    db.client.execute(lock, &[]).await.unwrap();
    db.json_with(&["run"], &env[..1])
        .failed(5, "jobinsight::run::locked");
    webhook.assert_no_message();
}

#[tokio::test]
async fn slack_and_teams_get_the_form_that_they_expect() {
    let db = Db::new().await;
    db.break_contract().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("webhook");
    let webhook = Webhook::answering("200 OK");
    std::fs::write(&file, format!("{}\n", webhook.address)).unwrap();
    let file = ("ETL_NOTIFY__WEBHOOK_FILE", file.to_str().unwrap());
    let run = |format| {
        let run = db.json_with(&["run"], &[file, ("ETL_NOTIFY__FORMAT", format)]);
        run.failed(4, "jobinsight::contract::missing_column");
        run.error_message()
    };
    let error = run("slack");
    let message = webhook.message();
    assert_eq!(message.as_object().unwrap().len(), 1);
    let text = message["text"].as_str().unwrap();
    let escaped = error
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    assert!(
        text.starts_with("*The run failed: ") && text.contains(&escaped),
        "{text}"
    );

    let error = run("teams");
    let message = webhook.message();
    assert_eq!(message["type"], "message");
    let card = &message["attachments"][0];
    assert_eq!(
        card["contentType"],
        "application/vnd.microsoft.card.adaptive"
    );
    assert_eq!(card["content"]["type"], "AdaptiveCard");
    let body = card["content"]["body"].to_string();
    assert!(
        body.contains(json!(error).as_str().unwrap().split('"').next().unwrap()),
        "{body}"
    );
}

#[tokio::test]
async fn a_command_gets_the_message_on_its_standard_input() {
    let db = Db::new().await;
    db.break_contract().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message.json");
    let command = json!(["sh", "-c", "cat > \"$0\"; echo not for stdout", file]).to_string();
    let failed = db.json_with(&["run"], &[("ETL_NOTIFY__COMMAND", &command)]);
    failed.failed(4, "jobinsight::contract::missing_column");
    let message: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(message["event"], "failure");
    assert_eq!(message["run"], failed.object());
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_changes_neither_results_nor_exit_code() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let broken = Webhook::answering("500 Internal Server Error");
    let refused = format!("http://127.0.0.1:1/{TOKEN}");
    let limit = ("ETL_WARN__MEMORY_MB", "1");
    for (setting, value, why) in [
        ("ETL_NOTIFY__WEBHOOK", &*broken.address, "status 500"),
        ("ETL_NOTIFY__WEBHOOK", &refused, "the webhook failed"),
        ("ETL_NOTIFY__WEBHOOK", TOKEN, "the webhook failed"),
        (
            "ETL_NOTIFY__WEBHOOK_FILE",
            "/nowhere/webhook",
            "cannot be read",
        ),
        (
            "ETL_NOTIFY__COMMAND",
            "[/nowhere/command]",
            "cannot be executed",
        ),
        (
            "ETL_NOTIFY__COMMAND",
            r#"["sh", "-c", "echo no pager >&2; exit 3"]"#,
            "no pager",
        ),
        (
            "ETL_NOTIFY__COMMAND",
            r#"["sleep", "60"]"#,
            "did not end in 1 s",
        ),
    ] {
        let env = [(setting, value), ("ETL_NOTIFY__TIMEOUT", "1"), limit];
        let run = db.json_with(&["run"], &env).ok();
        assert!(
            run.stderr.contains("no message was sent"),
            "{value}: {}",
            run.stderr
        );
        assert!(run.stderr.contains(why), "{value}: {}", run.stderr);
        assert_no_token(&run);
    }
}

#[tokio::test]
async fn a_run_that_exceeds_limits_succeeds_with_notes() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.post("2", " ").await;
    let webhook = Webhook::answering("200 OK");
    let env = [
        ("ETL_NOTIFY__WEBHOOK", &*webhook.address),
        ("ETL_WARN__REJECTED_SHARE", "0.4"),
        ("ETL_WARN__MEMORY_MB", "1"),
        ("ETL_WARN__DURATION_FACTOR", "0.001"),
    ];
    let exceeded = |run: &Value| -> Vec<String> {
        let limits = run["exceeded"].as_array().unwrap().iter();
        limits
            .map(|limit| limit["setting"].as_str().unwrap().to_owned())
            .collect()
    };
    for _ in 0..5 {
        let run = db.json_with(&["run"], &env).ok().object();
        assert_eq!(exceeded(&run), ["warn.rejected_share", "warn.memory_mb"]);
        let note = "1 of 2 raw rows are rejected, 50.00 % (limit: warn.rejected_share)";
        assert!(
            run["notes"].as_array().unwrap().contains(&json!(note)),
            "{run}"
        );
        let message = webhook.message();
        assert_eq!(message["event"], "warning");
        assert_eq!(message["run"], run);
    }
    // The median needs five runs.
    let run = db.json_with(&["run"], &env).ok().object();
    assert!(
        exceeded(&run).contains(&"warn.duration_factor".to_owned()),
        "{run}"
    );
    webhook.message();
    let stale = [env[0], ("ETL_WARN__CRAWL_AGE", "36h")];
    let run = db.json_with(&["run"], &stale).ok().object();
    assert_eq!(exceeded(&run), ["warn.crawl_age"]);
    assert_eq!(webhook.message()["event"], "stale");
    let run = db.json_with(&["run"], &env[..1]).ok().object();
    assert_eq!(run["exceeded"], json!([]));
    webhook.assert_no_message();
}
