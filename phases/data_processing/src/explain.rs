//! Explains step by step how the kernels change one posting. The result comes from the kernel itself, and the steps come from
//! the code that it runs.

use std::pin::Pin;

use jobinsight_core::explain::{Field, Posting, Rejected, Step, Story};
use jobinsight_core::{Result, Warning};
use serde_json::{Value, json};

use crate::kernel::{Kernel, RawPosting, RuleSet};
use crate::rule_book::RuleBook;
use crate::standard::company::Standardizer;
use crate::standard::place::Places;
use crate::standard::title::Cleaner;
use crate::v1;

/// The columns that are read, and the flags of `explain-row` that give them by hand.
const FLAGS: [(&str, &str); 4] = [
    ("title", "--title"),
    ("company_name", "--company"),
    ("location", "--location"),
    ("location_detail", "--location-detail"),
];

/// See [`jobinsight_core::Plugin::EXPLAIN`].
pub(crate) fn explain<'a>(
    posting: &'a Posting<'a>,
) -> Pin<Box<dyn Future<Output = Result<Story>> + Send + 'a>> {
    Box::pin(async move {
        let settings = &posting.loaded.settings;
        let book = RuleBook::with(&settings.custom_rules)?;
        let flag = |column: &str| {
            FLAGS
                .iter()
                .find(|(of, _)| *of == column)
                .map(|(_, flag)| *flag)
        };
        let is_given = |column: &str| {
            let stands =
                |name: &str| posting.raw.contains_key(name) || posting.made.contains_key(name);
            stands(column) || flag(column).is_some_and(stands)
        };
        let text = |column: &str| posting.text(column).or_else(|| posting.text(flag(column)?));
        let given = RawPosting {
            // A posting without a title is rejected. An explanation that does not ask about the title must not reject it.
            title: if is_given("title") {
                text("title")
            } else {
                Some("x")
            },
            company: text("company_name"),
            location: text("location"),
            detail: text("location_detail"),
        };
        let mut story = tell(settings.rules, &book, given);
        story.fields.retain(|field| is_given(field.field));
        Ok(story)
    })
}

/// Explains what the rules change in a posting.
fn tell(rules: RuleSet, book: &RuleBook, given: RawPosting<'_>) -> Story {
    let steps = match rules {
        RuleSet::Standard => standard(book, given),
        RuleSet::V1 => old(given),
    };
    let mut kernel = Kernel::with(rules, book);
    let derived = kernel.derive(&given);
    let made: [Vec<(&str, Value)>; 4] = derived.as_ref().map_or_else(
        |_| Default::default(),
        |row| {
            let json = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            let codes = row.places.codes.trim_matches(['{', '}']).split(',');
            let codes: Vec<&str> = codes.filter(|code| !code.is_empty()).collect();
            [
                vec![("title_clean", json!(row.title))],
                vec![("company_name_standardized", json!(row.company))],
                vec![("location_pairs", json(row.places.pairs))],
                vec![
                    ("location", json!(row.places.location)),
                    ("location_codes", json!(codes)),
                ],
            ]
        },
    );
    let warnings: Vec<&Warning> = derived
        .as_ref()
        .map_or_else(|_| Vec::new(), |row| row.warnings.iter().collect());
    let fields = [
        ("title", given.title),
        ("company_name", given.company),
        ("location_detail", given.detail),
        ("location", given.location),
    ];
    let told = fields.into_iter().zip(steps).zip(made);
    Story {
        fields: told
            .map(|(((field, given), steps), made)| Field {
                field,
                given: json!(given),
                steps,
                made: made.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
                warnings: warnings
                    .iter()
                    .filter(|warning| warning.field == field)
                    .map(|warning| warning.word.to_owned())
                    .collect(),
            })
            .collect(),
        rejected: derived.err().map(|error| Rejected {
            field: error.column.to_owned(),
            reason: error.reason.word().to_owned(),
        }),
        notes: Vec::new(),
    }
}

/// The steps of title, company, detail and location.
fn standard(book: &RuleBook, given: RawPosting<'_>) -> [Vec<Step>; 4] {
    let mut out = String::new();
    let title = given.title.map_or_else(Vec::new, |title| {
        let mut cleaner = Cleaner::with(book.titles.clone());
        cleaner.clean_recorded(title, &mut out).1.steps
    });
    let company = given.company.map_or_else(Vec::new, |name| {
        Standardizer::explain(&book.companies, name).1
    });
    let (detail, location) = (given.detail, given.location);
    let (detail, location) = Places::explain(
        &book.provinces,
        detail.unwrap_or_default(),
        location.unwrap_or_default(),
    );
    [title, company, detail, location]
}

