//! Settings, phases, rules.

use super::{snapshot, snapshot_in};

#[test]
fn settings_are_shown_with_their_origin() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("jobinsight.toml"),
        "timeout = 10\n\n[phases.sql_procedures]\nusd_vnd_rate = 26000\n",
    )
    .unwrap();
    let env = [
        ("ETL_MAX_WORKERS", "3"),
        ("ETL_BATCHSIZE", "5"),
        ("ETL_STRICT_ENV", "false"),
    ];
    let args = ["config", "show", "--origin", "--log-level", "warn"];
    snapshot_in(folder.path(), "config_show_origin", &args, &env).ok();
}

#[test]
fn phases_are_listed_and_described() {
    snapshot("phases", &["phases"], &[]).ok();
    for phase in jobinsight_core::Settings::default().pipeline {
        snapshot(&format!("phases_{phase}"), &["phases", &phase], &[]).ok();
    }
}

#[test]
fn rules_are_listed_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    std::fs::write(
        rules.join("title_tails.txt"),
        "# ours\nsân chơi\n- * hybrid | not before: cloud, app, mobile, casual, - casual\n",
    )
    .unwrap();
    std::fs::write(
        rules.join("legal_forms.txt"),
        "Tổ hợp tác | - | tổ hợp tác\n",
    )
    .unwrap();
    let env = [("ETL_RULES_DIR", "rules")];
    snapshot_in(folder.path(), "rules_list", &["rules", "list"], &env).ok();
    let args = ["rules", "show", "legal_forms"];
    snapshot_in(folder.path(), "rules_show", &args, &env).ok();
}
