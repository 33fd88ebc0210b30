//! Reads the text of a pair: the place that it names, and its places in parts.

use std::sync::Arc;

use super::address;
use super::finder::ProvinceFinder;
use super::parts::Place;

/// A pair that is being read.
pub(super) struct PairText<'a> {
    pair: &'a str,
    /// The text before its colon, or all of it.
    before: &'a str,
    /// The address behind the colon.
    after: Option<&'a str>,
    /// The province that the text before the colon is.
    province: Option<u8>,
}

impl<'a> PairText<'a> {
    /// Finds the colon of a pair, and the province before it, unless both are known.
    pub(super) fn read(
        pair: &'a str,
        known: Option<(usize, u8)>,
        finder: &mut ProvinceFinder,
    ) -> Self {
        if let Some((colon, province)) = known {
            return Self {
                pair,
                before: &pair[..colon],
                after: Some(pair[colon + 1..].trim()),
                province: Some(province),
            };
        }
        let (before, after) = match pair.split_once(':') {
            Some((place, address)) => (place.trim(), Some(address.trim())),
            None => (pair, None),
        };
        Self {
            pair,
            before,
            after,
            province: finder.look_up(before),
        }
    }

    /// The place that the pair names: the province before its colon (or the words there), or a line that is a place itself.
    pub(super) fn named(&self, finder: &ProvinceFinder) -> Option<Arc<str>> {
        if self.before.is_empty() {
            return None;
        }
        if let Some(province) = self.province {
            return Some(Arc::clone(finder.name(province)));
        }
        // A line without a colon may be an address, which does not name a place: addresses have numbers and commas.
        let is_place = self.before.len() < self.pair.len()
            || self.pair.split(' ').nth(4).is_none()
                && !self.pair.contains([',', '.', '&'])
                && !self.pair.chars().any(char::is_numeric);
        is_place.then(|| self.before.into())
    }

    /// The places of the pair in parts.
    pub(super) fn places(
        &self,
        named: Option<&Arc<str>>,
        finder: &mut ProvinceFinder,
    ) -> Vec<Place> {
        let address = || self.after.map(str::to_owned);
        if let Some(province) = self.province {
            let parts = self
                .after
                .map(|address| address::read(address, Some(province), finder));
            let district = parts.and_then(|parts| parts.district);
            let mut place = Place::within(province, district, finder);
            place.address = address();
            return vec![place];
        }
        if finder.rules().words.is_known(self.before) {
            let mut place = Place::other(self.before);
            place.address = address();
            return vec![place];
        }
        let addresses = self.pair.split(';').map(str::trim);
        let addresses = addresses.filter(|address| !address.is_empty());
        let mut places = Vec::with_capacity(1);
        for address in addresses {
            let provinces = address::list(address, finder);
            if provinces.is_empty() {
                places.push(located(address, finder));
            } else {
                let province = |province| Place::within(province, None, finder);
                places.extend(provinces.into_iter().map(province));
            }
        }
        // The words before the colon name the place if the address names no province.
        if let [place] = places.as_mut_slice()
            && place.number.is_none()
            && let Some(name) = named
        {
            place.name = Some(Arc::clone(name));
            place.address = address();
        }
        places
    }
}

/// An address with the province and the district that it names.
fn located(address: &str, finder: &mut ProvinceFinder) -> Place {
    let parts = address::read(address, None, finder);
    let mut place = Place {
        is_open: true,
        ..Place::default()
    };
    if let Some(province) = parts.province {
        place.locate(province, parts.district, finder);
    }
    place.address = Some(address.to_owned());
    place
}
