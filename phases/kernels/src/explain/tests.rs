use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};

use super::*;
use crate::text::{clean, fold};

/// Title, company, location and detail of all available postings: the sample, and the crawl beside the project if it
/// exists.
fn postings() -> Vec<[Option<String>; 4]> {
    let names = ["title", "company_name", "location", "location_detail"];
    let files = [Some(sample_file()), real_file()];
    let rows = files
        .iter()
        .flatten()
        .map(|file| read_columns(file, names).unwrap());
    let postings: Vec<_> = rows.flatten().collect();
    assert!(postings.len() >= 100, "{} postings", postings.len());
    postings
}

fn given(posting: &[Option<String>; 4]) -> RawPosting<'_> {
    let [title, company, location, detail] = posting.each_ref().map(Option::as_deref);
    RawPosting {
        title,
        company,
        location,
        detail,
    }
}

/// A field has the result of its last step, or its given value if it has no step.
#[test]
fn the_last_step_of_a_field_is_its_result() {
    let book = RuleBook::shipped();
    let mut out = String::new();
    let mut cleaner = Cleaner::new();
    let mut names = Standardizer::new(book.companies.clone());
    let mut recorded = Cleaner::new();
    for posting in postings() {
        let given = given(&posting);
        for rules in [RuleSet::Standard, RuleSet::V1] {
            let mut kernel = Kernel::with(rules, &book);
            let story = explain(rules, &book, given);
            let Ok(row) = kernel.derive(&given) else {
                assert!(story.rejected.is_some(), "{given:?}");
                continue;
            };
            let [title, company, detail, location] = story.fields.try_into().unwrap();
            for (field, made, wanted) in [
                (&title, "title_clean", row.title.text),
                (
                    &company,
                    "company_name_standardized",
                    row.company.name.unwrap_or_default(),
                ),
                (
                    &location,
                    "location",
                    row.places.location.unwrap_or_default(),
                ),
            ] {
                assert_eq!(field.made[made].as_str().unwrap_or_default(), wanted);
                let explained = match field.steps.last() {
                    None => field.given.as_deref().unwrap_or_default(),
                    Some(step) => &step.after,
                };
                assert_eq!(explained, wanted, "{field:?}");
            }
            assert_eq!(
                detail.made["location_pairs"].to_string(),
                row.places.pairs.unwrap_or("null")
            );
        }
        // A recorder changes no result.
        let title = given.title.unwrap_or_default();
        let clean = cleaner.clean(title);
        assert_eq!(recorded.clean_recorded(title, &mut out).0, clean.warnings);
        assert_eq!(out, clean.text);
        let name = given.company.unwrap_or_default();
        let (name_clean, _) = Standardizer::explain(&book.companies, name);
        assert_eq!(name_clean, names.standardize(name));
    }
}

/// A named line contains the words that it dropped.
#[test]
fn a_step_names_the_line_that_dropped_the_text() {
    let book = RuleBook::shipped();
    let words = |text: &str| -> Vec<String> {
        let text = clean(text).into_owned();
        let words = text.split(|c: char| !c.is_alphanumeric()).map(fold);
        words.filter(|word| !word.is_empty()).collect()
    };
    let (mut tails, mut places) = (0, 0);
    for posting in postings() {
        let story = explain(RuleSet::Standard, &book, given(&posting));
        let title = &story.fields[0];
        let titled = title.given.as_deref().unwrap_or_default();
        for step in &title.steps {
            for line in &step.lines {
                let own = RuleBook::shipped_line(&line.table, line.line);
                assert_eq!(own.as_deref(), Some(&*line.text), "{line:?}");
            }
            if step.after.is_empty() && step.rule != crate::text::CLEAN {
                assert!(clean(titled).contains(&step.before), "{step:?} of {titled}");
            }
            if let [line] = &*step.lines
                && line.table == "title_tails"
                && !line.text.contains(['<', '/', '-'])
                && !titled.ends_with(['.', '…'])
            {
                tails += 1;
                let rule = line.text.split('|').next().unwrap_or_default();
                let dropped = words(&step.before);
                assert!(dropped.starts_with(&words(rule)), "{step:?} of {titled}");
            }
            places += usize::from(step.rule.starts_with("places") && !step.lines.is_empty());
        }
    }
    assert!(tails > 10 && places > 10, "{tails} tails, {places} places");
}

