//! The settings: the common ones, those of a phase, and custom rules. The [configuration](crate::configuration) reads
//! them.

mod common;
mod custom_rules;
mod figment_error;
mod limits;
mod line_digest;
mod loaded;
pub(crate) mod position;
mod rule_table;
mod schema;
mod sections;
mod variable;

pub use common::{DEFAULT_LANES, LogFormat, MAX_LANES, RuleSet, Settings, quote};
pub use custom_rules::{CustomRules, CustomTable, unknown_table};
pub(crate) use figment_error::{explain, show_value};
pub use line_digest::tables_digest;
pub use loaded::{EnvNote, Flag, Loaded};
pub use rule_table::{RuleTable, removed_line, rule_lines};
pub(crate) use schema::schema_of;
pub use sections::{
    Database, Import, Ledger, Metrics, Notify, NotifyEvent, NotifyFormat, OpenLineage, Raw,
    Staging, Upstream, Warn,
};
pub(crate) use variable::{ENVIRONMENT, STANDARD_ENVIRONMENT, STANDARD_VARIABLES, name_of};
