//! `location_detail` → `location_pairs`, location, `location_codes` (normalisation.md, the section of that name).

use std::collections::HashSet;

use super::{html, provinces};
use crate::text::clean;

/// Separators between two `Place: detail` of one line.
const BETWEEN: [char; 6] = ['-', '–', '—', ';', '|', '•'];

/// The pairs of a `location_detail`: `Place: detail`, or a line without a colon, in order and without repeats.
///
/// A line that lists several places is split before each province's name that is followed by a colon.
///
/// ```
/// use jobinsight_data_processing::standard::place::pairs;
/// assert_eq!(
///     pairs("<ul><li><b>Huế</b>: 1 Lê Lợi</li><li>Hưng Yên: A - Quảng Ninh: B</li></ul>"),
///     ["Huế: 1 Lê Lợi", "Hưng Yên: A", "Quảng Ninh: B"]
/// );
/// ```
pub fn pairs(detail: &str) -> Vec<String> {
    let text = html::to_text(detail);
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for line in text.split(['\n', '\r']) {
        let line = clean(line);
        for part in split_before_provinces(&line) {
            if let Some(pair) = pair(part)
                && seen.insert(pair.clone())
            {
                pairs.push(pair);
            }
        }
    }
    pairs
}

/// Cuts a clean line before every `<province>:` that stands after a separator.
fn split_before_provinces(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (colon, _) in line.match_indices(':') {
        // The name before the colon begins after the nearest separator that leaves a province; `Bà Rịa - Vũng Tàu` holds
        // one itself, so the farther of the last two is tried too.
        // Only as much is read as a province's name can take, so that a line of colons costs no more than its length.
        let mut window = colon.saturating_sub(provinces::LONGEST_BYTES).max(start);
        while !line.is_char_boundary(window) {
            window += 1;
        }
        let before = &line[window..colon];
        let mut found = None;
        for (at, sign) in before.rmatch_indices(BETWEEN).take(2) {
            if provinces::find(&before[at + sign.len()..]).is_some() && spaced(before, at, sign) {
                found = Some((at, at + sign.len()));
            }
        }
        if let Some((end, next)) = found {
            // A half of a province's name is no separator: `Bà Rịa - Vũng Tàu: x` is one place.
            if provinces::find(before).is_none() {
                parts.push(&line[start..window + end]);
                start = window + next;
            }
        }
    }
    parts.push(&line[start..]);
    parts
}

/// A dash separates only with a space beside it; the other signs always do.
fn spaced(text: &str, at: usize, sign: &str) -> bool {
    sign != "-" || text[..at].ends_with(' ') || text[at + sign.len()..].starts_with(' ')
}

/// One part as a pair; nothing where it is empty, or where a colon has one side only and that is no place.
fn pair(part: &str) -> Option<String> {
    let part = part.trim_matches(|c: char| c == ' ' || BETWEEN.contains(&c));
    if !part.chars().any(char::is_alphanumeric) {
        return None;
    }
    let Some((place, detail)) = part.split_once(':') else {
        return Some(part.to_owned());
    };
    match (place.trim(), detail.trim()) {
        ("", side) | (side, "") => provinces::find(side).map(|_| side.to_owned()),
        (place, detail) => Some(format!("{place}: {detail}")),
    }
}

/// The location of a posting: the distinct places of the pairs where it names several (`&`, `N nơi khác`), else what it was;
/// provinces are written one way.
///
/// ```
/// use jobinsight_data_processing::standard::place::refine;
/// let pairs = ["TP.HCM: A".to_owned(), "Huế: B".to_owned(), "Hồ Chí Minh: C".to_owned()];
/// assert_eq!(refine("Hồ Chí Minh & 2 nơi khác", &pairs), "Hồ Chí Minh, Huế");
/// assert_eq!(refine("Sài Gòn", &pairs), "Hồ Chí Minh");
/// ```
pub fn refine(location: &str, pairs: &[String]) -> String {
    let location = clean(location);
    if names_several(&location) {
        let mut seen = HashSet::new();
        let places: Vec<&str> = pairs
            .iter()
            .filter_map(|pair| place_of(pair))
            .filter(|place| seen.insert(*place))
            .collect();
        if !places.is_empty() {
            return places.join(", ");
        }
    }
    let mut out = String::with_capacity(location.len());
    for (item, separator) in items(&location) {
        out.push_str(provinces::find(item).map_or(item, |province| province.name));
        out.push_str(separator);
    }
    out
}

/// The ISO 3166-2:VN codes of the places of a location that are provinces, in its order and without repeats.
///
/// ```
/// use jobinsight_data_processing::standard::place::codes;
/// assert_eq!(codes("Hà Nội, Nhật Bản, TP HCM"), ["VN-HN", "VN-SG"]);
/// ```
pub fn codes(location: &str) -> Vec<&'static str> {
    let location = clean(location);
    let mut codes = Vec::new();
    for (item, _) in items(&location) {
        // 63 codes at most, so a scan is as good as a set.
        if let Some(province) = provinces::find(item)
            && !codes.contains(&province.code)
        {
            codes.push(province.code);
        }
    }
    codes
}

fn names_several(location: &str) -> bool {
    location.contains('&') || location.to_lowercase().contains("nơi khác")
}

