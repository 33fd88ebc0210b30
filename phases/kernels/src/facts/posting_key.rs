//! The key of a job: equal for postings of one job under several ids.
//!
//! 1. The folded words of the clean title, the key of the company, and the codes of the provinces in ascending order are
//!    joined with the byte 0x1F between the three.
//! 2. The key is the first eight bytes of the SHA-256 of this text, as a big-endian number with a sign. SHA-256 gives the
//!    same value on every machine and in every version, and other programs have it too:
//!    `('x' || substr(encode(sha256(convert_to(text, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint` in PostgreSQL.
//!
//! A posting without a company key has no key, because two unknown companies are not one.

use sha2::{Digest, Sha256};

use crate::facts::words::Words;

/// The byte between the parts. No part contains it.
const BETWEEN: &str = "\u{1F}";

/// The key of a posting; `None` if its company is not known. `province_codes` is a list such as `{01,79}`.
///
/// ```
/// use jobinsight_kernels::facts::posting_key;
/// let key = posting_key("Kế Toán - Thuế", Some("abc"), Some("{79,01}"));
/// assert_eq!(key, posting_key("KẾ TOÁN / THUẾ", Some("abc"), Some("{01,79}")));
/// assert_eq!(key, Some(-1_754_648_688_173_916_476));
/// assert_eq!(posting_key("Kế Toán", None, None), None);
/// ```
pub fn posting_key(
    title_clean: &str,
    company_key: Option<&str>,
    province_codes: Option<&str>,
) -> Option<i64> {
    key_of_words(&Words::of(title_clean), company_key, province_codes)
}

/// The key of a posting whose clean title is read as words already.
pub(crate) fn key_of_words(
    title_clean: &Words<'_>,
    company_key: Option<&str>,
    province_codes: Option<&str>,
) -> Option<i64> {
    let company = company_key.filter(|key| !key.is_empty())?;
    let codes = province_codes.unwrap_or_default();
    let codes = codes.trim_start_matches('{').trim_end_matches('}');
    let mut text = title_clean.joined();
    for part in [BETWEEN, company, BETWEEN] {
        text.push_str(part);
    }
    if codes.contains(',') {
        let mut codes: Vec<&str> = codes.split(',').filter(|code| !code.is_empty()).collect();
        codes.sort_unstable();
        codes.dedup();
        text.push_str(&codes.join(","));
    } else {
        text.push_str(codes);
    }
    let digest = Sha256::digest(text);
    let first = digest.first_chunk::<8>()?;
    Some(i64::from_be_bytes(*first))
}
