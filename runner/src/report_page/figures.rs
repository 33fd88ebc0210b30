//! Figures as people read them: with separators of thousands and with units.

use indicatif::HumanCount;

/// A number with this many decimals.
pub(super) fn rounded(number: f64, decimals: i32) -> f64 {
    let factor = 10_f64.powi(decimals);
    (number * factor).round() / factor
}

/// A figure with its unit. The units are those of the JSON: `rows`, `s`, `MB`, `percent`, `rows/s`. An
/// `age` is in whole seconds.
pub(super) fn with_unit(number: f64, unit: &str) -> String {
    match unit {
        "s" => duration(number, 3),
        "age" => duration(number, 0),
        "MB" => format!("{} MB", grouped(number, 1)),
        "percent" => percent(number),
        "rows/s" => format!("{} rows/s", grouped(number, 0)),
        _ => grouped(number, 0),
    }
}

/// A length of time in the unit that a person would use. Seconds have these decimals at most.
fn duration(seconds: f64, decimals: usize) -> String {
    let (number, decimals, unit) = match seconds {
        ..10.0 => (seconds, decimals, "s"),
        ..120.0 => (seconds, decimals.min(1), "s"),
        ..7_200.0 => (seconds / 60.0, 1, "min"),
        ..172_800.0 => (seconds / 3_600.0, 1, "h"),
        _ => (seconds / 86_400.0, 1, "days"),
    };
    format!("{} {unit}", grouped(number, decimals))
}

/// A share. A share that is not all, or not nothing, is not shown as all or nothing.
fn percent(share: f64) -> String {
    let text = match share {
        share if share > 0.0 && share < 0.1 => "< 0.1".to_owned(),
        share if share > 99.9 && share < 100.0 => "> 99.9".to_owned(),
        share => grouped(share, 1).trim_end_matches(".0").to_owned(),
    };
    format!("{text} %")
}

/// A number that is not negative, with a comma between thousands and this many decimals. [`HumanCount`] groups whole numbers; its
/// counterpart for fractions drops zeros at the end.
fn grouped(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    match whole.parse() {
        Ok(whole) => format!("{}{fraction}", HumanCount(whole)),
        Err(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_separators_and_a_unit() {
        for (number, unit, text) in [
            (0.0, "rows", "0"),
            (999.0, "rows", "999"),
            (1_000.0, "rows", "1,000"),
            (12_345_678.0, "rows", "12,345,678"),
            (0.33, "s", "0.330 s"),
            (4.0, "age", "4 s"),
            (75.04, "s", "75.0 s"),
            (180.0, "s", "3.0 min"),
            (9_000.0, "s", "2.5 h"),
            (1_720_000.0, "s", "19.9 days"),
            (1_234.56, "MB", "1,234.6 MB"),
            (100.0, "percent", "100 %"),
            (99.99, "percent", "> 99.9 %"),
            (0.01, "percent", "< 0.1 %"),
            (12.34, "percent", "12.3 %"),
            (54_321.0, "rows/s", "54,321 rows/s"),
        ] {
            assert_eq!(with_unit(number, unit), text);
        }
    }
}
