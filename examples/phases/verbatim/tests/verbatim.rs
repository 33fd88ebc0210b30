//! Tests of the phase `verbatim` alone.
#![allow(missing_docs, clippy::unwrap_used)]

use example_verbatim as _;
use jobinsight_core::testing::{BatchExt, TestRun, batch_of};

#[tokio::test]
async fn texts_are_published_unchanged_and_an_empty_title_is_rejected() {
    let run = TestRun::offline().await;
    let given = batch_of![
        [
            job_id,
            row_version,
            title,
            company_name,
            location,
            location_detail
        ],
        [
            "1",
            11,
            " [Gấp]  Kế Toán ",
            "CTCP  ABC",
            "HCM",
            "HCM: 1 Lê Lợi"
        ],
        ["2", 12, "  ", null, null, null],
    ];
    let made = run.phase("verbatim").process(given).await.unwrap();
    assert_eq!(made.texts("title_clean"), [Some("[Gấp] Kế Toán")]);
    assert_eq!(made.texts("company_name_standardized"), [Some("CTCP ABC")]);
    assert_eq!(made.numbers("row_version"), [Some(11)]);
    made.assert_rejects([("2", "title", "title_missing")]);
}
