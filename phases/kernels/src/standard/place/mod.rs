//! `location_detail` → `location_pairs`; location and pairs → location, its codes, and `places` (normalisation.md, the
//! section of that name).
//!
//! A detail, which is HTML or plain text, becomes pairs `Place: address`:
//!
//! 1. **Lines** (`html`): lay the page out in lines as a browser would.
//! 2. **Clean** each line ([`crate::text::clean`]).
//! 3. **Cut** each line (`cut`): before each province that is followed by a colon and preceded by a separator. Remove the
//!    text of buttons, and spell the province before the colon by its one name.
//! 4. **Drop repeats**: a pair that was met before in the same detail is dropped.
//!
//! A location is written one way (`location`):
//!
//! 5. **Find** the places that it names, wherever they are in the text (`scan`).
//! 6. **Spell** each province by its one name, and collect the provinces' codes.
//! 7. **Name them all**: a location that stands for several places without naming them (`&`, `nơi khác`) is replaced by
//!    the distinct places of the pairs, if the pairs name any.
//!
//! The places in parts (`parts`) come from the pairs (`address`), and from the location where no pair names them. They give
//! the codes if the location names no province.
//!
//! Example: the location `Hưng Yên & 1 nơi khác` and the detail `<p>Hưng Yên: A - Thừa Thiên - Huế: B</p>`
//!
//! | step | result |
//! |---|---|
//! | lines, clean | `Hưng Yên: A - Thừa Thiên - Huế: B` |
//! | cut | `Hưng Yên: A`, `Huế: B`; the dash within `Thừa Thiên - Huế` does not separate |
//! | find, spell | `Hưng Yên & 1 nơi khác` |
//! | name them all | `Hưng Yên, Huế` with the codes `VN-66`, `VN-26` |

mod address;
mod cut;
mod finder;
mod html;
mod location;
mod pair_text;
mod pairs;
mod parts;
mod plain_list;
mod scan;
mod text_words;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use self::finder::ProvinceFinder;
pub use self::location::Location;
use self::pairs::PairCaches;
pub use self::pairs::{Detail, Pair};
pub use self::parts::Place;
pub(crate) use self::parts::ProvinceSet;
pub use crate::rules::place::PlaceRules;
pub use crate::rules::place::provinces::{Province, Provinces};
use crate::steps::Step;
use crate::text;

/// The pairs of a `location_detail`: `Place: address`, or a line without a colon, in order and without repeats.
///
/// A line that lists several places is cut before the name of each province that is followed by a colon.
///
/// ```
/// use jobinsight_kernels::standard::place::pairs;
/// assert_eq!(
///     pairs("<ul><li><b>Huế</b>: 1 Lê Lợi</li><li>Hưng Yên: A - Quảng Ninh: B</li></ul>"),
///     ["Huế: 1 Lê Lợi", "Hưng Yên: A", "Quảng Ninh: B"]
/// );
/// ```
pub fn pairs(detail: &str) -> Vec<String> {
    let pairs = with_shipped(|places| places.detail(detail).pairs);
    pairs.iter().map(|pair| (***pair).to_owned()).collect()
}

/// The location of a posting: the distinct places of the pairs if the location stands for several places (`&`,
/// `N nơi khác`), else the location itself. Each province is spelled one way.
///
/// ```
/// use jobinsight_kernels::standard::place::refine;
/// let pairs = ["TP.HCM: A".to_owned(), "Huế: B".to_owned(), "Hồ Chí Minh: C".to_owned()];
/// assert_eq!(refine("Hồ Chí Minh & 2 nơi khác", &pairs), "Hồ Chí Minh, Huế");
/// assert_eq!(refine("Sài Gòn", &pairs), "Hồ Chí Minh");
/// ```
pub fn refine(location: &str, pairs: &[String]) -> String {
    with_shipped(|engine| {
        let pairs = engine.pairs(pairs);
        engine.refine(location, &pairs).text
    })
}

