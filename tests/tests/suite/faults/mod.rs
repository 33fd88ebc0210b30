//! Real faults. Most tests end with three promises: every raw row is either in staging or rejected, the content is that
//! of an undisturbed run, and nothing is left behind.

mod client_certificates;
mod clock;
mod conflicts;
mod connection_pool;
mod crawler;
mod distributed;
mod first_load;
mod first_load_end;
mod guide_quotes;
mod joining;
mod killed;
mod ledger_retention;
mod locks_and_timeouts;
mod network;
mod phase_selection;
mod pooler;
mod privileges;
mod quality_gate;
mod quoted_names;
mod random_events;
mod raw_tables;
mod refused;
mod retry;
mod retry_settings;
mod rows;
mod secrets;
mod server_identity;
mod server_limits;
mod session_defaults;
mod tls;
mod two_roles;
mod unchanged_horizon;
mod wal_waker;
mod warnings;

use jobinsight_tests::Db;

/// The clock of all runs, so that their content can be compared.
pub(super) const AS_OF: &str = "2026-01-16T00:00:00Z";

/// Adds this many good postings, and one that is rejected.
pub(super) async fn postings(db: &Db, count: usize) {
    for n in 0..count {
        let (title, salary) = (
            format!("Kỹ Sư {n} - Lương 20 Triệu"),
            format!("{n} - {} triệu", n + 5),
        );
        let fields = [
            ("title", title.as_str()),
            ("salary", salary.as_str()),
            ("deadline", "12"),
        ];
        db.posting(&n.to_string(), &fields).await;
    }
    db.post("blank", "\u{200b}").await;
}

/// The content of an undisturbed run over [`postings`].
pub(super) async fn undisturbed(count: usize) -> String {
    let db = Db::new().await;
    postings(&db, count).await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.content().await
}

/// The arguments of a run with this batch size and this number of lanes.
pub(super) const fn in_batches<'a>(rows: &'a str, lanes: &'a str) -> [&'a str; 7] {
    [
        "run",
        "--as-of",
        AS_OF,
        "--batch-size",
        rows,
        "--max-workers",
        lanes,
    ]
}

/// Lets a run succeed although a row is rejected.
pub(super) const LENIENT: &[(&str, &str)] = &[("ETL_INTEGRITY_THRESHOLD", "0.5")];

/// [`LENIENT`] and more variables.
pub(super) fn lenient_and<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = LENIENT.to_vec();
    all.extend(more);
    all
}

/// The log line of a process that lost a batch.
pub(super) const BATCH_LOST: &str = "another process took over batch";

/// Asserts the three promises.
pub(super) async fn assert_promises(db: &Db, count: usize) {
    db.assert_all_accounted_for().await;
    assert_eq!(
        db.content().await,
        undisturbed(count).await,
        "the content of an undisturbed run"
    );
    db.assert_nothing_left().await;
}
