//! The parts of a salary, and what they mean.

use super::amount::Amount;
use super::options::{ASSUMED_USD_MAX, ASSUMED_USD_MIN, ASSUMED_VND_MIN};
use super::patterns::{
    AFTER_BARE, AMOUNT_AFTER, AMOUNTS, FROM, LEAD, MILLIONS, NUMBER_AFTER, OTHER_CURRENCY,
    OTHER_MONEY, OTHER_PERIOD, PAY, PAY_ITSELF, SIGN_BEFORE, UPTO,
};
use super::rates::{Rates, number};
use super::record::{PayPeriod, Salary, SalaryType, SalaryWarning};
use crate::pattern::Groups;

/// The parts of a text that [`AMOUNTS`] matches.
pub(super) struct Parts<'t>(Groups<'t>);

/// One bound of a salary.
struct Bound {
    amount: Option<Amount>,
    unit: Option<char>,
    currency: Option<char>,
}

impl Bound {
    fn in_million_vnd(&self, rates: &Rates) -> Option<Amount> {
        let amount = self.amount.as_ref()?;
        Some(rates.in_million_vnd(amount, self.unit, self.currency))
    }
}

impl<'t> Parts<'t> {
    /// The parts of a salary, read from its marked words. Returns `None` if the words have no number, or if the amount is not
    /// the salary.
    pub(super) fn of(marked: &'t str) -> Option<Self> {
        AMOUNTS
            .groups(marked)
            .map(Self)
            .filter(|parts| !parts.has_other_meaning())
    }

