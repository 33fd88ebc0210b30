//! The words, patterns and limits of salaries and deadlines, as SQL. The kernels in Rust have them, because both must read the
//! same words.

use std::fmt::Write;

use jobinsight_kernels::salary::words::{
    FRACTION_UNITS, Marks, PER, PERIODS, PHRASES, SIGNS, UNITS,
};
use jobinsight_kernels::salary::{DEFAULTS, patterns as salary};
use jobinsight_kernels::{deadline, salary as limits, short_text};

/// The SQL of a variable. `None` if no variable has this name.
pub(crate) fn value(name: &str) -> Option<String> {
    Some(match name {
        "salary_defaults" => options(" ", |name, value| format!("WHEN '{name}' THEN {value}")),
        "salary_options_in_words" => options(", ", |name, value| format!("{name} {value}")),
        "salary_phrases" => list(PHRASES, |(phrase, word)| array([phrase, word])),
        "salary_per" => list(PER, |word| literal(word)),
        "salary_fraction_units" => list(FRACTION_UNITS, |word| literal(word)),
        "salary_periods" => branches(PERIODS),
        "salary_units" => branches(UNITS),
        "salary_signs" => branches(SIGNS),
        "python_forms" => list(&salary::V1_FORMS, |form| {
            array([form.kind, form.unit, form.pattern.text])
        }),
        "python_space" => literal(salary::V1_SPACE),
        "deadline_months" => literal(deadline::patterns::MONTHS),
        "text_read" => literal(&short_text::read()),
        "text_meant" => literal(&short_text::meant()),
        "accents_read" => literal(&[short_text::DE, short_text::ACCENTS].concat()),
        "accents_meant" => literal(&"d".repeat(short_text::DE.chars().count())),
        "left_over" => literal(deadline::OVER),
        "left_before" => literal(deadline::BEFORE),
        "left_days" => left(0),
        "left_hours" => left(1),
        "left_minutes" => left(2),
        "left_seconds" => left(3),
        _ => return pattern(name).or_else(|| number(name)),
    })
}

/// The words after a number of units that are left.
fn left(unit: usize) -> String {
    literal(&format!(" {}{}", deadline::UNITS[unit].0, deadline::AFTER))
}

fn pattern(name: &str) -> Option<String> {
    let mut all = salary::PATTERNS
        .into_iter()
        .chain(deadline::patterns::PATTERNS);
    let found = all.find(|pattern| pattern.name == name)?;
    Some(literal(found.text))
}

fn number(name: &str) -> Option<String> {
    let mut all = limits::numbers().into_iter().chain(deadline::numbers());
    let found = all.find(|(known, _)| *known == name)?;
    Some(found.1.to_string())
}

/// The defaults of the options of `normalize_salary`.
fn options(separator: &str, write: impl Fn(&str, f64) -> String) -> String {
    let written = DEFAULTS.iter().map(|(name, value)| write(name, *value));
    written.collect::<Vec<_>>().join(separator)
}

/// Marks as branches of a CASE: `WHEN word IN ('k', 'nghin') THEN 'K'`.
fn branches(marks: Marks) -> String {
    let branch = |(mark, words): &(&str, &[&str])| {
        let words = list(words, |word| literal(word));
        format!("\n        WHEN word IN ({words}) THEN {}", literal(mark))
    };
    marks.iter().map(branch).collect()
}

fn array<const N: usize>(texts: [&str; N]) -> String {
    format!("[{}]", list(&texts, |text| literal(text)))
}

fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join(", ")
}

/// A literal in which each character can be seen.
fn literal(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || c.is_whitespace() && c != ' '
            || matches!(u32::from(c), 0xAD | 0x300..=0x36F | 0x61C | 0x180E | 0x2000..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF)
    };
    if !text.contains(is_hidden) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = "E'".to_owned();
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend([c, c]),
            c if is_hidden(c) => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Script;
    use crate::scripts::{
        DEADLINE_FUNCTIONS, SALARY_AMOUNTS_FUNCTIONS, SALARY_FUNCTIONS, SALARY_WORDS_FUNCTIONS,
        TEXT_FUNCTIONS, TIME_REMAINING_FUNCTIONS, V1_FUNCTIONS,
    };

    #[test]
    fn a_literal_has_no_character_that_cannot_be_seen() {
        assert_eq!(literal("it's \\d"), "'it''s \\d'");
        assert_eq!(literal("a'\\\t\u{A0}…"), "E'a''\\\\\\u0009\\u00A0…'");
    }

    /// The files of the parsers.
    const PARSERS: [Script; 7] = [
        DEADLINE_FUNCTIONS,
        SALARY_AMOUNTS_FUNCTIONS,
        SALARY_FUNCTIONS,
        SALARY_WORDS_FUNCTIONS,
        TEXT_FUNCTIONS,
        TIME_REMAINING_FUNCTIONS,
        V1_FUNCTIONS,
    ];

    /// Whether two small letters are side by side, outside a class of characters.
    fn has_word(pattern: &str) -> bool {
        let mut is_class = false;
        let mut outside = String::new();
        for c in pattern.chars() {
            is_class = c == '[' || is_class && c != ']';
            outside.push(if is_class { ' ' } else { c });
        }
        let is_small = |c: &u8| c.is_ascii_lowercase();
        outside
            .as_bytes()
            .windows(2)
            .any(|pair| pair.iter().all(is_small))
    }

    #[test]
    fn no_word_of_a_parser_is_only_in_sql() {
        for file in PARSERS {
            for before in [
                "~ '",
                " IN ('",
                "regexp_match(folded, '",
                "regexp_match(t, '",
            ] {
                let literals = file.text.split(before).skip(1);
                for literal in literals.filter_map(|rest| rest.split('\'').next()) {
                    assert!(!has_word(literal), "{}: {literal}", file.name);
                }
            }
        }
        assert!(has_word("^(?:up|to)$") && !has_word("^[a-z]+ ?$"));
    }

    #[test]
    fn no_word_of_a_parser_is_only_in_rust() {
        let patterns = salary::PATTERNS
            .into_iter()
            .chain(deadline::patterns::PATTERNS);
        let patterns = patterns.map(|pattern| pattern.name);
        let numbers = limits::numbers().into_iter().chain(deadline::numbers());
        for name in patterns.chain(numbers.map(|(name, _)| name)) {
            let variable = format!(":{name}");
            let is_next =
                |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
            let uses = |file: &Script| file.text.split(&variable).skip(1).any(is_next);
            assert!(PARSERS.iter().any(uses), "no SQL file uses {variable}");
        }
    }

    #[test]
    fn each_word_and_limit_is_a_value() {
        assert_eq!(
            value("salary_per").as_deref(),
            Some("'/', 'per', 'moi', 'mot', 'a', 'an', 'hang', 'each', 'theo', '1', '01'")
        );
        assert_eq!(value("usd_vnd_rate").as_deref(), Some("25000"));
        assert_eq!(value("left_days").as_deref(), Some("' ngày để ứng tuyển'"));
        assert_eq!(value("accents_meant").as_deref(), Some("'dddd'"));
        assert_eq!(value("unknown"), None);
    }
}
