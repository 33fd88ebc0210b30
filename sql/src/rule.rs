//! The rules for the values of staging: a list of words, a form, a bound.

use jobinsight_core::{RuleSet, registry};

use crate::columns::{Allowed, Column};

/// The values that a column of staging may have, besides NULL. In a list, the rule is for each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Any value of the type.
    Any,
    /// One of these words.
    Words(Vec<&'static str>),
    /// A text that this regular expression matches.
    Form(String),
}

impl Rule {
    /// The rule of a column.
    pub fn of(column: &Column) -> Self {
        match column.allowed {
            Allowed::Any => Self::Any,
            Allowed::Words(words) => Self::Words(words.to_vec()),
            Allowed::Form(form) => Self::Form(form.to_owned()),
            Allowed::Warnings => Self::Words(warnings()),
            Allowed::Rules => Self::Form(rules()),
        }
    }

    /// A condition of SQL that is true for a row whose value breaks the rule; `None` if every value is allowed. `column` is the
    /// name of the column, after the alias of its table.
    pub fn broken(&self, column: &str, is_list: bool) -> Option<String> {
        Some(match (self, is_list) {
            (Self::Any, _) => return None,
            (Self::Words(words), false) => format!("{column} <> ALL ({})", array(words)),
            (Self::Words(words), true) => format!("NOT {column} <@ {}", array(words)),
            (Self::Form(form), false) => format!("{column} !~ {}", literal(form)),
            (Self::Form(form), true) => format!(
                "EXISTS (SELECT 1 FROM unnest({column}) AS items (item) WHERE item !~ {})",
                literal(form)
            ),
        })
    }
}

/// The warnings of the linked phases.
fn warnings() -> Vec<&'static str> {
    let specs = registry::all().into_iter().flatten();
    let warnings = specs.flat_map(|spec| spec.warnings);
    let mut words: Vec<&str> = warnings.map(|warning| warning.word).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The form of the name of rules: a rule set, and after a sign its digests and phases. See [`crate::content`].
fn rules() -> String {
    let sets = [RuleSet::Standard, RuleSet::V1].map(RuleSet::name);
    format!("^({})($|[@/+-])", sets.join("|"))
}

fn array(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| literal(word)).collect();
    format!("ARRAY[{}]::text[]", words.join(", "))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_name_of_rules_is_allowed() {
        assert_eq!(rules(), "^(standard|v1)($|[@/+-])");
    }

    #[test]
    fn a_condition_quotes_its_words() {
        let rule = Rule::Words(vec!["a", "it's"]);
        let broken = rule.broken("s.x", false);
        assert_eq!(broken.unwrap(), "s.x <> ALL (ARRAY['a', 'it''s']::text[])");
        assert_eq!(Rule::Any.broken("s.x", true), None);
    }
}
