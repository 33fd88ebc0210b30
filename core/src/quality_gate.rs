//! The quality gate: the check that stops a run when too many rows are rejected.

use crate::advice;
use crate::plural::{are, counted};
use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{EtlError, Reject, Result, codes};

/// The rows that the quality gate judges: the rows of this run, and of runs that failed since the last run that published all
/// of its batches. A run that was killed and its successor are thereby judged like one run without a failure.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// All rows.
    pub rows: u64,
    /// Rejected rows among them.
    pub rejected: u64,
    /// Rows of the failed runs before this one.
    pub rows_before: u64,
    /// Rejected rows among those, except the ones that this run processes again.
    pub rejected_before: u64,
}

/// Lets a batch with these rejects pass, or returns the error that stops the run.
pub(crate) fn pass(judged: &Judged, threshold: f64, rejects: &[Reject]) -> Result<()> {
    let allowed = allowed(judged.rows, threshold);
    if judged.rejected <= allowed {
        return Ok(());
    }
    let mut reasons = BTreeMap::<String, (u64, &str)>::new();
    for reject in rejects {
        let entry = reasons
            .entry(format!("{} ({})", reject.reason, reject.field))
            .or_insert((0, &reject.key));
        entry.0 += 1;
    }
    let reasons: Vec<String> = reasons
        .into_iter()
        .map(|(reason, (count, key))| format!("{count} × {reason}, such as {key}"))
        .collect();
    let mut message = format!(
        "{} of {} {} rejected, and integrity_threshold = {threshold} allows {allowed}; nothing more is published. In this batch: {}",
        judged.rejected,
        counted(judged.rows, "row"),
        are(judged.rejected),
        reasons.join("; ")
    );
    if judged.rows_before > 0 {
        let _ = write!(
            message,
            ". Failed runs before this one are included: {}, {} of them rejected",
            counted(judged.rows_before, "row"),
            judged.rejected_before
        );
    }
    Err(EtlError::new(codes::QUALITY_INTEGRITY, message).help(format!(
        "fix the source and run again; or look at the rows, and accept them as rejected: ETL_INTEGRITY_THRESHOLD={} {} (lower, if later batches contain more of them)",
        enough(judged.rows, judged.rejected),
        advice::command("retry")
    )))
}

/// The number of rows that may be rejected. The threshold is taken in millionths, because it has few decimals and binary
/// fractions would make "exactly at the threshold" uncertain.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ threshold ≤ 1, checked with the settings
pub fn allowed(rows: u64, threshold: f64) -> u64 {
    let lost_ppm = 1_000_000 - (threshold * 1_000_000.0).round() as u128;
    (u128::from(rows) * lost_ppm / 1_000_000) as u64
}

/// The highest threshold with two decimals under which so many rejected rows pass.
fn enough(rows: u64, rejected: u64) -> String {
    let kept = u128::from(rows.saturating_sub(rejected));
    match kept * 100 / u128::from(rows.max(1)) {
        100 => "1".to_owned(),
        0 => "0".to_owned(),
        percent => format!("0.{percent:02}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_threshold_is_exact() {
        assert_eq!(allowed(100, 0.98), 2);
        assert_eq!(allowed(99, 0.98), 1);
        assert_eq!(allowed(49, 0.98), 0);
        assert_eq!(allowed(1_000_000, 0.999_999), 1);
        assert_eq!(allowed(10, 0.0), 10);
        assert_eq!(allowed(10, 1.0), 0);
    }

    #[test]
    fn the_suggested_threshold_lets_all_rejected_rows_pass() {
        assert_eq!(enough(1, 1), "0");
        assert_eq!(enough(10, 1), "0.9");
        assert_eq!(enough(100, 3), "0.97");
        assert_eq!(enough(100_000, 2_001), "0.97");
    }

    proptest! {
        #[test]
        fn the_suggested_threshold_is_the_highest_that_passes(rows in 1..1_000_000u64, part in 0.0..1.0f64) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let rejected = ((rows as f64 * part) as u64).max(1);
            let said: f64 = enough(rows, rejected).parse().unwrap();
            prop_assert!(allowed(rows, said) >= rejected);
            prop_assert!(allowed(rows, said + 0.01) < rejected);
        }
    }
}
