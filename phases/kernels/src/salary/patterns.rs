//! The patterns of salaries. The SQL functions in `sql/functions` get them from here.
//!
//! They are matched with marked words, see [`super::words`]: capital letters and `<`, `>` are marks, and words are folded.

use crate::pattern::Pattern;

/// Words that say that an amount is pay.
macro_rules! pay {
    ($pay:literal) => {
        concat!(
            "(?<![a-z])(?:",
            $pay,
            "|salary|thu nhap|income|pay|wage|compensation|comp|offer)(?![a-z])"
        )
    };
}

/// The parts of a salary. 1 the words before the first digit; 2 number, 3 unit, 4 currency and 5 period of the first amount;
/// 6 the currency before the second amount, 7 its number, 8 its unit, 9 its currency; 10 the period; 11 the space before
/// the words that follow; 12 these words.
pub static AMOUNTS: Pattern = Pattern::new(
    "salary_amounts",
    concat!(
        "^([^0-9]*)",
        "([0-9]+(?:[.,][0-9]+)*)(?: ?([MK]))?(?: ?([UVEJSW]))?[)]?(?: ?([OHDQYP]))?",
        "(?: ?(?:-+>?|<|to|va|and|&)(?: ?(?:-+|[<>]|to))? ?([UVEJSW])? ?",
        "([0-9]+(?:[.,][0-9]+)*)(?: ?([MK]))?(?: ?([UVEJSW]))?)?",
        "[*.)]*( ?[OHDQYP])?([ *.,;:!)]*)(.*)$"
    ),
);

/// The limit (1) and the currency (2) at the end of the words before the first number.
pub static LEAD: Pattern = Pattern::new(
    "salary_lead",
    r#"([<>])?[ (:~*"\[]*([UVEJSW])?[\] ():*"]*$"#,
);

/// The words after an amount say that it is the upper limit.
pub static UPTO: Pattern = Pattern::new("salary_upto", "^(?:tro xuong|(?:and|or) (?:<|less))");

/// The words after an amount say that it is the lower limit.
pub static FROM: Pattern = Pattern::new(
    "salary_from",
    "^(?:[+]+ ?$|(?:(?:and|or|va|hoac|&) ?)?(?:>|more|up(?:wards?)?(?![a-z])|tro len|plus(?![a-z])))",
);

/// A word of pay.
pub static PAY: Pattern = Pattern::new("salary_pay", pay!("luong"));

/// A word of pay, but not "thưởng lương".
pub static PAY_ITSELF: Pattern = Pattern::new("salary_pay_itself", pay!("(?<!thuong )luong"));

/// The words that may follow a number without a unit and a currency.
pub static AFTER_BARE: Pattern = Pattern::new(
    "salary_after_bare",
    "^(?:$|[+]|(?:and|or|va|hoac) (?:>|<|more|less)|tro (?:len|xuong))",
);

/// A number that is grouped as millions ("15.000.000").
pub static MILLIONS: Pattern = Pattern::new("salary_millions", "[.,][0-9]{3}[.,][0-9]{3}");

/// A sign before the number ("-5 triệu", "- 15 triệu"), or another currency ("A$500").
pub static SIGN_BEFORE: Pattern = Pattern::new(
    "salary_sign_before",
    "[-+.,/$£%a-zB][UVEJSW]?$|^[^a-z<>]*-|[$£]",
);

/// Money that is not pay.
pub static OTHER_MONEY: Pattern = Pattern::new(
    "salary_other_money",
    concat!(
        "(?<![a-z])(?:bonus|thuong(?! luong)|sign-?on|phu cap|tro cap|hoa hong|commission|allowance|doanh (?:thu|so)|revenue",
        "|raised|funding|von|insurance|bao hiem)(?![a-z])"
    ),
);

/// An unknown currency or a larger unit.
pub static OTHER_CURRENCY: Pattern = Pattern::new(
    "salary_other_currency",
    concat!(
        "^(?:[%£]|B|(?:gbp|pounds?|aud|cny|rmb|ndt|nhan dan te|thb|baht|twd|ntd|hkd|cad|chf|inr|myr|php|idr|rub)",
        "(?![a-z]))"
    ),
);

/// An unknown period ("/ca"). A period that the source cut short ("/thá…"), and words that are not a period, are none.
pub static OTHER_PERIOD: Pattern = Pattern::new(
    "salary_other_period",
    "^/(?! ?(?:(?:t|th|tha|than)?[.…]*$|>|tai|khong|quan|nhan|di |co ))",
);

