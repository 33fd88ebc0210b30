//! What may go wrong, made by real means. Each story ends with the three promises: every raw row is in staging or in
//! rejects and in one of them only, the content is that of a run which nothing disturbed, and nothing is left behind.

mod awake;
mod choice;
mod clock;
mod crawler;
mod encrypted;
mod finishing;
mod gate;
mod guide;
mod joining;
mod killed;
mod known;
mod ledger;
mod names;
mod network;
mod pool;
mod random;
mod ranges;
mod retrying;
mod rights;
mod rows;
mod secrets;
mod servers;
mod waiting;
mod warnings;

use jobinsight_tests::Db;

/// The clock of all runs here: content can be compared.
pub(super) const AS_OF: &str = "2026-01-16T00:00:00Z";

/// Postings of several kinds, one of which is rejected.
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

/// The content of an undisturbed run over the same rows.
pub(super) async fn undisturbed(count: usize) -> String {
    let db = Db::new().await;
    postings(&db, count).await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.content().await
}

/// A run in batches of so many rows, by so many lanes.
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

/// The rejected row is no failure.
pub(super) const LENIENT: &[(&str, &str)] = &[("ETL_INTEGRITY_THRESHOLD", "0.5")];

/// [`LENIENT`] and more.
pub(super) fn and<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = LENIENT.to_vec();
    all.extend(more);
    all
}

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
