//! A line of a table: `value: phrase, phrase` or `value (condition): phrase, phrase`.

/// The value of a line that only takes words away from the other lines.
pub(crate) const IGNORE: &str = "ignore";

/// Where a phrase counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Anywhere.
    Anywhere,
    /// `(first)`: at the start of the title, before any other word of the role.
    First,
    /// `(alone)`: between two gaps, with no other word.
    Alone,
    /// `(rest)`: anywhere, and the words behind it in the same part of the title say nothing.
    Rest,
    /// `(title)`: a skill that is read in titles, too.
    Title,
}

/// A line of a table, read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FactLine<'a> {
    pub(crate) value: &'a str,
    pub(crate) condition: Condition,
    pub(crate) phrases: Vec<&'a str>,
}

impl<'a> FactLine<'a> {
    /// # Errors
    /// Why the line is not a rule.
    pub(crate) fn read(line: &'a str) -> Result<Self, String> {
        // A skill may have a colon in its name, but no colon with a space behind it.
        let (head, phrases) = match line.split_once(": ") {
            Some((head, phrases)) => (head.trim(), phrases),
            None => (line.strip_suffix(':').unwrap_or(line).trim(), ""),
        };
        let (value, condition) = match head
            .strip_suffix(')')
            .and_then(|head| head.rsplit_once(" ("))
        {
            Some((value, word)) => match condition(word) {
                Some(condition) => (value.trim(), condition),
                None => (head, Condition::Anywhere),
            },
            None => (head, Condition::Anywhere),
        };
        let phrases: Vec<&str> = phrases
            .split(", ")
            .map(|phrase| phrase.trim().trim_end_matches(','))
            .filter(|phrase| !phrase.is_empty())
            .collect();
        if value.is_empty() {
            return Err("a line is `value: phrase, phrase`".to_owned());
        }
        Ok(Self {
            value,
            condition,
            phrases,
        })
    }
}

fn condition(word: &str) -> Option<Condition> {
    Some(match word {
        "first" => Condition::First,
        "alone" => Condition::Alone,
        "rest" => Condition::Rest,
        "title" => Condition::Title,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_value_a_condition_and_phrases() {
        let line = FactLine::read("manager (first): quản lý, quản lí").unwrap();
        assert_eq!(line.value, "manager");
        assert_eq!(line.condition, Condition::First);
        assert_eq!(line.phrases, ["quản lý", "quản lí"]);
        let skill = FactLine::read("Chăm sóc khách hàng (Customer Service)").unwrap();
        assert_eq!(skill.value, "Chăm sóc khách hàng (Customer Service)");
        assert!(skill.phrases.is_empty());
        assert!(FactLine::read(": x").is_err());
    }
}
