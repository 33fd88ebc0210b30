//! Settings from the command line.

use figment::value::{Dict, Map};
use figment::{Error, Metadata, Profile, Provider};

use super::values::{from_json, insert};
use crate::settings::Flag;

/// The name of the layer of flags.
pub(super) const COMMAND_LINE: &str = "command line";

/// The settings that were given as flags.
pub(super) struct Flags(pub(super) Vec<Flag>);

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named(COMMAND_LINE)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for flag in &self.0 {
            insert(&mut dict, flag.key, from_json(&flag.value));
        }
        Ok(Profile::Default.collect(dict))
    }
}