/// The ISO 3166-2:VN codes of the provinces that a location names, in its order and without repeats.
///
/// ```
/// use jobinsight_kernels::standard::place::codes;
/// assert_eq!(codes("Hà Nội, Nhật Bản, TP HCM"), ["VN-HN", "VN-SG"]);
/// ```
pub fn codes(location: &str) -> Vec<String> {
    with_shipped(|engine| {
        let provinces = engine.location(location).provinces;
        let code = |number| engine.rules().provinces.province(number).code.to_string();
        provinces.into_iter().map(code).collect()
    })
}

/// The places of a posting in parts. First come the places of the pairs. Then come the places of the location that no pair
/// names.
///
/// ```
/// use jobinsight_kernels::standard::place::places;
/// let pairs = ["Hồ Chí Minh: 12 Lê Lợi, Quận 1".to_owned()];
/// let [place, other] = &*places("Hồ Chí Minh, Huế", &pairs) else { unreachable!() };
/// assert_eq!(place.name.as_deref(), Some("Hồ Chí Minh"));
/// assert_eq!((place.code.as_deref(), place.province.as_deref()), (Some("VN-SG"), Some("79")));
/// assert_eq!(place.district.as_deref(), Some("Quận 1"));
/// assert_eq!(place.address.as_deref(), Some("12 Lê Lợi, Quận 1"));
/// assert_eq!(other.name.as_deref(), Some("Huế"));
/// ```
pub fn places(location: &str, pairs: &[String]) -> Vec<Place> {
    with_shipped(|engine| {
        let pairs = engine.pairs(pairs);
        let location = engine.refine(location, &pairs);
        let places = engine.places(&location, &pairs).into_iter();
        places.map(Cow::into_owned).collect()
    })
}

fn with_shipped<T>(work: impl FnOnce(&mut Places) -> T) -> T {
    thread_local! {
        static SHIPPED: RefCell<Places> = RefCell::new(Places::new(Arc::clone(PlaceRules::shipped())));
    }
    SHIPPED.with_borrow_mut(work)
}

/// Reads the places of postings.
pub struct Places {
    finder: ProvinceFinder,
    caches: PairCaches,
}

const HTML: &str = "HTML becomes the lines that a browser shows";
const PAIRS: &str = "lines become pairs `Place: detail`: cut before each province with a colon, without buttons and repeats";
const TOGETHER: &str = "the places of the location, each spelled one way";
const SEVERAL: &str = "the location stands for several places (`&`, `nơi khác`), so the places of the pairs replace it";

impl Places {
    /// An engine with the given rules.
    pub fn new(rules: Arc<PlaceRules>) -> Self {
        Self::with(ProvinceFinder::new(rules))
    }

    fn with(finder: ProvinceFinder) -> Self {
        Self {
            finder,
            caches: PairCaches::new(),
        }
    }

    /// Reads a `location_detail`: steps 1 to 4.
    pub fn detail(&mut self, detail: &str) -> Detail {
        pairs::read(detail, &mut self.caches, &mut self.finder)
    }

    /// Pairs that are texts.
    fn pairs(&mut self, pairs: &[String]) -> Vec<Arc<Pair>> {
        let pair = |text: &String| Arc::new(Pair::new(text, None, &mut self.finder));
        pairs.iter().map(pair).collect()
    }

    /// Writes a location one way: steps 5 and 6.
    pub fn location(&mut self, location: &str) -> Location {
        location::read(location, &mut self.finder)
    }

    /// The location of a posting with the given pairs: steps 5 to 7. See [`refine`].
    pub fn refine(&mut self, location: &str, pairs: &[Arc<Pair>]) -> Location {
        let location = self.location(location);
        let named = location_of_pairs(pairs);
        if location.stands_for_several && !named.is_empty() {
            return self.location(&named);
        }
        location
    }

