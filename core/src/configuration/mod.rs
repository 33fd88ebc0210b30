//! Reads the settings of a program and of all linked phases. A flag overrides the environment, which overrides the file,
//! which overrides the default.

mod env;
mod flags;
mod keys;
mod load;
mod origins;
mod recorded;
mod schema;
mod values;

pub use load::{load, with_recorded};
pub use origins::{Origin, origins};
pub use schema::schema;
