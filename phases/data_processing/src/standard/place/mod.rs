//! `location_detail` → `location_pairs`, location, `location_codes` (normalisation.md, the section of that name).

mod cut;
mod lines;
mod location;
mod names;
mod pairs;

use std::cell::RefCell;
use std::sync::Arc;

use jobinsight_core::explain::Step;

use self::location::{Known, Locations};
use self::names::Names;
use self::pairs::Pairs;
use crate::memo::Memo;
pub use crate::rules::provinces::{PROVINCES, Province, Provinces};
use crate::text;

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
        places.pairs.read(detail, &mut places.names);
        places.pairs.iter().map(str::to_owned).collect()
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
        let (refined, _) = places.beside(location);
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
        let (_, literal) = places.beside(location);
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

/// Reads the places of many postings, in buffers of its own. The postings of a company have one address or a few, so that
/// details come again like names: what was made of them is remembered, within bounds.
pub struct Places {
    names: Names,
    pairs: Pairs,
    locations: Locations,
    details: Memo<Detail>,
    /// What was made of the details.
    json: String,
}

/// What was made of a detail.
#[derive(Debug, Clone, Copy)]
struct Detail {
    start: u32,
    end: u32,
    nul: bool,
}

/// The places of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived<'a> {
    /// The pairs, as a JSON array; see [`pairs`].
    pub pairs: &'a str,
    /// The location; see [`refine`].
    pub location: &'a str,
    /// The codes of its provinces, as an array literal of PostgreSQL; see [`codes`].
    pub codes: &'a str,
    /// Whether the page held U+0000.
    pub nul_dropped: bool,
}

/// What was done to the places of a posting.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) detail: Vec<Step>,
    pub(crate) location: Vec<Step>,
}

const HTML: &str = "HTML becomes the lines that a browser shows";
const PAIRS: &str =
    "lines become pairs `Place: detail`: cut before each province with a colon, without repeats";
const TOGETHER: &str = "its places, each spelled one way";
const SEVERAL: &str = "it names several places without all their names (`&`, `nơi khác`): those of the pairs take its place";

/// The details of a usual batch, for which a memo need not grow.
const ROOM: usize = 1 << 11;
/// Bytes of remembered details at which all is forgotten.
const MOST_BYTES: usize = 1 << 21;

impl Places {
    /// One that knows nothing yet.
    pub fn new(provinces: Arc<Provinces>) -> Self {
        Self {
            names: Names::new(provinces),
            pairs: Pairs::new(),
            locations: Locations::new(),
            details: Memo::with_room(ROOM, 256),
            json: String::with_capacity(ROOM * 256),
        }
    }

    /// The places of a posting by its `location_detail` and its location.
    pub fn derive(&mut self, detail: &str, location: &str) -> Derived<'_> {
        let (Detail { start, end, nul }, fresh) = self.detail(detail);
        let known = self.locations.read(location, &mut self.names);
        if !fresh && known.several() {
            self.pairs.read(detail, &mut self.names);
        }
        let json = &self.json[start as usize..end as usize];
        let (location, codes) =
            refine_beside(&mut self.pairs, &mut self.locations, &mut self.names, known);
        Derived {
            pairs: json,
            location,
            codes,
            nul_dropped: nul,
        }
    }

    /// What was done to a detail and to a location, by one that has seen nothing yet: what it looked up, it remembers.
    pub(crate) fn tell(provinces: &Arc<Provinces>, detail: &str, location: &str) -> Told {
        let fresh = || Self::new(Arc::clone(provinces));
        let mut places = fresh();
        let made = places.derive(detail, location).location.to_owned();
        // Each by itself, so that what is known was looked up for it.
        let (mut read, mut alone) = (fresh(), fresh());
        read.pairs.read(detail, &mut read.names);
        let known = alone.locations.read(location, &mut alone.names);
        let beside = known.several() && !places.pairs.places(&mut places.names).is_empty();
        let pairs: Vec<&str> = places.pairs.iter().collect();
        let mut told = Told::default();
        let page = places.pairs.page_of(detail);
        if let Some(page) = page {
            told.detail.push(Step::new(HTML, detail, page));
        }
        let cut = Step::new(PAIRS, page.unwrap_or(detail), pairs.join("\n"));
        told.detail.push(cut.by(read.names.lines()));
        let cleaned = text::clean(location);
        told.location
            .push(Step::new(text::CLEAN, location, &*cleaned));
        let (rule, spelled) = if beside {
            let of_pair = |text: &str| {
                let mut named = pairs.iter().filter_map(|pair| pair.split(':').next());
                named.any(|place| place.trim() == text)
            };
            (SEVERAL, places.names.spelled(of_pair))
        } else {
            (TOGETHER, alone.names.spelled(|_| true))
        };
        told.location.extend(spelled);
        let said = told.location.last();
        if !said.is_some_and(|step| step.before == cleaned && step.after == made) {
            told.location.push(Step::new(rule, &*cleaned, made));
        }
        for steps in [&mut told.detail, &mut told.location] {
            steps.retain(|step| step.before != step.after);
        }
        told
    }

    /// The location beside the pairs at hand, and its codes.
    fn beside(&mut self, location: &str) -> (&str, &str) {
        let known = self.locations.read(location, &mut self.names);
        refine_beside(&mut self.pairs, &mut self.locations, &mut self.names, known)
    }

    /// What was made of a detail, and whether its pairs were read just now.
    fn detail(&mut self, detail: &str) -> (Detail, bool) {
        let hash = self.details.hash(detail);
        if let Some(known) = self.details.get(hash, detail) {
            return (known, false);
        }
        if self.details.is_full() || self.json.len() > MOST_BYTES {
            self.details.clear();
            self.json.clear();
        }
        let nul = self.pairs.read(detail, &mut self.names);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let start = place(self.json.len());
        self.pairs.write_json(&mut self.json);
        let made = Detail {
            start,
            end: place(self.json.len()),
            nul,
        };
        self.details.insert(hash, detail, made);
        (made, true)
    }
}

/// A location beside some pairs, and the codes of its provinces.
fn refine_beside<'a>(
    pairs: &mut Pairs,
    locations: &'a mut Locations,
    names: &mut Names,
    known: Known,
) -> (&'a str, &'a str) {
    if known.several() {
        let places = pairs.places(names);
        if !places.is_empty() {
            return locations.join(&places, names);
        }
    }
    locations.texts(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_follow_the_specification() {
        let cases: [(&str, &[&str]); 22] = [
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
            (
                "Hà Nội: A - Thừa Thiên - Huế: B",
                &["Hà Nội: A", "Thừa Thiên - Huế: B"],
            ),
            (
                "Hà Nội: A - TP - Hồ Chí Minh: B",
                &["Hà Nội: A", "TP - Hồ Chí Minh: B"],
            ),
            (
                "Hà Nội: A - Lào Cai - Vũng Tàu: B",
                &["Hà Nội: A - Lào Cai", "Vũng Tàu: B"],
            ),
            ("Hà Nội: Tòa A - Số 5: x", &["Hà Nội: Tòa A - Số 5: x"]),
            ("Huế: A - Hà: Nội: B", &["Huế: A", "Hà: Nội: B"]),
            (
                "Huế: \"A\"\nHuế: \"A\" \\",
                &["Huế: \"A\"", "Huế: \"A\" \\"],
            ),
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