/// The place that a pair speaks of: the province before its colon (or the words there), or a line that is a place itself.
fn place_of(pair: &str) -> Option<&str> {
    match pair.split_once(':') {
        Some((place, _)) => {
            let place = place.trim();
            Some(provinces::find(place).map_or(place, |province| province.name))
                .filter(|place| !place.is_empty())
        }
        // A line without a colon may be an address, which is no place of the list: addresses have numbers and commas.
        None => provinces::find(pair)
            .map(|province| province.name)
            .or_else(|| {
                let short = pair.split(' ').count() <= 4 && !pair.contains([',', '.', '&']);
                (short && !pair.chars().any(char::is_numeric)).then_some(pair)
            }),
    }
}

/// The items of a location with the separator that follows each; a province's own dash does not separate.
fn items(location: &str) -> Vec<(&str, &str)> {
    let mut items = Vec::new();
    let mut start = 0;
    for (at, sign) in location.match_indices([',', ';', '&', '/', '|']) {
        push_item(
            &mut items,
            &location[start..at],
            &location[at..at + sign.len()],
        );
        start = at + sign.len();
    }
    push_item(&mut items, &location[start..], "");
    items
}

fn push_item<'a>(items: &mut Vec<(&'a str, &'a str)>, text: &'a str, separator: &'a str) {
    let trimmed = text.trim();
    let lead = text.len() - text.trim_start().len();
    let tail = &text[lead + trimmed.len()..];
    items.push(("", &text[..lead]));
    if provinces::find(trimmed).is_none() && trimmed.contains(" - ") {
        for (index, part) in trimmed.split(" - ").enumerate() {
            if index > 0 {
                items.push(("", " - "));
            }
            items.push((part, ""));
        }
    } else {
        items.push((trimmed, ""));
    }
    items.push(("", tail));
    items.push(("", separator));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_follow_the_specification() {
        let cases: [(&str, &[&str]); 17] = [
            ("Hà Nội: A\nHuế: B", &["Hà Nội: A", "Huế: B"]),
            ("<div>Hà Nội: A<br/>Huế: B</div>", &["Hà Nội: A", "Huế: B"]),
            (
                "<b>Hà Nội</b>: <i>Cầu Giấy</i>, Đống Đa",
                &["Hà Nội: Cầu Giấy, Đống Đa"],
            ),
            (
                "Hưng Yên: A - Quảng Ninh: B",
                &["Hưng Yên: A", "Quảng Ninh: B"],
            ),
            (
                "Bà Rịa - Vũng Tàu: A - Hà Nội: B",
                &["Bà Rịa - Vũng Tàu: A", "Hà Nội: B"],
            ),
            (
                "Hà Nội: A - Bà Rịa - Vũng Tàu: B",
                &["Hà Nội: A", "Bà Rịa - Vũng Tàu: B"],
            ),
            ("Hà Nội: Tòa A - Số 5: x", &["Hà Nội: Tòa A - Số 5: x"]),
            ("Hà Nội : A\u{a0}", &["Hà Nội: A"]),
            ("Hà Nội:", &["Hà Nội"]),
            (": Hà Nội", &["Hà Nội"]),
            ("Địa chỉ:", &[]),
            (": :", &[]),
            ("Hà Nội: A<br>Hà Nội: A", &["Hà Nội: A"]),
            (
                "<script>x:y</script><style>p{}</style><!-- c: d -->Huế",
                &["Huế"],
            ),
            ("<p>Hà&nbsp;Nội: A &amp; B</p>", &["Hà Nội: A & B"]),
            ("<p>Hà Nội:\n A</p>", &["Hà Nội: A"]),
            ("", &[]),
        ];
        for (given, wanted) in cases {
            assert_eq!(pairs(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn locations_follow_the_specification() {
        let pairs = vec![
            "Hưng Yên: A".to_owned(),
            "Thừa Thiên Huế".to_owned(),
            "Hưng Yên: B".to_owned(),
        ];
        for (given, wanted) in [
            ("Hưng Yên & 2 nơi khác", "Hưng Yên, Huế"),
            ("Hà Nội, 2 nơi khác", "Hưng Yên, Huế"),
            ("Hà Nội, Hồ Chí Minh", "Hà Nội, Hồ Chí Minh"),
            ("Bà Rịa-Vũng Tàu, Khánh Hoà", "Bà Rịa - Vũng Tàu, Khánh Hòa"),
            ("TP HCM", "Hồ Chí Minh"),
            ("Nhật Bản", "Nhật Bản"),
        ] {
            assert_eq!(refine(given, &pairs), wanted, "{given:?}");
            assert_eq!(
                refine(&refine(given, &pairs), &pairs),
                wanted,
                "{given:?} again"
            );
        }
        assert_eq!(refine("HCM & 2 nơi khác", &[]), "Hồ Chí Minh & 2 nơi khác");
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        let nested = "<div>".repeat(10_000) + "Huế: 1" + &"</div>".repeat(10_000);
        assert_eq!(pairs(&nested), ["Huế: 1"]);
        for unit in [
            "<a ",
            "<!--",
            "&",
            "Hà Nội: - ",
            "::::",
            "- ",
            "<b><i>",
            "x: y\n",
        ] {
            let page = unit.repeat(200_000 / unit.len());
            let _ = pairs(&page);
            let _ = crate::v1::extract_location_info(&page);
        }
    }
}
