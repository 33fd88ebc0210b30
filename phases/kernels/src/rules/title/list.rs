//! The word lists of `title_words.txt`. Each list is a flag of its words.

use super::words::flag::LISTS;

macro_rules! lists {
    ($($name:ident = $bit:literal, $text:literal;)*) => {
        $(pub(crate) const $name: u32 = LISTS << $bit;)*

        /// The lists by the names that the table uses.
        pub(crate) const NAMES: &[(&str, u32)] = &[$(($text, $name)),*];
    };
}

lists! {
    UNIT = 0, "unit";
    UNIT_BESIDE = 1, "unit beside";
    RANGE = 2, "range";
    JOINT = 3, "joint";
    DAY = 4, "day";
    ROLE = 5, "role";
    BEFORE_NUMBERS = 6, "before numbers";
    LANGUAGE = 7, "language";
    QUALIFIED = 8, "qualified";
    STANDARD = 9, "standard";
    WHO = 10, "who";
    TIME = 11, "time";
    PAY_WORD = 12, "pay";
    BONUS = 13, "bonus";
    BOUND = 14, "bound";
    PERIOD = 15, "period";
    CODE_WORD = 16, "code";
    GRADE = 17, "grade";
    DOTTED = 18, "dotted";
    SUFFIX = 19, "place suffix";
    ROLE_ITEM = 20, "role item";
    ROLE_NAME = 21, "role name";
    NO_ROLE = 22, "no role";
    QUALIFYING = 23, "qualifying";
}
