//! Settings that an earlier run recorded.

use std::collections::BTreeMap;

use figment::value::{Dict, Map};
use figment::{Error, Metadata, Profile, Provider};
use serde_json::Value as Json;

use super::values::{from_json, insert};

/// The name of the layer of recorded settings.
pub(super) const RECORD: &str = "record of the run";

/// The settings of an earlier run, by their paths.
pub(super) struct RecordLayer(pub(super) BTreeMap<String, Json>);

impl Provider for RecordLayer {
    fn metadata(&self) -> Metadata {
        Metadata::named(RECORD)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for (key, value) in &self.0 {
            insert(&mut dict, key, from_json(value));
        }
        Ok(Profile::Default.collect(dict))
    }
}
