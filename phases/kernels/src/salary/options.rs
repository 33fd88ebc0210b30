//! The options and limits of salaries. The SQL functions in `sql/functions` get the numbers from here.

/// VND for one USD.
pub const USD_VND_RATE: f64 = 25_000.0;
/// VND for one USD under the rule set `v1`: the rate that the Python pipeline used.
pub const V1_USD_VND_RATE: f64 = 24_000.0;
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

/// The largest value of an option. A larger one has its default.
pub const LARGEST_OPTION: u32 = 1_000_000_000;
/// The characters of a salary that are read. A longer text has the salary at its beginning, or it is not a salary.
pub const LONGEST: u16 = 250;
/// The characters of a number that is read.
pub const LONGEST_NUMBER: u8 = 24;
/// The bytes of a salary that is read under the rule set `v1`.
pub const V1_LONGEST: u16 = 10_000;
/// The characters of a number that is read under the rule set `v1`.
pub const V1_LONGEST_NUMBER: u16 = 1_000;
/// The smallest number without a unit and a currency that is USD.
pub const ASSUMED_USD_MIN: u32 = 100;
/// The largest number without a unit and a currency that is USD.
pub const ASSUMED_USD_MAX: u32 = 20_000;
/// The smallest number without a unit and a currency that is VND.
pub const ASSUMED_VND_MIN: u32 = 1_000_000;

/// The names of the options of the SQL function `normalize_salary`, with their defaults.
pub const DEFAULTS: [(&str, f64); 8] = [
    ("eur_vnd_rate", EUR_VND_RATE),
    ("jpy_vnd_rate", JPY_VND_RATE),
    ("sgd_vnd_rate", SGD_VND_RATE),
    ("krw_vnd_rate", KRW_VND_RATE),
    ("month_days", MONTH_DAYS),
    ("month_hours", MONTH_HOURS),
    ("plausible_min", PLAUSIBLE_MIN),
    ("plausible_max", PLAUSIBLE_MAX),
];

/// The numbers that the SQL functions use, each with the name of its variable.
pub fn numbers() -> [(&'static str, f64); 10] {
    [
        ("usd_vnd_rate", USD_VND_RATE),
        ("python_usd_vnd_rate", V1_USD_VND_RATE),
        ("largest_option", LARGEST_OPTION.into()),
        ("salary_longest", LONGEST.into()),
        ("number_longest", LONGEST_NUMBER.into()),
        ("python_salary_longest", V1_LONGEST.into()),
        ("python_number_longest", V1_LONGEST_NUMBER.into()),
        ("assumed_usd_min", ASSUMED_USD_MIN.into()),
        ("assumed_usd_max", ASSUMED_USD_MAX.into()),
        ("assumed_vnd_min", ASSUMED_VND_MIN.into()),
    ]
}

/// The settings that decide the bounds of salaries.
#[derive(Debug, Clone, PartialEq)]
pub struct SalaryOptions {
    /// VND for one USD under the rule set `standard`.
    pub usd_vnd_rate: f64,
    /// VND for one USD under the rule set `v1`.
    pub v1_usd_vnd_rate: f64,
    /// VND for one EUR.
    pub eur_vnd_rate: f64,
    /// VND for one JPY.
    pub jpy_vnd_rate: f64,
    /// VND for one SGD.
    pub sgd_vnd_rate: f64,
    /// VND for one KRW.
    pub krw_vnd_rate: f64,
    /// Days of work in a month.
    pub month_days: f64,
    /// Hours of work in a month.
    pub month_hours: f64,
    /// The smallest plausible pay for a month, in million VND.
    pub plausible_min: f64,
    /// The largest plausible pay for a month, in million VND.
    pub plausible_max: f64,
}

impl Default for SalaryOptions {
    fn default() -> Self {
        Self {
            usd_vnd_rate: USD_VND_RATE,
            v1_usd_vnd_rate: V1_USD_VND_RATE,
            eur_vnd_rate: EUR_VND_RATE,
            jpy_vnd_rate: JPY_VND_RATE,
            sgd_vnd_rate: SGD_VND_RATE,
            krw_vnd_rate: KRW_VND_RATE,
            month_days: MONTH_DAYS,
            month_hours: MONTH_HOURS,
            plausible_min: PLAUSIBLE_MIN,
            plausible_max: PLAUSIBLE_MAX,
        }
    }
}

/// Where the value of an option is.
type Slot = fn(&mut SalaryOptions) -> &mut f64;

/// The options that a user may set, by the names of the settings in `[phases.sql_procedures]`.
const SLOTS: [(&str, Slot); 9] = [
    ("usd_vnd_rate", |options| &mut options.usd_vnd_rate),
    ("eur_vnd_rate", |options| &mut options.eur_vnd_rate),
    ("jpy_vnd_rate", |options| &mut options.jpy_vnd_rate),
    ("sgd_vnd_rate", |options| &mut options.sgd_vnd_rate),
    ("krw_vnd_rate", |options| &mut options.krw_vnd_rate),
    ("month_days", |options| &mut options.month_days),
    ("month_hours", |options| &mut options.month_hours),
    ("plausible_min", |options| &mut options.plausible_min),
    ("plausible_max", |options| &mut options.plausible_max),
];

impl SalaryOptions {
    /// Sets an option.
    ///
    /// # Errors
    /// No option has the name, or the value is not a number from 0 to [`LARGEST_OPTION`]. The error is a sentence for the user.
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), String> {
        let Some((_, slot)) = SLOTS.iter().find(|(known, _)| *known == name) else {
            let names = SLOTS.map(|(known, _)| known).join(", ");
            return Err(format!(
                "`{name}` is not an option of salaries; the options are: {names}"
            ));
        };
        if !(0.0..=LARGEST_OPTION.into()).contains(&value) {
            return Err(format!(
                "`{name}` is {value}, and must be a number from 0 to {LARGEST_OPTION}"
            ));
        }
        *slot(self) = value;
        Ok(())
    }

    /// The options that are not the default, with their values.
    pub(crate) fn changed(&self) -> Vec<(&'static str, f64)> {
        let (mut own, mut default) = (self.clone(), Self::default());
        let values = SLOTS.map(|(name, slot)| (name, *slot(&mut own), *slot(&mut default)));
        let changed = values
            .into_iter()
            .filter(|(_, own, default)| own.to_bits() != default.to_bits());
        changed.map(|(name, own, _)| (name, own)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_is_set_by_its_name() {
        let names = DEFAULTS.map(|(name, _)| name);
        for name in ["usd_vnd_rate"].into_iter().chain(names) {
            let mut options = SalaryOptions::default();
            options.set(name, 12.5).unwrap();
            let changed = format!("{name}: 12.5");
            assert!(format!("{options:?}").contains(&changed), "{options:?}");
            assert_eq!(options.changed(), [(name, 12.5)]);
            assert!(options.set(name, f64::NAN).is_err());
            assert!(options.set(name, -1.0).is_err());
        }
        let unknown = SalaryOptions::default().set("usd", 1.0).unwrap_err();
        assert!(unknown.contains("usd_vnd_rate, eur_vnd_rate"), "{unknown}");
    }
}