#[test]
fn each_field_has_the_steps_of_its_rules() {
    let story = explain(
        RuleSet::Standard,
        &RuleBook::shipped(),
        RawPosting {
            title: Some("[Hà Nội] Tuyển Kế Toán  - Lương 20 Triệu (TA163)"),
            company: Some("cty tnhh FPT hqsoft - tuyển dụng"),
            location: Some("HCM & 1 nơi khác"),
            detail: Some("<p>HCM: 1 &amp; 2</p>Huế: B - Huế: C"),
        },
    );
    let texts = |at: usize| -> Vec<String> {
        let steps = story.fields[at].steps.iter();
        let tables = |step: &Step| {
            let named = step.lines.iter().map(|line| line.table.clone());
            named.collect::<Vec<_>>().join(",")
        };
        steps
            .map(|step| format!("{} → {} ({})", step.before, step.after, tables(step)))
            .collect()
    };
    let title = texts(0);
    for wanted in [
        "Lương 20 Triệu →  (title_tails)",
        "TA163 →  ()",
        "Hà Nội →  (provinces)",
        "Tuyển →  (title_leads)",
    ] {
        assert!(
            title.iter().any(|step| step == wanted),
            "{wanted} in {title:?}"
        );
    }
    let company = texts(1);
    for wanted in [
        "hqsoft → Hqsoft ()",
        "Cty TNHH → Công ty TNHH (legal_forms)",
        "Tuyển Dụng →  (recruiting)",
    ] {
        assert!(
            company.iter().any(|step| step == wanted),
            "{wanted} in {company:?}"
        );
    }
    assert_eq!(company.len(), 4, "{company:?}");
    assert_eq!(
        texts(3),
        ["HCM & 1 nơi khác → Hồ Chí Minh, Huế ()"],
        "the pairs are spelled one way already"
    );
    assert_eq!(texts(2)[1], "HCM → Hồ Chí Minh (provinces)");
    assert!(texts(2).iter().all(|step| !step.contains("Huế → Huế")));
    assert!(
        texts(2)[0].ends_with("HCM: 1 & 2\nHuế: B - Huế: C ()"),
        "{:?}",
        texts(2)
    );
}

#[test]
fn a_dropped_text_is_reported_once() {
    let given = RawPosting {
        title: Some("Kế Toán (Phụ Cấp 50,000, Ăn Trưa, Điện Thoại)"),
        ..RawPosting::default()
    };
    let story = explain(RuleSet::Standard, &RuleBook::shipped(), given);
    let steps = &story.fields[0].steps;
    let gone: Vec<&str> = steps.iter().map(|step| &*step.before).collect();
    assert_eq!(gone[..3], ["Phụ Cấp 50,000", "Ăn Trưa", "Điện Thoại"]);
    assert!(
        steps[1].rule.starts_with("an item of the offer"),
        "{steps:?}"
    );
}

#[test]
fn a_title_that_stays_names_the_line_that_would_empty_it() {
    let given = RawPosting {
        title: Some("Lương 12 Triệu"),
        ..RawPosting::default()
    };
    let story = explain(RuleSet::Standard, &RuleBook::shipped(), given);
    let title = &story.fields[0];
    assert_eq!(title.warnings, ["title_kept"]);
    assert_eq!(title.steps.len(), 1);
    assert_eq!(title.steps[0].lines[0].table, "title_tails");
    let none = explain(RuleSet::V1, &RuleBook::shipped(), RawPosting::default());
    assert_eq!(none.rejected, Some(("title", "title_missing")));
}