/// The steps of the old functions: one for each function.
fn old(given: RawPosting<'_>) -> [Vec<Step>; 4] {
    let step = |rule: &str, before: &str, after: &str| {
        let changed = before != after;
        changed.then(|| Step::new(rule, before, after))
    };
    let pairs = given.detail.map(v1::extract_location_info);
    let pairs = pairs.unwrap_or_default();
    let title = given.title.and_then(|title| {
        let rule = "clean_title of the Python pipeline";
        step(rule, title, v1::clean_title(title))
    });
    let company = given.company.and_then(|name| {
        let rule = "clean_company_name of the Python pipeline";
        step(rule, name, &v1::clean_company_name(name))
    });
    let detail = given.detail.and_then(|detail| {
        let rule = "extract_location_info of the Python pipeline";
        step(rule, detail, &pairs.join("\n"))
    });
    let location = given.location.and_then(|location| {
        let rule = "refine_location of the Python pipeline";
        step(rule, location, &v1::refine_location(location, &pairs))
    });
    [title, company, detail, location].map(|step| step.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};

    use super::*;
    use crate::text::{clean, fold};

    /// Title, company, location and detail of every posting at hand: the sample, and the crawl beside the project where
    /// it is there.
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

    /// The result of a field by its steps alone: that of the last step which replaced the whole text.
    #[test]
    fn what_is_told_is_what_is_made() {
        let book = RuleBook::shipped();
        let mut slow = String::new();
        let mut cleaner = Cleaner::new();
        let mut names = Standardizer::new(book.companies.clone());
        let mut teller = Cleaner::new();
        for posting in postings() {
            let given = given(&posting);
            for rules in [RuleSet::Standard, RuleSet::V1] {
                let mut kernel = Kernel::with(rules, &book);
                let story = tell(rules, &book, given);
                let Ok(row) = kernel.derive(&given) else {
                    assert!(story.rejected.is_some(), "{given:?}");
                    continue;
                };
                let [title, company, detail, location] = story.fields.try_into().unwrap();
                for (field, made, wanted) in [
                    (&title, "title_clean", row.title),
                    (
                        &company,
                        "company_name_standardized",
                        row.company.unwrap_or_default(),
                    ),
                    (
                        &location,
                        "location",
                        row.places.location.unwrap_or_default(),
                    ),
                ] {
                    assert_eq!(field.made[made].as_str().unwrap_or_default(), wanted);
                    // No step: nothing was done to it. Else the last of them leads to what came out.
                    let told = match field.steps.last() {
                        None => field.given.as_str().unwrap_or_default(),
                        Some(step) => &step.after,
                    };
                    assert_eq!(told, wanted, "{field:?}");
                }
                assert_eq!(detail.made["location_pairs"].to_string(), row.places.pairs);
            }
            // The one that tells and the one that does not are one.
            let title = given.title.unwrap_or_default();
            let (fast, warnings) = cleaner.clean(title);
            assert_eq!(teller.clean_recorded(title, &mut slow).0, warnings);
            assert_eq!(slow, fast);
            let name = given.company.unwrap_or_default();
            let (slow, _) = Standardizer::explain(&book.companies, name);
            assert_eq!(slow, names.standardize(name));
        }
    }

    /// A line that is named holds words that stand in what it dropped.
    #[test]
    fn a_line_is_named_that_speaks_of_what_is_dropped() {
        let book = RuleBook::shipped();
        let words = |text: &str| -> Vec<String> {
            let text = clean(text).into_owned();
            let words = text.split(|c: char| !c.is_alphanumeric()).map(fold);
            words.filter(|word| !word.is_empty()).collect()
        };
        let (mut tails, mut places) = (0, 0);
        for posting in postings() {
            let story = tell(RuleSet::Standard, &book, given(&posting));
            let title = &story.fields[0];
            let titled = title.given.as_str().unwrap_or_default();
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
    fn each_rule_says_what_it_did() {
        let story = tell(
            RuleSet::Standard,
            &RuleBook::shipped(),
            RawPosting {
                title: Some("[Hà Nội] Tuyển Kế Toán  - Lương 20 Triệu (TA163)"),
                company: Some("cty tnhh FPT hqsoft - tuyển dụng"),
                location: Some("HCM & 1 nơi khác"),
                detail: Some("<p>HCM: 1 &amp; 2</p>Huế: B"),
            },
        );
        let told = |at: usize| -> Vec<String> {
            let steps = story.fields[at].steps.iter();
            let tables = |step: &Step| {
                let named = step.lines.iter().map(|line| line.table.clone());
                named.collect::<Vec<_>>().join(",")
            };
            steps
                .map(|step| format!("{} → {} ({})", step.before, step.after, tables(step)))
                .collect()
        };
        let title = told(0);
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
        let company = told(1);
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
        let location = told(3);
        for wanted in [
            "HCM & 1 nơi khác → Hồ Chí Minh, Huế ()",
            "HCM → Hồ Chí Minh (provinces)",
        ] {
            assert!(
                location.iter().any(|step| step == wanted),
                "{wanted} in {location:?}"
            );
        }
        assert!(
            told(2)[0].ends_with("HCM: 1 & 2\nHuế: B ()"),
            "{:?}",
            told(2)
        );
    }

    #[test]
    fn what_goes_is_told_once() {
        let given = RawPosting {
            title: Some("Kế Toán (Phụ Cấp 50,000, Ăn Trưa, Điện Thoại)"),
            ..RawPosting::default()
        };
        let story = tell(RuleSet::Standard, &RuleBook::shipped(), given);
        let steps = &story.fields[0].steps;
        let gone: Vec<&str> = steps.iter().map(|step| &*step.before).collect();
        assert_eq!(gone[..3], ["Phụ Cấp 50,000", "Ăn Trưa", "Điện Thoại"]);
        assert!(
            steps[1].rule.starts_with("an item of the offer"),
            "{steps:?}"
        );
    }

    #[test]
    fn a_title_that_would_be_emptied_says_what_would_have_emptied_it() {
        let given = RawPosting {
            title: Some("Lương 12 Triệu"),
            ..RawPosting::default()
        };
        let story = tell(RuleSet::Standard, &RuleBook::shipped(), given);
        let title = &story.fields[0];
        assert_eq!(title.warnings, ["title_kept"]);
        assert_eq!(title.steps.len(), 1);
        assert_eq!(title.steps[0].lines[0].table, "title_tails");
        let none = tell(RuleSet::V1, &RuleBook::shipped(), RawPosting::default());
        let rejected = none.rejected.unwrap();
        assert_eq!(
            (&*rejected.field, &*rejected.reason),
            ("title", "title_missing")
        );
    }
}
