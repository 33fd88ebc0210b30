//! The options of the SQL function `normalize_salary`, with their defaults. `functions/salary_amounts.sql` gets them from here.

/// VND for one EUR.
pub const EUR_VND_RATE: f64 = 27_000.0;
/// VND for one JPY.
pub const JPY_VND_RATE: f64 = 170.0;
/// VND for one SGD.
pub const SGD_VND_RATE: f64 = 19_000.0;
/// VND for one KRW.
pub const KRW_VND_RATE: f64 = 18.0;
/// Days of a month.
pub const MONTH_DAYS: f64 = 26.0;
/// Hours of a month.
pub const MONTH_HOURS: f64 = 208.0;
/// The smallest plausible pay for a month, in million VND.
pub const PLAUSIBLE_MIN: f64 = 0.5;
/// The largest plausible pay for a month, in million VND.
pub const PLAUSIBLE_MAX: f64 = 1_000.0;

/// The names in SQL, with the defaults.
const DEFAULTS: [(&str, f64); 8] = [
    ("eur_vnd_rate", EUR_VND_RATE),
    ("jpy_vnd_rate", JPY_VND_RATE),
    ("sgd_vnd_rate", SGD_VND_RATE),
    ("krw_vnd_rate", KRW_VND_RATE),
    ("month_days", MONTH_DAYS),
    ("month_hours", MONTH_HOURS),
    ("plausible_min", PLAUSIBLE_MIN),
    ("plausible_max", PLAUSIBLE_MAX),
];

/// The defaults as branches of a CASE: `WHEN 'month_days' THEN 26`.
pub(crate) fn branches() -> String {
    joined(" ", |name, value| format!("WHEN '{name}' THEN {value}"))
}

/// The defaults in words: `month_days 26, month_hours 208`.
pub(crate) fn in_words() -> String {
    joined(", ", |name, value| format!("{name} {value}"))
}

fn joined(separator: &str, write: impl Fn(&str, f64) -> String) -> String {
    let written = DEFAULTS.iter().map(|(name, value)| write(name, *value));
    written.collect::<Vec<_>>().join(separator)
}
