//! `location_detail` → `location_pairs`; location and pairs → location and `location_codes` (normalisation.md, the section
//! of that name).
//!
//! A detail, which is HTML or plain text, becomes pairs `Place: address`:
//!
//! 1. **Lines** (`html`): lay the page out in lines as a browser would.
//! 2. **Clean** each line ([`crate::text::clean`]).
//! 3. **Cut** each line (`cut`): before each province that is followed by a colon and preceded by a separator.
//! 4. **Drop repeats**: a pair that was met before in the same detail is dropped.
//!
//! A location is written one way (`location`):
//!
//! 5. **Split** the location at `,` `;` `&` `/` `|` and ` - `.
//! 6. **Spell** each item that names a province by the province's one name, and collect the provinces' codes.
//! 7. **Name them all**: a location that stands for several places without naming them (`&`, `nơi khác`) is replaced by
//!    the distinct places of the pairs, if the pairs name any.
//!
//! Example: the location `Hưng Yên & 1 nơi khác` and the detail `<p>Hưng Yên: A - Thừa Thiên - Huế: B</p>`
//!
//! | step | result |
//! |---|---|
//! | lines, clean | `Hưng Yên: A - Thừa Thiên - Huế: B` |
//! | cut | `Hưng Yên: A`, `Thừa Thiên - Huế: B`; the dash within `Thừa Thiên - Huế` does not separate |
//! | split, spell | `Hưng Yên & 1 nơi khác` |
//! | name them all | `Hưng Yên, Huế` with the codes `VN-66`, `VN-26` |

mod cut;
mod finder;
mod html;
mod location;
mod pairs;

use std::cell::RefCell;
use std::sync::Arc;

use jobinsight_core::explain::Step;

use self::finder::ProvinceFinder;
pub use self::location::Location;
pub use self::pairs::Detail;
use crate::cache::Cache;
pub use crate::rules::provinces::{PROVINCES, Province, Provinces};
use crate::text;

/// The pairs of a `location_detail`: `Place: address`, or a line without a colon, in order and without repeats.
///
/// A line that lists several places is cut before the name of each province that is followed by a colon.
///
/// ```
/// use jobinsight_data_processing::standard::place::pairs;
/// assert_eq!(
///     pairs("<ul><li><b>Huế</b>: 1 Lê Lợi</li><li>Hưng Yên: A - Quảng Ninh: B</li></ul>"),
///     ["Huế: 1 Lê Lợi", "Hưng Yên: A", "Quảng Ninh: B"]
/// );
/// ```
pub fn pairs(detail: &str) -> Vec<String> {
    let pairs = with_shipped(|places| places.detail(detail).pairs);
    pairs.iter().map(ToString::to_string).collect()
}

/// The location of a posting: the distinct places of the pairs if the location stands for several places (`&`,
/// `N nơi khác`), else the location itself. Each province is spelled one way.
///
/// ```
/// use jobinsight_data_processing::standard::place::refine;
/// let pairs = ["TP.HCM: A".to_owned(), "Huế: B".to_owned(), "Hồ Chí Minh: C".to_owned()];
/// assert_eq!(refine("Hồ Chí Minh & 2 nơi khác", &pairs), "Hồ Chí Minh, Huế");
/// assert_eq!(refine("Sài Gòn", &pairs), "Hồ Chí Minh");
/// ```
pub fn refine(location: &str, pairs: &[String]) -> String {
    let pairs: Vec<Arc<str>> = pairs.iter().map(|pair| pair.as_str().into()).collect();
    with_shipped(|places| places.refine(location, &pairs).text)
}

/// The ISO 3166-2:VN codes of the provinces that a location names, in its order and without repeats.
///
/// ```
/// use jobinsight_data_processing::standard::place::codes;
/// assert_eq!(codes("Hà Nội, Nhật Bản, TP HCM"), ["VN-HN", "VN-SG"]);
/// ```
pub fn codes(location: &str) -> Vec<String> {
    let codes = with_shipped(|places| places.location(location).codes);
    let codes = codes.split(',').filter(|code| !code.is_empty());
    codes.map(str::to_owned).collect()
}

fn with_shipped<T>(work: impl FnOnce(&mut Places) -> T) -> T {
    thread_local! {
        static SHIPPED: RefCell<Places> = RefCell::new(Places::new(Arc::clone(Provinces::shipped())));
    }
    SHIPPED.with_borrow_mut(work)
}

/// Reads the places of postings.
pub struct Places {
    finder: ProvinceFinder,
    lines: Cache<Vec<Arc<str>>>,
}

const HTML: &str = "HTML becomes the lines that a browser shows";
const PAIRS: &str =
    "lines become pairs `Place: detail`: cut before each province with a colon, without repeats";
const TOGETHER: &str = "the places of the location, each spelled one way";
const SEVERAL: &str = "the location stands for several places (`&`, `nơi khác`), so the places of the pairs replace it";

impl Places {
    /// An engine with the given provinces.
    pub fn new(provinces: Arc<Provinces>) -> Self {
        Self {
            finder: ProvinceFinder::new(provinces),
            lines: Cache::new(),
        }
    }

    /// Reads a `location_detail`: steps 1 to 4.
    pub fn detail(&mut self, detail: &str) -> Detail {
        pairs::read(detail, &mut self.lines, &mut self.finder)
    }

    /// Writes a location one way: steps 5 and 6.
    pub fn location(&mut self, location: &str) -> Location {
        location::read(location, &mut self.finder)
    }

    /// The location that consists of the distinct places of some pairs: step 7. `None` if the pairs name no place.
    pub fn location_of_pairs(&mut self, pairs: &[Arc<str>]) -> Option<Location> {
        let places = pairs::places(pairs, &mut self.finder);
        (!places.is_empty()).then(|| location::join(&places, &mut self.finder))
    }

    /// The location of a posting with the given pairs: steps 5 to 7. See [`refine`].
    pub fn refine(&mut self, location: &str, pairs: &[Arc<str>]) -> Location {
        let location = self.location(location);
        if location.stands_for_several
            && let Some(named) = self.location_of_pairs(pairs)
        {
            return named;
        }
        location
    }

    /// The steps that lead from a detail to its pairs and from a location to the one that is stored.
    pub(crate) fn explain(
        provinces: &Arc<Provinces>,
        detail: &str,
        location: &str,
    ) -> (Vec<Step>, Vec<Step>) {
        let recording = || Self {
            finder: ProvinceFinder::recording(Arc::clone(provinces)),
            lines: Cache::new(),
        };
        // Two engines, because the steps of a field show only its own lookups.
        let (mut of_detail, mut of_location) = (recording(), recording());
        let pairs = of_detail.detail(detail).pairs;
        let mut made = of_location.location(location);
        let mut named = None;
        if made.stands_for_several {
            let mut of_pairs = recording();
            named = of_pairs.location_of_pairs(&pairs).inspect(|_| {
                of_location = of_pairs;
            });
        }
        let rule = if named.is_some() { SEVERAL } else { TOGETHER };
        made = named.unwrap_or(made);

        let page = pairs::page(detail);
        let mut detail_steps = Vec::new();
        if let Some(page) = &page {
            detail_steps.push(Step::new(HTML, detail, page));
        }
        let cut = Step::new(PAIRS, page.as_deref().unwrap_or(detail), pairs.join("\n"));
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

#[cfg(test)]
mod tests;
