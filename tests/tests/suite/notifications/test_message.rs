//! `jobinsight notify test`: a message that only tests the receivers.

use jobinsight_tests::{Db, HttpServer, jobinsight};
use serde_json::{Value, json};

use super::{TOKEN, Webhook, assert_no_token};

const TEST: [&str; 4] = ["notify", "test", "--format", "json"];

#[tokio::test]
async fn a_test_message_reaches_each_receiver_and_says_that_it_is_a_test() {
    let db = Db::new().await;
    let webhook = Webhook::answering("202 Accepted");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message.json");
    let command = json!(["sh", "-c", "cat > \"$0\"", file]).to_string();
    let env = [
        ("ETL_NOTIFY__WEBHOOK", &*webhook.address),
        ("ETL_NOTIFY__COMMAND", &*command),
    ];
    let sent = db.jobinsight_with(&TEST, &env).ok();
    assert_eq!(
        sent.object(),
        json!({
            "schema_version": 2,
            "delivered": true,
            "receivers": [
                { "receiver": "webhook", "delivered": true, "answer": "HTTP status 202" },
                { "receiver": "command", "delivered": true, "answer": "exit status: 0" },
            ],
        })
    );
    assert_no_token(&sent);
    let message = webhook.message();
    let piped: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(message, piped);
    assert_eq!(
        (&message["event"], &message["run"]),
        (&json!("test"), &Value::Null)
    );
    let database = db.url.rsplit('/').next().unwrap();
    let title = message["title"].as_str().unwrap();
    assert!(
        title.starts_with(&format!("This is a test: {database} on ")),
        "{title}"
    );
    let text = message["text"].as_str().unwrap();
    assert!(
        text.contains("`jobinsight notify test` sent this message. Nothing has happened.")
            && text.contains("A run sends a message about: failure, recovery, stale, warning."),
        "{text}"
    );

    let shown = db.jobinsight_with(&TEST[..2], &env).ok().stdout;
    for line in [
        "webhook  delivered  HTTP status 202",
        "command  delivered  exit status: 0",
    ] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let has_line = |row: &str| words.iter().all(|word| row.contains(word));
        assert!(shown.lines().any(has_line), "{shown}");
    }
    let ledger = "SELECT count(*) FROM pg_tables WHERE tablename = 'etl_runs'";
    assert_eq!(db.count(ledger).await, 0, "a test is not a run");
}

#[test]
fn a_receiver_that_does_not_take_the_message_fails_the_command() {
    let silent = HttpServer::silent();
    let silent = format!("{}/{TOKEN}", silent.address);
    // A page that asks for a login would answer the redirected request with 200.
    let (broken, moved) = (
        Webhook::answering("500 Internal Server Error"),
        Webhook::answering("302 Found\r\nlocation: /login"),
    );
    let refused = format!("http://127.0.0.1:1/{TOKEN}");
    for (address, why) in [
        (&broken.address, "it answered with the status 500"),
        (&moved.address, "it answered with the status 302"),
        (&silent, "timeout"),
        (&refused, "Connection refused"),
    ] {
        let env = [
            ("ETL_NOTIFY__WEBHOOK", &**address),
            ("ETL_NOTIFY__COMMAND", "[\"true\"]"),
            ("ETL_NOTIFY__TIMEOUT", "1"),
        ];
        let failed = jobinsight(&TEST, &env);
        assert_eq!(failed.code, 1, "{}", failed.stderr);
        let result = failed.object();
        assert_eq!(result["delivered"], false);
        let [webhook, command] = &result["receivers"].as_array().unwrap()[..] else {
            panic!("{result}");
        };
        assert_eq!(webhook["delivered"], false);
        assert_eq!(webhook["error"]["code"], "jobinsight::notify::not_sent");
        let message = webhook["error"]["message"].as_str().unwrap();
        assert!(message.contains(why), "{message}");
        assert_eq!(command["delivered"], true, "each receiver gets the message");
        assert_no_token(&failed);
        let shown = jobinsight(&TEST[..2], &env);
        assert_eq!(shown.code, 1);
        assert!(
            shown.stdout.contains("→ check the settings"),
            "{}",
            shown.stdout
        );
        assert_no_token(&shown);
    }
    assert_eq!(
        moved.server.requests().len(),
        2,
        "a redirect is not followed"
    );
    let env = [(
        "ETL_NOTIFY__COMMAND",
        r#"["sh", "-c", "echo no pager >&2; exit 3"]"#,
    )];
    let failed = jobinsight(&TEST, &env);
    assert_eq!(failed.code, 1);
    assert!(
        failed.stdout.contains("exit status: 3: no pager"),
        "{}",
        failed.stdout
    );
}

#[test]
fn a_test_needs_a_receiver_and_no_database() {
    jobinsight(&TEST, &[]).failed(2, "jobinsight::notify::no_receiver");
    let webhook = Webhook::answering("200 OK");
    let env = |format| {
        [
            ("ETL_NOTIFY__WEBHOOK", &*webhook.address),
            ("ETL_NOTIFY__FORMAT", format),
            ("ETL_NOTIFY__ON", "[]"),
        ]
    };
    jobinsight(&TEST, &env("slack")).ok();
    let text = webhook.message()["text"].to_string();
    assert!(
        text.starts_with("\"*This is a test: ") && text.contains("`notify.on` names no event"),
        "{text}"
    );
    jobinsight(&TEST, &env("teams")).ok();
    let card = webhook.message()["attachments"][0].to_string();
    assert!(card.contains("This is a test: "), "{card}");
}
