//! The bounds of a cache.

use super::*;

/// Whether a cache has to make the result of a text.
fn makes(cache: &mut Cache<()>, text: &str, result: &str) -> bool {
    let mut made = false;
    let (got, ()) = cache.get_or_make(text, |out| {
        made = true;
        out.push_str(result);
    });
    assert_eq!(got, result);
    made
}

#[test]
fn a_result_is_made_once_for_each_text() {
    let mut cache = Cache::new();
    for first in [true, false] {
        for text in ["", "Huế", "Thành phố Hồ Chí Minh"] {
            assert_eq!(makes(&mut cache, text, text), first, "{text}");
        }
    }
}

#[test]
fn a_cache_of_many_entries_starts_again() {
    many_entries(Cache::new());
}

#[test]
fn a_small_cache_grows_and_starts_again() {
    let cache = Cache::small();
    assert!(cache.slots.len() < SLOTS);
    many_entries(cache);
}

fn many_entries(mut cache: Cache<()>) {
    for number in 0..MOST_ENTRIES {
        assert!(makes(&mut cache, &number.to_string(), "x"));
        assert!(number + 1 == MOST_ENTRIES || !makes(&mut cache, "0", "x"));
    }
    assert_eq!(cache.slots.len(), SLOTS);
    assert!(makes(&mut cache, "0", "x"));
    assert!(makes(&mut cache, "1", "x"));
    assert!(!makes(&mut cache, "0", "x"));
}

#[test]
fn a_result_stays_at_its_index_until_there_must_be_room() {
    let mut cache = Cache::new();
    let make = |out: &mut String| out.push_str("Huế");
    let first = cache.index_or_make("hue", make);
    for number in 0..MOST_ENTRIES {
        cache.index_or_make(&number.to_string(), |_| ());
    }
    assert_eq!(cache.index_or_make("hue", make), first);
    assert!(cache.texts().starts_with("hueHuế"));
    cache.make_room();
    assert_eq!(cache.texts(), "");
}

#[test]
fn a_cache_of_many_bytes_starts_again() {
    let mut cache = Cache::new();
    assert!(makes(&mut cache, "a", "x"));
    assert!(makes(&mut cache, "b", &"y".repeat(MOST_BYTES)));
    assert!(makes(&mut cache, "c", "x"));
    assert!(makes(&mut cache, "a", "x"));
    assert!(!makes(&mut cache, "c", "x"));
}

#[test]
fn a_text_that_is_too_long_is_not_remembered() {
    let mut cache = Cache::new();
    let long = "x".repeat(LONGEST_TEXT + 1);
    for _ in 0..2 {
        assert!(makes(&mut cache, &long, "y"));
    }
    assert!(makes(&mut cache, &long[1..], "y"));
    assert!(!makes(&mut cache, &long[1..], "y"));
}
