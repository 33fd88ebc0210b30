//! The hash of a value of the type `jsonb`: `jsonb_hash_extended`.
//!
//! 1. The values are visited in the order in which PostgreSQL stores them: the keys of an object by length, then by bytes. Of
//!    equal keys, the last one counts.
//! 2. Each scalar and each begin of an array or object changes the hash. A scalar alone counts as an array with one element.
//! 3. An empty array and an empty object have the hash 0.

use serde_json::{Number, Value};

use super::hash;

/// The mark of the begin of an array.
const ARRAY: u64 = 0x4000_0000_4000_0000;
/// The mark of the begin of an object.
const OBJECT: u64 = 0x2000_0000_2000_0000;
/// The base of the digits of `numeric`.
const BASE: u32 = 10_000;
/// The decimal digits in a digit of `numeric`.
const DIGITS: usize = 4;
/// [`DIGITS`], for positions that may be negative.
const WIDTH: i64 = 4;

/// The hash of a JSON text. A text that is not JSON has the hash of the text as a JSON string.
pub(super) fn of_text(text: &str) -> u64 {
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    match &value {
        Value::Array(items) if items.is_empty() => 0,
        Value::Object(items) if items.is_empty() => 0,
        Value::Array(_) | Value::Object(_) => visit(0, &value),
        scalar => visit(ARRAY, scalar),
    }
}

/// The hash after a value.
fn visit(hash: u64, value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().fold(hash ^ ARRAY, visit),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(a, _), (b, _)| (a.len(), a.as_bytes()).cmp(&(b.len(), b.as_bytes())));
            fields.iter().fold(hash ^ OBJECT, |hash, (key, value)| {
                visit(scalar(hash, hash::bytes(key.as_bytes())), value)
            })
        }
        Value::Null => scalar(hash, 1),
        Value::Bool(true) => scalar(hash, 2),
        Value::Bool(false) => scalar(hash, 4),
        Value::String(text) => scalar(hash, hash::bytes(text.as_bytes())),
        Value::Number(number) => scalar(hash, numeric(number)),
    }
}

/// Adds a scalar: both halves of the hash are rotated by one bit.
fn scalar(hash: u64, value: u64) -> u64 {
    let rotated = (hash << 1) & 0xffff_fffe_ffff_fffe | (hash >> 31) & 0x1_0000_0001;
    rotated ^ value
}

/// The hash of a number: `hash_numeric_extended`. It hashes the digits to the base 10,000 without zeros at both ends, and their
/// weight. The sign does not count.
fn numeric(number: &Number) -> u64 {
    let text = number.to_string();
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('-');
    let length = i64::try_from(whole.len()).unwrap_or_default();
    let mut point = length.saturating_add(exponent.parse().unwrap_or_default());
    let mut decimals: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    // The point moves to a multiple of four decimals.
    let missing = point.rem_euclid(WIDTH);
    if missing > 0 {
        let zeros = WIDTH - missing;
        decimals.splice(
            0..0,
            std::iter::repeat_n(b'0', usize::try_from(zeros).unwrap_or_default()),
        );
        point += zeros;
    }
    let mut words: Vec<u16> = decimals.chunks(DIGITS).map(digit).collect();
    let mut weight = point / WIDTH - 1;
    let zeros = words.iter().take_while(|word| **word == 0).count();
    words.drain(..zeros);
    weight -= i64::try_from(zeros).unwrap_or_default();
    while words.last() == Some(&0) {
        words.pop();
    }
    if words.is_empty() {
        return u64::MAX;
    }
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    hash::bytes(&bytes) ^ weight.cast_unsigned()
}

/// Up to four decimals as a digit to the base 10,000.
fn digit(decimals: &[u8]) -> u16 {
    let mut value = 0_u32;
    for at in 0..DIGITS {
        let decimal = decimals.get(at).map_or(0, |byte| u32::from(byte - b'0'));
        value = value * 10 + decimal;
    }
    u16::try_from(value % BASE).unwrap_or_default()
}