/// A number right after the amount.
pub static NUMBER_AFTER: Pattern = Pattern::new("salary_number_after", "^-* ?[UVEJSW]?[0-9]");

/// A second amount in the words after the first one.
pub static AMOUNT_AFTER: Pattern = Pattern::new(
    "salary_amount_after",
    "[0-9] ?[MKUVEJSW](?![a-z])|[UVEJSW] ?[0-9]",
);

/// Brackets that contain only ignored words.
pub static EMPTY_BRACKETS: Pattern = Pattern::new("salary_empty_brackets", r"[\[(][ /,+-]*[\])]");

/// A number without a separator.
pub static DIGITS: Pattern = Pattern::new("salary_digits", "^[0-9]{1,15}$");

/// A number whose separator is a decimal mark, before a unit such as "triệu".
pub static DECIMAL: Pattern = Pattern::new("salary_decimal", "^[0-9]{1,15}[.,][0-9]{1,8}$");

/// A number in which commas separate thousands.
pub static COMMA_GROUPS: Pattern = Pattern::new(
    "salary_comma_groups",
    "^[0-9]+(?:,[0-9]{3})+(?:[.][0-9]{1,2})?$",
);

/// A number in which points separate thousands.
pub static POINT_GROUPS: Pattern = Pattern::new(
    "salary_point_groups",
    "^[0-9]+(?:[.][0-9]{3})+(?:,[0-9]{1,2})?$",
);

/// A number whose separator is a decimal mark, because it is not before three digits.
pub static SHORT_DECIMAL: Pattern =
    Pattern::new("salary_short_decimal", "^[0-9]{1,15}[.,][0-9]{1,2}$");

/// White space under the rule set `v1`, as a class of characters, because the meaning of `\s` depends on the locale of the
/// database. A no-break space (U+00A0) is not in the class. A space in a pattern of [`V1_FORMS`] means this class.
pub const V1_SPACE: &str =
    "[ \t-\r\u{1680}\u{2000}-\u{2006}\u{2008}-\u{200A}\u{2028}\u{2029}\u{205F}\u{3000}]";

/// A form of a salary under the rule set `v1`.
#[derive(Debug)]
pub struct V1Form {
    /// `range`, `upto`, `from`, or `amount` for a single amount.
    pub kind: &'static str,
    /// `usd`, or `triệu` for a million VND.
    pub unit: &'static str,
    /// The pattern of the amounts.
    pub pattern: Pattern,
}

const fn form(kind: &'static str, unit: &'static str, pattern: &'static str) -> V1Form {
    V1Form {
        kind,
        unit,
        pattern: Pattern::spaced(pattern, V1_SPACE),
    }
}

/// The forms of a salary under the rule set `v1`. The first one that matches decides. A pattern has each letter in both cases,
/// because a match in any case depends on the locale of the database.
#[rustfmt::skip] // one form is one line
pub static V1_FORMS: [V1Form; 7] = [
    form("range",  "usd",   "([0-9,.]+) *- *([0-9,.]+) *[uU][sS][dD]"),
    form("range",  "triệu", "([0-9,.]+) *- *([0-9,.]+) *[tT][rR][iI][ệỆ][uU]"),
    form("upto",   "usd",   "[tT][ớỚ][iI] +([0-9,.]+) *[uU][sS][dD]"),
    form("upto",   "triệu", "[tT][ớỚ][iI] +([0-9,.]+) *[tT][rR][iI][ệỆ][uU]"),
    form("from",   "triệu", "[tT][ừỪ] +([0-9,.]+) *[tT][rR][iI][ệỆ][uU]"),
    form("amount", "usd",   "([0-9,.]+) *[uU][sS][dD]"),
    form("amount", "triệu", "([0-9,.]+) *[tT][rR][iI][ệỆ][uU]"),
];

/// All patterns.
pub static PATTERNS: [&Pattern; 20] = [
    &DIGITS,
    &DECIMAL,
    &COMMA_GROUPS,
    &POINT_GROUPS,
    &SHORT_DECIMAL,
    &AMOUNTS,
    &LEAD,
    &UPTO,
    &FROM,
    &PAY,
    &PAY_ITSELF,
    &AFTER_BARE,
    &MILLIONS,
    &SIGN_BEFORE,
    &OTHER_MONEY,
    &OTHER_CURRENCY,
    &OTHER_PERIOD,
    &NUMBER_AFTER,
    &AMOUNT_AFTER,
    &EMPTY_BRACKETS,
];
