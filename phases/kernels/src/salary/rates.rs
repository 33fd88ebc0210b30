//! Numbers, exchange rates, and the pay for a month: the functions of `sql/functions/salary_amounts.sql`.

use super::amount::Amount;
use super::options::{LARGEST_OPTION, LONGEST_NUMBER, SalaryOptions};
use super::patterns::{COMMA_GROUPS, DECIMAL, DIGITS, POINT_GROUPS, SHORT_DECIMAL};
use super::record::PayPeriod;

/// The number that digits and separators mean. `None` if they are not a number. `is_decimal` says that a separator is a decimal
/// mark; otherwise three digits after it are a group of thousands.
pub(super) fn number(digits: &str, is_decimal: bool) -> Option<Amount> {
    if digits.len() > LONGEST_NUMBER.into() {
        return None;
    }
    let with_point = || Amount::read(&digits.replace(',', "."));
    if DIGITS.is_match(digits) {
        Amount::read(digits)
    } else if is_decimal {
        DECIMAL.is_match(digits).then(with_point)?
    } else if COMMA_GROUPS.is_match(digits) {
        Amount::read(&digits.replace(',', ""))
    } else if POINT_GROUPS.is_match(digits) {
        Amount::read(&digits.replace('.', "").replace(',', "."))
    } else {
        SHORT_DECIMAL.is_match(digits).then(with_point)?
    }
}

/// The options as exact numbers.
#[derive(Debug)]
pub(super) struct Rates {
    usd: Amount,
    pub(super) v1_usd: Amount,
    eur: Amount,
    jpy: Amount,
    sgd: Amount,
    krw: Amount,
    month_days: Amount,
    month_hours: Amount,
    pub(super) plausible_min: Amount,
    pub(super) plausible_max: Amount,
}

impl Rates {
    /// An option that is not a number from 0 to [`LARGEST_OPTION`] has its default.
    pub(super) fn of(options: &SalaryOptions) -> Self {
        let default = SalaryOptions::default();
        let amount = |of: fn(&SalaryOptions) -> f64| {
            let valid = Some(of(options)).filter(|value| *value <= LARGEST_OPTION.into());
            let valid = valid.and_then(Amount::of);
            valid.unwrap_or_else(|| Amount::of(of(&default)).unwrap_or_else(|| Amount::whole(0)))
        };
        Self {
            usd: amount(|options| options.usd_vnd_rate),
            v1_usd: amount(|options| options.v1_usd_vnd_rate),
            eur: amount(|options| options.eur_vnd_rate),
            jpy: amount(|options| options.jpy_vnd_rate),
            sgd: amount(|options| options.sgd_vnd_rate),
            krw: amount(|options| options.krw_vnd_rate),
            month_days: amount(|options| options.month_days),
            month_hours: amount(|options| options.month_hours),
            plausible_min: amount(|options| options.plausible_min),
            plausible_max: amount(|options| options.plausible_max),
        }
    }

    /// Converts an amount in a unit (M: million, K: thousand, none: one) of a currency to million VND.
    pub(super) fn in_million_vnd(
        &self,
        amount: &Amount,
        unit: Option<char>,
        currency: Option<char>,
    ) -> Amount {
        let amount = amount.shifted(match unit {
            Some('M') => 0,
            Some('K') => 3,
            _ => 6,
        });
        let rate = match currency {
            Some('U') => &self.usd,
            Some('E') => &self.eur,
            Some('J') => &self.jpy,
            Some('S') => &self.sgd,
            Some('W') => &self.krw,
            _ => return amount.trimmed(),
        };
        amount.times(rate).trimmed()
    }

    /// Converts an amount for a period to an amount for a month. `None` for pay per product.
    pub(super) fn monthly(&self, amount: &Amount, period: PayPeriod) -> Option<Amount> {
        let year = || Amount::whole(12);
        let exact = match period {
            PayPeriod::Month => return Some(amount.clone()),
            PayPeriod::Hour => amount.times(&self.month_hours),
            PayPeriod::Day => amount.times(&self.month_days),
            PayPeriod::Week => amount.times(&Amount::whole(52)).divided_by(&year()),
            PayPeriod::Year => amount.divided_by(&year()),
            PayPeriod::Product => return None,
        };
        Some(exact.rounded(6).trimmed())
    }
}
