//! `explain` and `explain-row` without a database.

use super::snapshot;

#[test]
fn an_error_code_is_explained() {
    let code = "jobinsight::database::lock_timeout";
    snapshot("explain", &["explain", code], &[]).ok();
    let code = "jobinsight::contract::missing_column";
    snapshot("explain_contract", &["explain", code], &[]).ok();
    snapshot("explain_all", &["explain"], &[]).ok();
    snapshot("explain_unknown", &["explain", "lock_timout"], &[]).failed(2, "");
}

#[test]
fn texts_are_explained_rule_by_rule() {
    let title = "[Hà Nội] Kế Toán - Hybrid";
    snapshot("explain_row_title", &["explain-row", "--title", title], &[]).ok();
    let args = [
        "explain-row",
        "--company",
        "CTCP hqsoft",
        "--location",
        "HCM & 2 nơi khác",
        "--location-detail",
        "HCM: A - Huế: B",
    ];
    snapshot("explain_row_texts", &args, &[]).ok();
}