    fn text(&self, part: usize) -> &'t str {
        self.0.get(part).unwrap_or_default()
    }

    fn mark(&self, part: usize) -> Option<char> {
        mark(self.0.get(part)?)
    }

    /// Whether the words around an amount say that it is not the salary. Only the beginning of a long text names the pay, so
    /// what follows must not change its meaning.
    fn has_other_meaning(&self) -> bool {
        let (before, space, after) = (self.text(1), self.text(11), self.text(12));
        let has_period = self.mark(10).is_some();
        let is_other_before = || {
            SIGN_BEFORE.is_match(before)
                || OTHER_MONEY.is_match(before) && !PAY_ITSELF.is_match(before)
        };
        // A letter or a digit that is joined to the amount ("$2BKobiton", "1e3 triệu").
        let is_joined = !has_period
            && !space.contains([' ', '*', ';', ':', '!', ')'])
            && after.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_sentence_end = |pair: &[u8]| b",.;:!".contains(&pair[0]) && pair[1] == b' ';
        let is_separated = space.as_bytes().windows(2).any(is_sentence_end);
        let is_other_after = || {
            is_joined
                || OTHER_CURRENCY.is_match(after)
                || !has_period && OTHER_PERIOD.is_match(after)
                || !is_separated && NUMBER_AFTER.is_match(after)
                // A second amount, unless the period or "+" ends the first one.
                || !has_period && !after.starts_with('+') && AMOUNT_AFTER.is_match(after)
        };
        !before.is_empty() && is_other_before() || !after.is_empty() && is_other_after()
    }

    /// Reads the salary. `None` if it cannot be parsed.
    pub(super) fn read(&self, rates: &Rates) -> Option<Salary> {
        // The limit and the currency before the first number.
        let lead = LEAD.groups(self.text(1))?;
        let (limit, currency_before) = (lead.get(1), lead.get(2).and_then(mark));
        let has_range = self.0.get(7).is_some();
        let period = self.period()?;
        let (low_currency, high_currency) = self.currencies(currency_before, has_range)?;
        let (low_unit, high_unit) = self.units(high_currency, has_range)?;
        let is_bare = low_currency.is_none() && low_unit.is_none() && high_unit.is_none();
        // Before "triệu", and before "k" with a currency ("1.250k USD"), a separator is a decimal mark.
        let is_decimal = high_unit == Some('M')
            || low_unit == Some('M')
            || low_currency.is_some_and(|mark| mark != 'V') && high_unit.or(low_unit) == Some('K');
        let mut low = Bound {
            amount: Some(number(self.text(2), is_decimal)?),
            unit: low_unit,
            currency: low_currency,
        };
        let mut high = if has_range {
            Bound {
                amount: Some(number(self.text(7), is_decimal)?),
                unit: high_unit,
                currency: high_currency,
            }
        } else {
            self.only_bound(limit, &mut low)
        };
        for bound in [&mut low, &mut high] {
            bound.amount = bound.amount.take().filter(|amount| !amount.is_zero());
        }
        if low.amount.is_none() && high.amount.is_none() {
            return Some(Salary::without_bounds(SalaryType::Negotiable, None));
        }
        let assumed = if is_bare {
            Some(self.bare_currency(&low, &high)?)
        } else if is_small_thousand(&low, &high, period) {
            Some('U')
        } else {
            None
        };
        if assumed.is_some() {
            (low.currency, high.currency) = (assumed, assumed);
        }
        let warning = assumed.map(|_| SalaryWarning::CurrencyAssumed);
        let bounds = (low.in_million_vnd(rates), high.in_million_vnd(rates));
        Some(finish(bounds, period, warning, rates))
    }

    /// The period after the first amount, at the end, or before the amounts ("Monthly salary: $500"). `None` if two of them
    /// differ; a month if there is none.
    fn period(&self) -> Option<char> {
        let before = || self.text(1).chars().find(|c| "OHDQYP".contains(*c));
        let first = self.mark(5);
        let period = self.mark(10).or(first).or_else(before);
        (first.is_none() || first == period).then(|| period.unwrap_or('O'))
    }

    /// The currencies of the bounds. The currency of one bound is also that of the other. `None` if they contradict each other.
    fn currencies(
        &self,
        before: Option<char>,
        has_range: bool,
    ) -> Option<(Option<char>, Option<char>)> {
        let differ = |one: Option<char>, other: Option<char>| {
            one.is_some_and(|one| other.is_some_and(|other| one != other))
        };
        let (after_low, before_high, after_high) = (self.mark(4), self.mark(6), self.mark(9));
        if differ(after_low, before) || differ(after_high, before_high) {
            return None;
        }
        let (low, high) = (after_low.or(before), after_high.or(before_high));
        if !has_range {
            return Some((low, high));
        }
        let high_unit = self.mark(8);
        // "1,000 USD - 1,500" may have another currency in its second bound, unless the first one has a unit in front.
        let may_differ =
            after_low.is_some() && high.is_none() && before.is_none() && high_unit.is_none();
        // A million without a currency is VND ("10 triệu - 1,000 USD").
        let is_vnd = self.mark(3) == Some('M') && low.is_none() && high_unit != Some('M');
        if may_differ || differ(low, high) || is_vnd && differ(high, Some('V')) {
            return None;
        }
        Some((low.or(high), high.or(low)))
    }

    /// The units of the bounds. The first bound takes the unit of the second bound ("10 - 15 triệu"), but not the other way
    /// round.
    fn units(
        &self,
        high_currency: Option<char>,
        has_range: bool,
    ) -> Option<(Option<char>, Option<char>)> {
        let (low, high) = (self.mark(3), self.mark(8));
        if has_range && low.is_some() && high.is_none() && high_currency.is_none() {
            return None;
        }
        // The exception is "800 - 1.5k USD". Of VND, fewer than a thousand are no pay, so "260 - 92k" is a range in the wrong
        // order.
        let whole_digits = |part| self.text(part).split([',', '.']).next().map_or(0, str::len);
        let is_exception = high == Some('K')
            && high_currency.is_some_and(|mark| mark != 'V')
            && whole_digits(2) >= 3
            && whole_digits(7) < 3;
        let takes_unit = has_range && low.is_none() && !is_exception;
        Some((if takes_unit { high } else { low }, high))
    }

    /// The other bound of a single amount. It is the same, unless a word says which bound the amount is.
    fn only_bound(&self, limit: Option<&str>, low: &mut Bound) -> Bound {
        let mut high = Bound {
            amount: low.amount.clone(),
            unit: low.unit,
            currency: low.currency,
        };
        let after = self.text(12);
        if limit == Some("<") || limit.is_none() && UPTO.is_match(after) {
            low.amount = None;
        } else if limit == Some(">") || FROM.is_match(after) {
            high.amount = None;
        }
        high
    }

    /// The currency of a number without a unit and a currency, by its size. It may as well be a year or a telephone number, so
    /// nothing but words about pay may be beside it, unless it is grouped as millions ("15.000.000").
    fn bare_currency(&self, low: &Bound, high: &Bound) -> Option<char> {
        let (before, first, after) = (self.text(1), self.text(2), self.text(12));
        let has_words = before.contains(|c: char| c.is_ascii_lowercase()) && !PAY.is_match(before);
        let has_more = !AFTER_BARE.is_match(after) && !MILLIONS.is_match(first);
        let is_code = |number: &str| {
            number.starts_with('0') && number[1..].starts_with(|c: char| c.is_ascii_digit())
        };
        if has_words || has_more || is_code(first) || is_code(self.text(7)) {
            return None;
        }
        let smallest = Amount::whole(ASSUMED_VND_MIN);
        if are_between(low, high, |limit| limit) {
            Some('U')
        } else if [low, high].iter().all(|bound| {
            bound
                .amount
                .as_ref()
                .is_none_or(|amount| *amount >= smallest)
        }) {
            Some('V')
        } else {
            None
        }
    }
}

