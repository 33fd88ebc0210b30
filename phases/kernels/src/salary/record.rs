//! The result of parsing a salary.

use super::amount::Amount;

/// The kind of a salary: `salary_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalaryType {
    /// The text names no amount.
    Negotiable,
    /// Two bounds, which may be equal.
    Range,
    /// Only an upper bound.
    Upto,
    /// Only a lower bound.
    From,
    /// The text has a digit, and cannot be parsed.
    Unknown,
}

impl SalaryType {
    /// The word in the column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Negotiable => "negotiable",
            Self::Range => "range",
            Self::Upto => "upto",
            Self::From => "from",
            Self::Unknown => "unknown",
        }
    }
}

/// The time or the work that a salary pays: `salary_period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayPeriod {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
    /// A product.
    Product,
}

impl PayPeriod {
    /// The word in the column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::Product => "product",
        }
    }
}

/// A detail of a salary that a person should check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalaryWarning {
    /// The text has a digit, and cannot be parsed.
    Unparsed,
    /// No pay for a month is so small or so large.
    Implausible,
    /// The currency was decided by the size of the number.
    CurrencyAssumed,
    /// The bounds were in the wrong order.
    Swapped,
}

impl SalaryWarning {
    /// The word in the list of warnings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unparsed => "salary_unparsed",
            Self::Implausible => "salary_implausible",
            Self::CurrencyAssumed => "salary_currency_assumed",
            Self::Swapped => "salary_swapped",
        }
    }
}

/// The text that the bounds of a row come from: `salary_source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalarySource {
    /// The salary.
    Salary,
    /// The title.
    Title,
}

impl SalarySource {
    /// The word in the column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Salary => "salary",
            Self::Title => "title",
        }
    }
}

/// A parsed salary. The bounds are million VND.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salary {
    /// The lower bound.
    pub min: Option<Amount>,
    /// The upper bound.
    pub max: Option<Amount>,
    /// The kind.
    pub kind: SalaryType,
    /// The period of the bounds.
    pub period: Option<PayPeriod>,
    /// The warning.
    pub warning: Option<SalaryWarning>,
    /// The lower bound for a month.
    pub monthly_min: Option<Amount>,
    /// The upper bound for a month.
    pub monthly_max: Option<Amount>,
}

impl Salary {
    pub(super) fn without_bounds(kind: SalaryType, warning: Option<SalaryWarning>) -> Self {
        Self {
            min: None,
            max: None,
            kind,
            period: None,
            warning,
            monthly_min: None,
            monthly_max: None,
        }
    }

    /// Whether the text names no amount.
    pub fn is_negotiable(&self) -> bool {
        self.kind == SalaryType::Negotiable
    }

    /// The text that the bounds come from, if this is the salary of the column `salary`. The rule set `v1` has neither a
    /// period nor a source.
    pub fn source(&self) -> Option<SalarySource> {
        self.period.map(|_| SalarySource::Salary)
    }

    /// The salary of a row whose title names pay: the bounds come from the title if the salary is negotiable and the title has
    /// bounds. `self` is the salary, and the result has the source of its bounds.
    #[must_use]
    pub fn or_title<'a>(&'a self, title: Option<&'a Self>) -> (&'a Self, Option<SalarySource>) {
        match title.filter(|title| title.period.is_some()) {
            Some(title) if self.is_negotiable() => (title, Some(SalarySource::Title)),
            _ => (self, self.source()),
        }
    }
}
