//! The rule tables: words, phrases and names as data, compiled in from `tables/*.txt` or added by a user.
//!
//! A table is read once and compiled into a form that is quick to look up. Nothing here knows the engines that use the
//! rules; those are in [`crate::standard`].

pub(crate) mod company;
pub(crate) mod place;
pub(crate) mod shipped;
pub(crate) mod source;
pub(crate) mod title;
