//! `extract_location_info` and `refine_location` of the Python pipeline.

use super::chars::strip;
use super::soup;

/// The lines of a `location_detail`, each as `key: value`, or unchanged if it has no colon. A line with an empty key or
/// value is dropped.
///
/// The old pipeline put a line break at every tag, so `<b>Hà Nội</b>: Cầu Giấy` becomes `Hà Nội`, and the address is lost.
pub fn extract_location_info(html: &str) -> Vec<String> {
    let text = soup::get_text(html);
    let mut pairs = Vec::new();
    for line in text.split('\n').map(strip).filter(|line| !line.is_empty()) {
        match line.split_once(':') {
            Some((key, value)) => {
                let (key, value) = (strip(key), strip(value));
                if !key.is_empty() && !value.is_empty() {
                    pairs.push(format!("{key}: {value}"));
                }
            }
            None => pairs.push(line.to_owned()),
        }
    }
    pairs
}

/// The distinct places of the pairs if the location names several (`&`), else the location unchanged.
pub fn refine_location(location: &str, pairs: &[impl AsRef<str>]) -> String {
    if !location.contains('&') || pairs.is_empty() {
        return location.to_owned();
    }
    // A hostile page may list millions of places. With a set, the time is linear.
    let mut seen = std::collections::HashSet::new();
    let mut out = String::new();
    for pair in pairs {
        let pair = pair.as_ref();
        let place = strip(pair.split(':').next().unwrap_or(pair));
        if !place.is_empty() && seen.insert(place) {
            if !out.is_empty() {
                out.push_str(", ");
            }
            out.push_str(place);
        }
    }
    out
}
