//! The quality gate: how many rows may be rejected before nothing more is published.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{EtlError, Kind, Reject, Result};

/// What the gate judges: the run's work, and what runs before it published that did not end well. So a run that was
/// killed and the one that does the rest are judged as the one that nothing disturbed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Rows of all of them.
    pub rows: u64,
    /// Those that are rejected.
    pub rejected: u64,
    /// Rows of the runs before.
    pub rows_before: u64,
    /// Those of them that are rejected, and not taken up again by this run.
    pub rejected_before: u64,
}

/// Lets a batch with these rejects pass, or says why nothing more is published.
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
        "{} of {} rows are rejected, and integrity_threshold = {threshold} allows {allowed}; nothing more is published. In this batch: {}",
        judged.rejected,
        judged.rows,
        reasons.join("; ")
    );
    if judged.rows_before > 0 {
        let _ = write!(
            message,
            ". Runs before that did not end well are counted with it: {} rows, {} of them rejected",
            judged.rows_before, judged.rejected_before
        );
    }
    Err(
        EtlError::new(Kind::Quality, "jobinsight::quality::integrity", message).help(format!(
            "mend the source and run again; or, having looked at the rows, let them be kept out: ETL_INTEGRITY_THRESHOLD={} jobinsight retry (less, where batches to come hold more of them)",
            enough(judged.rows, judged.rejected)
        )),
    )
}

/// The share that may be lost, in whole rows. A threshold has few decimals: it is taken in millionths, so that
/// "exactly at the threshold" is no matter of binary fractions.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ threshold ≤ 1, checked with the settings
fn allowed(rows: u64, threshold: f64) -> u64 {
    let lost_ppm = 1_000_000 - (threshold * 1_000_000.0).round() as u128;
    (u128::from(rows) * lost_ppm / 1_000_000) as u64
}

/// The highest threshold of two decimals that lets so many rejected rows pass.
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
    fn a_single_row_that_is_bad_wants_a_threshold_of_nothing() {
        assert_eq!(enough(1, 1), "0");
        assert_eq!(enough(10, 1), "0.9");
        assert_eq!(enough(100, 3), "0.97");
        assert_eq!(enough(100_000, 2_001), "0.97");
    }

    proptest! {
        #[test]
        fn what_the_help_says_is_enough_and_a_hundredth_more_is_not(rows in 1..1_000_000u64, part in 0.0..1.0f64) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let rejected = ((rows as f64 * part) as u64).max(1);
            let said: f64 = enough(rows, rejected).parse().unwrap();
            prop_assert!(allowed(rows, said) >= rejected);
            prop_assert!(allowed(rows, said + 0.01) < rejected);
        }
    }
}
