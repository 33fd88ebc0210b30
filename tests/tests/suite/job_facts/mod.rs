//! The phase `job_facts`, added to the pipeline with `--with`.

mod added_later;
mod interrupted;
mod options;
mod rules;

use jobinsight_tests::Db;

/// The arguments of a run with the phase.
const RUN: [&str; 3] = ["run", "--with", "job_facts"];

/// The facts of every posting, as the view shows them.
const FACTS: &str = "SELECT string_agg(concat_ws('|', job_id, experience_min, experience_max, level, work_mode, employment_type, languages::text,
                                          skills_normalized::text, first_seen_job_id), E'\\n' ORDER BY job_id)
                       FROM jobinsight_staging.jobs";

/// Postings that state facts, one that states none, and one without a title, which is rejected.
async fn postings(db: &Db) {
    for (key, title, location, skills) in [
        (
            "1",
            "Senior Java Developer - Remote - 3-5 Năm Kinh Nghiệm",
            "Hà Nội",
            r#"["NodeJS", "", "node.js"]"#,
        ),
        ("2", "Thực Tập Sinh Marketing (Tiếng Anh)", "HCM", "[]"),
        (
            "3",
            "Kế Toán - Lương 20 Triệu",
            "Làm Việc Từ Xa",
            r#"["Kế Toán Thuế"]"#,
        ),
        ("4", "Lái Xe", "Huế", "[]"),
        ("5", "", "Huế", "[]"),
    ] {
        let fields = [("title", title), ("location", location), ("skills", skills)];
        db.posting(key, &fields).await;
    }
}

/// The facts of [`postings`].
const ALL: &str = "1|3|5|senior|remote|{Node.js,Java}|1
2|intern|internship|{en}|2
3|remote|{\"Kế toán thuế\"}|3
4|4";
