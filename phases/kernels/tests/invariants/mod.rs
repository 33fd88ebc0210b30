//! Properties of every text. The property tests, the fuzz targets (`tests/fuzz`) and the replay of their corpus share them.
//! Each function panics if a property does not hold.

use std::sync::Arc;

use jobinsight_kernels::standard::company::{self, Standardizer};
use jobinsight_kernels::standard::place::{self, PlaceRules, Places};
use jobinsight_kernels::standard::title;
use jobinsight_kernels::text;
use unicode_normalization::UnicodeNormalization;

/// The most characters that the column of titles can store.
pub(crate) const COLUMN: usize = 255;

fn composed_and_decomposed(text: &str) -> [String; 2] {
    [text.nfc().collect(), text.nfd().collect()]
}

fn has_letters(text: &str) -> bool {
    text::clean(text).chars().any(char::is_alphabetic)
}

/// Titles.
pub(crate) fn of_title(given: &str) {
    let once = title::clean(given).text;
    assert_eq!(title::clean(&once).text, once, "cleaned again");
    let [composed, decomposed] = composed_and_decomposed(given).map(|form| title::clean(&form));
    assert_eq!(composed, decomposed, "NFC and NFD");
    // A title with an invisible character is cleaned before it is read. A clean title is read as it is.
    let hidden = title::clean(&format!("\u{200b}{given}"));
    let blank = text::is_blank(given);
    assert!(blank || title::clean(given) == hidden, "cleaned first");
    assert_eq!(text::clean(&once), once, "the value is clean");
    assert!(!has_letters(given) || !once.is_empty(), "emptied");
    // The rules add nothing but spaces before a bracket and around a dash.
    let (before, after) = (text::clean(given).chars().count(), once.chars().count());
    assert!(
        before > COLUMN || after <= COLUMN,
        "{after} characters fit no column"
    );
    let signs = given.chars().filter(|c| "([【-–—_|".contains(*c)).count();
    assert!(after <= before + 2 * signs, "{before} → {after}");
}

/// Names of companies.
pub(crate) fn of_company(given: &str) {
    let once = company::standardize(given);
    assert_eq!(company::standardize(&once), once, "standardized again");
    let [composed, decomposed] =
        composed_and_decomposed(given).map(|form| company::standardize(&form));
    assert_eq!(composed, decomposed, "NFC and NFD");
    assert_eq!(text::clean(&once), once, "the value is clean");
    assert!(
        !has_letters(given) || once.chars().any(char::is_alphanumeric),
        "emptied"
    );
    let wanted = company::key(given);
    assert_eq!(company::key(&once), wanted, "the key of the value");
    assert!(
        !has_letters(given) || wanted.chars().any(char::is_alphanumeric),
        "a key is not empty"
    );
    // A cached result equals a new one.
    let mut fresh = Standardizer::new(Arc::clone(company::Rules::shipped()));
    for _ in 0..2 {
        assert_eq!(fresh.standardize(given), once, "cached");
        let mut key = String::new();
        fresh.key(&mut key);
        assert_eq!(key, wanted, "cached");
    }
}

/// A page of addresses and a location.
pub(crate) fn of_places(detail: &str, location: &str) {
    let pairs = place::pairs(detail);
    let once = place::refine(location, &pairs);
    assert_eq!(place::refine(&once, &pairs), once, "refined again");
    for text in [detail, location] {
        let [composed, decomposed] = composed_and_decomposed(text);
        assert_eq!(
            place::pairs(&composed),
            place::pairs(&decomposed),
            "NFC and NFD"
        );
    }
    let [composed, decomposed] = composed_and_decomposed(location);
    assert_eq!(
        place::refine(&composed, &pairs),
        place::refine(&decomposed, &pairs),
        "NFC and NFD"
    );
    assert!(!has_letters(location) || !once.is_empty(), "emptied");
    for pair in &pairs {
        assert_eq!(&text::clean(pair), pair, "a pair is clean");
        assert!(pair.chars().any(char::is_alphanumeric));
    }
    let mut distinct = pairs.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), pairs.len(), "without repeats");
    // A page with a comment is read by the tokenizer, not by the fast path of simple pages.
    if detail.contains(['<', '&']) {
        let tokenized = format!("<!----> {detail}");
        assert_eq!(place::pairs(&tokenized), pairs, "the fast path of HTML");
    }
    // A cached result equals a new one.
    let mut places = Places::new(Arc::clone(PlaceRules::shipped()));
    for _ in 0..2 {
        let read = places.detail(detail);
        assert!(read.pairs.iter().map(|pair| &***pair).eq(&pairs));
        let refined = places.refine(location, &read.pairs);
        assert_eq!(refined.text, once);
        assert_eq!(refined.provinces, places.location(&once).provinces);
    }
}

/// The input of a fuzzer as page and location: the text after the last form feed is the location.
pub(crate) fn of_page(input: &str) {
    let (detail, location) = input.rsplit_once('\u{c}').unwrap_or((input, input));
    of_places(detail, location);
}
