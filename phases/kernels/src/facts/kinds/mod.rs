//! The facts of a posting, one module for each.
//!
//! # Module order
//! 1. `employment_type`, `languages`, `level`, `number`, `skills`, `work_mode`
//! 2. `experience`

pub(crate) mod employment_type;
pub(crate) mod experience;
pub(crate) mod languages;
pub(crate) mod level;
mod number;
pub(crate) mod skills;
pub(crate) mod work_mode;
