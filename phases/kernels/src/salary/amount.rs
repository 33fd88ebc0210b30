//! Exact decimal numbers, with the rules of the type NUMERIC of PostgreSQL.

use std::fmt;
use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, RoundingMode, Zero};

/// The smallest number of significant digits of a quotient, as PostgreSQL has it.
const QUOTIENT_DIGITS: i64 = 16;
/// The largest number of decimals of a quotient, as PostgreSQL has it.
const QUOTIENT_SCALE: i64 = 1000;
/// The decimal digits in one digit of NUMERIC.
const GROUP: i64 = 4;

/// An exact amount that is not negative. Its text has the decimals that PostgreSQL prints.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(BigDecimal);

impl Amount {
    /// Reads digits with at most one point. `None` if the text is something else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = [whole, decimals].concat();
        if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let scale = i64::try_from(decimals.len()).ok()?;
        Some(Self(BigDecimal::new(
            BigInt::from_str(&digits).ok()?,
            scale,
        )))
    }

    /// The number as it is written in a setting. `None` if it is negative or not finite.
    pub(super) fn of(number: f64) -> Option<Self> {
        Self::read(&number.to_string())
    }

    pub(super) fn whole(number: u32) -> Self {
        Self(BigDecimal::from(number))
    }

    /// The amount divided by a power of ten.
    pub(super) fn shifted(&self, decimals: i64) -> Self {
        let (digits, scale) = self.0.as_bigint_and_exponent();
        Self(BigDecimal::new(digits, scale + decimals))
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    /// The quotient, with the decimals that PostgreSQL selects (`select_div_scale` in `numeric.c`). The divisor is not zero.
    pub(super) fn divided_by(&self, divisor: &Self) -> Self {
        let (digits, scale) = self.0.as_bigint_and_exponent();
        let (by, by_scale) = divisor.0.as_bigint_and_exponent();
        let ((weight, first), (by_weight, by_first)) = (self.leading(), divisor.leading());
        let quotient_weight = weight - by_weight - i64::from(first <= by_first);
        let wanted = (QUOTIENT_DIGITS - quotient_weight * GROUP)
            .max(scale)
            .max(by_scale)
            .clamp(0, QUOTIENT_SCALE);
        // Two more decimals and the sign of the rest decide the rounding, so the dividend gets as many digits as needed.
        let shift = wanted + by_scale - scale;
        let (mut dividend, mut by) = (digits, by);
        match u32::try_from(shift) {
            Ok(shift) => dividend *= BigInt::from(10).pow(shift),
            Err(_) => by *= BigInt::from(10).pow(u32::try_from(-shift).unwrap_or_default()),
        }
        let doubled: BigInt = dividend * 2 + &by;
        Self(BigDecimal::new(doubled / (by * 2), wanted))
    }

    /// The amount with at most some decimals, half away from zero.
    pub(super) fn rounded(&self, decimals: i64) -> Self {
        Self(self.0.with_scale_round(decimals, RoundingMode::HalfUp))
    }

    /// The amount without zeros at its end (`trim_scale`).
    pub(super) fn trimmed(&self) -> Self {
        let trimmed = self.0.normalized();
        let (_, scale) = trimmed.as_bigint_and_exponent();
        Self(if scale < 0 {
            trimmed.with_scale(0)
        } else {
            trimmed
        })
    }

    /// The place of the first digit of NUMERIC, and this digit. Both are zero for zero.
    fn leading(&self) -> (i64, u32) {
        let (digits, scale) = self.0.as_bigint_and_exponent();
        if digits.is_zero() {
            return (0, 0);
        }
        let digits = digits.to_string();
        let exponent = i64::try_from(digits.len()).unwrap_or_default() - scale - 1;
        let weight = exponent.div_euclid(GROUP);
        let length = usize::try_from(exponent.rem_euclid(GROUP) + 1).unwrap_or_default();
        let all = digits.chars().chain(std::iter::repeat('0'));
        let first: String = all.take(length).collect();
        (weight, first.parse().unwrap_or_default())
    }

    /// The digits of the amount as a decimal with a fixed number of decimals, half away from zero. `None` if it has more than
    /// `precision` digits.
    pub(crate) fn fixed(&self, precision: u32, decimals: i64) -> Option<i128> {
        let (digits, _) = self.rounded(decimals).0.into_bigint_and_exponent();
        let digits = i128::try_from(digits).ok()?;
        (digits < 10_i128.checked_pow(precision)?).then_some(digits)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::read(text).unwrap()
    }

    #[test]
    fn a_quotient_has_the_decimals_that_postgresql_selects() {
        // What PostgreSQL returns for each.
        for (dividend, divisor, quotient) in [
            ("24000000.0", "1000000", "24.0000000000000000"),
            ("1.0", "3", "0.33333333333333333333"),
            ("0.0001", "12", "0.000008333333333333333333"),
            ("5000", "12", "416.6666666666666667"),
            ("0", "12", "0.00000000000000000000"),
            ("12", "12", "1.00000000000000000000"),
            ("12345.6", "0.0001", "123456000.000000000000"),
            ("0.00001234", "52", "0.000000237307692307692308"),
            ("99999999", "12.5", "7999999.920000000000"),
            (
                "2962962936296282962962.94424000",
                "1000000000",
                "2962962936296.28296296",
            ),
        ] {
            let found = amount(dividend).divided_by(&amount(divisor)).to_string();
            assert_eq!(found, quotient, "{dividend} / {divisor}");
        }
    }

    #[test]
    fn a_text_is_a_number_of_digits_with_one_point() {
        for (text, wanted) in [("5.", "5"), (".50", "0.50"), ("007", "7"), ("1000", "1000")] {
            assert_eq!(amount(text).to_string(), wanted);
        }
        for text in ["", ".", "1.2.3", "-1", "1e3", "NaN"] {
            assert_eq!(Amount::read(text), None, "{text}");
        }
        assert_eq!(amount("10.500").trimmed().to_string(), "10.5");
        assert_eq!(amount("1000").trimmed().to_string(), "1000");
        assert_eq!(amount("0.1234565").rounded(6).to_string(), "0.123457");
        assert_eq!(Amount::of(f64::NAN), None);
        assert_eq!(Amount::of(0.5).unwrap().to_string(), "0.5");
    }

    #[test]
    fn a_fixed_decimal_is_rounded_and_has_a_limit() {
        assert_eq!(amount("1.25").fixed(5, 1), Some(13));
        assert_eq!(amount("9999.94").fixed(5, 1), Some(99999));
        assert_eq!(amount("9999.95").fixed(5, 1), None);
    }
}