/// Whether thousands without a currency are USD ("Up to 2k"), because two thousand VND for a month are not a salary.
fn is_small_thousand(low: &Bound, high: &Bound, period: char) -> bool {
    low.currency.is_none()
        && low.unit == Some('K')
        && high.unit == Some('K')
        && period == 'O'
        && are_between(low, high, |limit| limit.shifted(3))
}

/// Whether each bound is an amount that is read as USD.
fn are_between(low: &Bound, high: &Bound, in_unit: impl Fn(Amount) -> Amount) -> bool {
    let limits = [ASSUMED_USD_MIN, ASSUMED_USD_MAX].map(|limit| in_unit(Amount::whole(limit)));
    let mut amounts = [low, high]
        .into_iter()
        .filter_map(|bound| bound.amount.as_ref());
    amounts.all(|amount| limits[0] <= *amount && *amount <= limits[1])
}

/// Orders the bounds, and computes the pay for a month. A product has no month, so only its upper limit is compared.
fn finish(
    (mut min, mut max): (Option<Amount>, Option<Amount>),
    period: char,
    mut warning: Option<SalaryWarning>,
    rates: &Rates,
) -> Salary {
    if min > max && max.is_some() {
        std::mem::swap(&mut min, &mut max);
        warning = warning.or(Some(SalaryWarning::Swapped));
    }
    let period = match period {
        'H' => PayPeriod::Hour,
        'D' => PayPeriod::Day,
        'Q' => PayPeriod::Week,
        'Y' => PayPeriod::Year,
        'P' => PayPeriod::Product,
        _ => PayPeriod::Month,
    };
    let monthly = |amount: &Option<Amount>| rates.monthly(amount.as_ref()?, period);
    let (monthly_min, monthly_max) = (monthly(&min), monthly(&max));
    let smallest = monthly_min.as_ref().or(monthly_max.as_ref());
    let largest = monthly_max
        .as_ref()
        .or(monthly_min.as_ref())
        .or(max.as_ref())
        .or(min.as_ref());
    if smallest.is_some_and(|amount| *amount < rates.plausible_min)
        || largest.is_some_and(|amount| *amount > rates.plausible_max)
    {
        return Salary::without_bounds(SalaryType::Unknown, Some(SalaryWarning::Implausible));
    }
    let kind = match (&min, &max) {
        (None, _) => SalaryType::Upto,
        (_, None) => SalaryType::From,
        _ => SalaryType::Range,
    };
    Salary {
        min,
        max,
        kind,
        period: Some(period),
        warning,
        monthly_min,
        monthly_max,
    }
}

/// The mark in a part, which may have a space before it.
fn mark(part: &str) -> Option<char> {
    part.chars().find(|c| *c != ' ')
}
