//! The job boards of the labelled postings.

/// The two letters at the start of a key name the crawl. This table says which board was crawled. A key of digits alone is
/// one of TopCV.
const CRAWLS: [(&str, &str); 18] = [
    ("dv", "TopCV"),
    ("et", "TopCV"),
    ("nt", "TopCV"),
    ("tb", "TopCV"),
    ("tbx", "TopCV"),
    ("te", "TopCV"),
    ("", "TopCV"),
    ("nc", "CareerViet"),
    ("nv", "CareerViet"),
    ("tq", "CareerViet"),
    ("hl", "Vieclam24h"),
    ("nl", "Vieclam24h"),
    ("ev", "VietnamWorks"),
    ("tv", "VietnamWorks"),
    ("kv", "ITviec"),
    ("lc", "ITviec"),
    ("el", "LinkedIn"),
    ("nj", "JobStreet"),
];

/// The board of a key, or `others`.
pub(super) fn board(key: &str) -> &'static str {
    let letters = key
        .find(|c: char| !c.is_ascii_lowercase())
        .map_or(key, |end| &key[..end]);
    CRAWLS
        .iter()
        .find(|(crawl, _)| *crawl == letters)
        .map_or("others", |(_, board)| board)
}
