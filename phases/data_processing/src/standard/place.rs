//! `location_detail` → `location_pairs`, location, `location_codes` (normalisation.md, the section of that name).

mod location;
mod pairs;

use std::cell::RefCell;
use std::sync::Arc;

use self::location::Locations;
use self::pairs::Pairs;
pub use super::provinces::{PROVINCES, Province, Provinces};
use crate::memo::Memo;

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
    with_shipped(|places| {
        places.read(detail);
        places.pairs().map(str::to_owned).collect()
    })
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
    with_shipped(|places| {
        places.pairs.set(pairs);
        let (refined, _) = places.refine(location);
        refined.to_owned()
    })
}

/// The ISO 3166-2:VN codes of the places of a location that are provinces, in its order and without repeats.
///
/// ```
/// use jobinsight_data_processing::standard::place::codes;
/// assert_eq!(codes("Hà Nội, Nhật Bản, TP HCM"), ["VN-HN", "VN-SG"]);
/// ```
pub fn codes(location: &str) -> Vec<String> {
    with_shipped(|places| {
        places.pairs.set(&[]);
        let (_, literal) = places.refine(location);
        let codes = literal.trim_matches(['{', '}']).split(',');
        codes
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect()
    })
}

fn with_shipped<T>(work: impl FnOnce(&mut Places) -> T) -> T {
    thread_local! {
        static SHIPPED: RefCell<Places> = RefCell::new(Places::new(Arc::clone(Provinces::shipped())));
    }
    SHIPPED.with_borrow_mut(work)
}

/// A place that a pair speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Province(u8),
    /// A place that is no province.
    Other(&'a str),
}

/// Provinces by the texts that named them: there are few, and each comes in thousands of rows.
struct Names {
    provinces: Arc<Provinces>,
    known: Memo<Option<u8>>,
}

impl Names {
    /// The number of the province that a text names, if it names one and nothing else.
    fn find(&mut self, text: &str) -> Option<u8> {
        if text.len() > super::provinces::LONGEST_BYTES {
            return None;
        }
        let hash = self.known.hash(text);
        if let Some(known) = self.known.get(hash, text) {
            return known;
        }
        if self.known.is_full() {
            self.known.clear();
        }
        let found = self.provinces.number(text);
        self.known.insert(hash, text, found);
        found
    }

    fn name(&self, province: u8) -> &str {
        &self.provinces.province(province).name
    }

    fn code(&self, province: u8) -> &str {
        &self.provinces.province(province).code
    }
}

/// Reads the places of many postings, in buffers of its own.
pub struct Places {
    names: Names,
    pairs: Pairs,
    locations: Locations,
}

impl Places {
    /// One that knows nothing yet.
    pub fn new(provinces: Arc<Provinces>) -> Self {
        Self {
            names: Names {
                provinces,
                known: Memo::new(),
            },
            pairs: Pairs::default(),
            locations: Locations::new(),
        }
    }

    /// Reads the pairs of a `location_detail`; see [`pairs`]. Tells whether the page held U+0000.
    pub fn read(&mut self, detail: &str) -> bool {
        self.pairs.read(detail, &mut self.names)
    }

    /// The pairs that were read.
    pub fn pairs(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter()
    }

    /// Writes the pairs that were read as a JSON array into a buffer, which is emptied first.
    pub fn json_into(&self, out: &mut String) {
        self.pairs.json_into(out);
    }

    /// The location beside the pairs that were read, and the codes of its provinces as an array literal of PostgreSQL; see
    /// [`refine`] and [`codes`].
    pub fn refine(&mut self, location: &str) -> (&str, &str) {
        let known = self.locations.read(location, &mut self.names);
        if known.several() {
            let places = self.pairs.places(&mut self.names);
            if !places.is_empty() {
                return self.locations.join(&places, &mut self.names);
            }
        }
        self.locations.texts(known)
    }
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
