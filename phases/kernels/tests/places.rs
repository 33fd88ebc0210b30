//! The rules of places, on the labels and on real postings.
//!
//! # Module order
//!
//! 1. `rows`
//! 2. `derived`
#![allow(clippy::unwrap_used, missing_docs)]

mod derived;
mod rows;

use std::collections::HashMap;
use std::path::Path;

use jobinsight_core::testing::postings::read_columns;
use jobinsight_kernels::kernel::{Kernel, RuleSet};
use jobinsight_kernels::standard::place::PlaceRules;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::derived::{derive, json, list};

/// The items of a JSON array.
fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

/// The postings of a file beside the checkout, as location and detail. `None` and a note if the file is missing.
fn postings(file: &str) -> Option<Vec<[Option<String>; 2]>> {
    let path = format!("{}/../../../shared/data/{file}", env!("CARGO_MANIFEST_DIR"));
    if !Path::new(&path).exists() {
        eprintln!("SKIPPED: {path} is missing, so its postings were not checked");
        return None;
    }
    let rows = read_columns(Path::new(&path), ["location", "location_detail"]).unwrap();
    Some(rows)
}

#[test]
fn places_equal_the_labels() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/golden/labels_places.jsonl"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let labels: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let given: Vec<_> = labels
        .iter()
        .map(|label| {
            [
                label["location"].as_str(),
                label["location_detail"].as_str(),
            ]
        })
        .collect();
    let made = derive(&mut Kernel::new(RuleSet::Standard), &given);
    let mut misses = Vec::new();
    for (label, made) in labels.iter().zip(made) {
        let warnings: Vec<String> = label["warning"]
            .as_str()
            .map(str::to_owned)
            .into_iter()
            .collect();
        let is_met = made.location.as_deref().unwrap_or_default()
            == label["location_out"].as_str().unwrap_or_default()
            && strings(&json(made.pairs.as_deref())) == strings(&label["location_pairs"])
            && list(made.codes.as_deref()) == strings(&label["location_codes"])
            && list(made.province_codes.as_deref()) == strings(&label["province_codes"])
            && made.warnings == warnings;
        if !is_met {
            misses.push(format!("{label}\n  made {made:?}"));
        }
    }
    let most = labels.len() * 3 / 100;
    assert!(
        misses.len() <= most,
        "{} misses:\n{}",
        misses.len(),
        misses.join("\n")
    );
}

#[test]
fn real_postings_keep_the_promises_of_places() {
    for file in ["raw_jobs.csv", "other_boards.csv"] {
        let Some(rows) = postings(file) else { continue };
        let given: Vec<_> = rows
            .iter()
            .map(|row| row.each_ref().map(Option::as_deref))
            .collect();
        let made = derive(&mut Kernel::new(RuleSet::Standard), &given);
        // The spellings of each province by its code.
        let mut spellings: HashMap<String, String> = HashMap::new();
        for ([location, detail], made) in given.iter().zip(&made) {
            let has_code = !list(made.codes.as_deref()).is_empty();
            assert_eq!(
                has_code,
                made.province_codes.is_some(),
                "{location:?} {detail:?}"
            );
            let is_warned = made.warnings.iter().any(|word| word == "location_uncoded");
            let is_given = [location, detail]
                .into_iter()
                .flatten()
                .any(|text| !text.is_empty());
            let known = ["toàn quốc", "nước ngoài", "remote"];
            let is_known = [location, detail]
                .into_iter()
                .flatten()
                .any(|text| known.contains(&text.to_lowercase().as_str()));
            assert!(
                has_code || is_warned || !is_given || is_known,
                "no code and no warning: {location:?} {detail:?}"
            );
            assert!(!(has_code && is_warned), "{location:?}");
            let places = json(made.places.as_deref());
            assert_eq!(places.is_null(), !is_given, "{location:?} {detail:?}");
            for place in places.as_array().into_iter().flatten() {
                let keys: Vec<_> = place.as_object().unwrap().keys().collect();
                assert_eq!(keys, ["address", "code", "district", "name", "province"]);
                if let (Some(code), Some(name)) = (place["code"].as_str(), place["name"].as_str()) {
                    let known = spellings
                        .entry(code.to_owned())
                        .or_insert_with(|| name.to_owned());
                    assert_eq!(known, name, "two spellings of {code}");
                    assert!(
                        place["province"]
                            .as_str()
                            .is_some_and(|code| code.len() == 2)
                    );
                }
            }
            let pairs = json(made.pairs.as_deref());
            assert_ne!(pairs, serde_json::json!([]), "no pairs are NULL");
            for pair in strings(&pairs) {
                // A province before the colon, or alone, has one spelling. An address stays as written.
                let place = pair.split(':').next().unwrap_or_default();
                if let Some(province) = PlaceRules::shipped().provinces.find(place) {
                    assert_eq!(&*province.name, place);
                }
                assert!(
                    !pair.contains("địa điểm khác") && !pair.ends_with("Thu gọn"),
                    "{pair}"
                );
            }
        }
        assert!(spellings.len() > 30, "{file}: {}", spellings.len());

        // A second cleaning changes nothing, and decomposed letters have the same result.
        let again: Vec<_> = given
            .iter()
            .zip(&made)
            .map(|([_, detail], made)| [made.location.as_deref(), *detail])
            .collect();
        for ((before, after), given) in made
            .iter()
            .zip(derive(&mut Kernel::new(RuleSet::Standard), &again))
            .zip(&given)
        {
            // `Hà Nội & 2 nơi khác` has become a list, which the places follow.
            assert_eq!(before.location, after.location, "{given:?}");
            assert_eq!(before.codes, after.codes, "{given:?}");
        }
        let decomposed: Vec<_> = rows
            .iter()
            .map(|row| {
                row.each_ref()
                    .map(|text| text.as_ref().map(|text| text.nfd().collect::<String>()))
            })
            .collect();
        let decomposed: Vec<_> = decomposed
            .iter()
            .map(|row| row.each_ref().map(Option::as_deref))
            .collect();
        let of_decomposed = derive(&mut Kernel::new(RuleSet::Standard), &decomposed);
        for ((composed, decomposed), given) in made.iter().zip(&of_decomposed).zip(&given) {
            assert_eq!(composed, decomposed, "{given:?}");
        }
    }
}
