//! Salaries and deadlines that are generated together with their meaning and parsed by one statement.

mod deadlines;
pub(crate) mod noise;
pub(crate) mod salaries;

use tokio_postgres::Row;

/// The number of texts of each kind.
const TEXTS: usize = 20_000;

/// Fails the test and shows up to 20 texts that were parsed wrongly, with the result of each.
fn assert_none(misses: &[Row], where_at: &str) {
    let shown: Vec<String> = misses
        .iter()
        .take(20)
        .map(|row| format!("{:?} gave {}", row.get::<_, &str>(0), row.get::<_, &str>(1)))
        .collect();
    assert!(
        misses.is_empty(),
        "{where_at} {} misses:\n{}",
        misses.len(),
        shown.join("\n")
    );
}
