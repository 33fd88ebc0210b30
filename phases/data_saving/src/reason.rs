//! The reason of a row that PostgreSQL refused, as one word.

use tokio_postgres::error::SqlState;

/// The reason of a row for which the staging table has no partition.
pub(crate) const NO_PARTITION: &str = "no_partition";

/// The reason of a row that PostgreSQL refused.
pub(crate) fn reason(error: &tokio_postgres::Error) -> &'static str {
    match error.code().map(SqlState::code) {
        // A violated constraint has a name.
        Some("23514")
            if error
                .as_db_error()
                .is_some_and(|error| error.table().is_some() && error.constraint().is_none()) =>
        {
            NO_PARTITION
        }
        Some("22001") => "too_long",
        Some("23502") => "value_missing",
        Some("22P05" | "22021") => "bad_character",
        _ => "refused_by_database",
    }
}