    /// Adds the ISO codes of some provinces, joined by commas.
    pub(crate) fn write_codes(&self, provinces: &[u8], out: &mut String) {
        location::write_codes(provinces, &self.finder, out);
    }

    /// Adds the codes of today's provinces that contain some provinces, joined by commas.
    pub(crate) fn write_province_codes(&self, provinces: &[u8], out: &mut String) {
        location::write_province_codes(provinces, &self.finder, out);
    }

    /// The rules.
    pub(crate) fn rules(&self) -> &PlaceRules {
        self.finder.rules()
    }

    /// The places of a posting in parts, in the order of [`places`]. An address that names no province is in the province of
    /// the location, if the location names exactly one.
    pub fn places<'a>(
        &mut self,
        location: &'a Location,
        pairs: &'a [Arc<Pair>],
    ) -> Vec<Cow<'a, Place>> {
        let mut numbers = location.places.iter().filter_map(Place::number);
        let first = numbers.next();
        let only = first.filter(|first| numbers.all(|number| number == *first));
        let mut places = Vec::new();
        for pair in pairs {
            match only {
                Some(only) if pair.is_open => {
                    let within = pairs::places_within(pair, only, &mut self.finder);
                    places.extend(within.into_iter().map(Cow::Owned));
                }
                _ => places.extend(pair.places.iter().map(Cow::Borrowed)),
            }
        }
        let of_pairs = places.len();
        for place in &location.places {
            let is_named = |other: &Cow<'_, Place>| match place.number {
                Some(number) => other.number == Some(number),
                None => other.name == place.name,
            };
            // A text that is not a place of its own says nothing that an address does not say.
            let is_new = place.number.is_some() || of_pairs == 0 || location.is_known;
            if is_new && !places[..of_pairs].iter().any(is_named) {
                places.push(Cow::Borrowed(place));
            }
        }
        places
    }

    /// The steps that lead from a detail to its pairs and from a location to the one that is stored.
    pub(crate) fn explain(
        rules: &Arc<PlaceRules>,
        detail: &str,
        location: &str,
    ) -> (Vec<Step>, Vec<Step>) {
        let recording = || Self::with(ProvinceFinder::recording(Arc::clone(rules)));
        // Two engines, because the steps of a field show only its own lookups.
        let (mut of_detail, mut of_location) = (recording(), recording());
        let pairs = of_detail.detail(detail).pairs;
        let mut made = of_location.location(location);
        let mut rule = TOGETHER;
        let named = location_of_pairs(&pairs);
        if made.stands_for_several && !named.is_empty() {
            of_location = recording();
            made = of_location.location(&named);
            rule = SEVERAL;
        }

        let page = pairs::page(detail);
        let mut detail_steps = Vec::new();
        if let Some(page) = &page {
            detail_steps.push(Step::new(HTML, detail, page));
        }
        let texts: Vec<&str> = pairs.iter().map(|pair| &***pair).collect();
        let cut = Step::new(PAIRS, page.as_deref().unwrap_or(detail), texts.join("\n"));
        detail_steps.extend(of_detail.finder.spelled());
        detail_steps.push(cut.by(of_detail.finder.lines()));
        let cleaned = text::clean(location);
        let mut location_steps = vec![Step::new(text::CLEAN, location, &*cleaned)];
        location_steps.extend(of_location.finder.spelled());
        let last = location_steps.last();
        if !last.is_some_and(|step| step.before == cleaned && step.after == made.text) {
            location_steps.push(Step::new(rule, &*cleaned, made.text));
        }
        for steps in [&mut detail_steps, &mut location_steps] {
            steps.retain(|step| step.before != step.after);
        }
        (detail_steps, location_steps)
    }
}

/// The location that consists of the distinct places of some pairs: step 7. Empty if the pairs name no place.
pub(crate) fn location_of_pairs(pairs: &[Arc<Pair>]) -> Cow<'_, str> {
    pairs::join(pairs)
}

#[cfg(test)]
mod tests;
