//! Cuts a script into its statements.

/// The statements of a script, each with its offset in bytes. A semicolon in a text, in a quoted name, in the body of a function or
/// in a comment ends no statement.
pub fn statements(sql: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut is_empty = true;
    while let Some(first) = sql[at..].chars().next() {
        let token = token(&sql[at..]);
        if first == ';' {
            if !is_empty {
                found.push((start, &sql[start..at]));
            }
            (start, is_empty) = (at + 1, true);
        } else if !first.is_whitespace() && !is_comment(&sql[at..]) {
            is_empty = false;
        }
        at += token;
    }
    if !is_empty {
        found.push((start, &sql[start..]));
    }
    found
}

fn is_comment(rest: &str) -> bool {
    rest.starts_with("--") || rest.starts_with("/*")
}

/// The length of the token at the beginning: a comment, a text, a quoted name, a body between dollars, a word, or one character.
fn token(rest: &str) -> usize {
    let until = |from: usize, end: &str| {
        rest[from..]
            .find(end)
            .map_or(rest.len(), |at| from + at + end.len())
    };
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        _ if rest.starts_with("--") => until(2, "\n"),
        _ if rest.starts_with("/*") => until(2, "*/"),
        // A doubled quote is the end of one text and the beginning of the next.
        '\'' | '"' => until(1, &first.to_string()),
        '$' => match rest[1..].find(|c: char| !is_of_word(c)) {
            Some(end) if rest[1 + end..].starts_with('$') => {
                let tag = &rest[..end + 2];
                until(tag.len(), tag)
            }
            _ => 1,
        },
        // A dollar in a word begins no body.
        c if is_of_word(c) => rest
            .find(|c: char| !is_of_word(c) && c != '$')
            .unwrap_or(rest.len()),
        c => c.len_utf8(),
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use jobinsight_core::Settings;

    use super::statements;
    use crate::scripts::{CREATE_INDEXES, SCHEMA_STAGING, STORED_PROCEDURES};

    #[test]
    fn only_a_semicolon_between_statements_ends_one() {
        let sql = "-- one; two\nSELECT ';', \"a;b\", 'it''s;', $1 /* ; */;\n\n; DO $x$ BEGIN a; $$;$$ b; END $x$ ;\n-- the end;\n";
        let found = statements(sql);
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.trim()).collect();
        assert_eq!(
            texts,
            [
                "-- one; two\nSELECT ';', \"a;b\", 'it''s;', $1 /* ; */",
                "DO $x$ BEGIN a; $$;$$ b; END $x$"
            ]
        );
        for (start, text) in found {
            assert_eq!(&sql[start..start + text.len()], text);
        }
    }

    #[test]
    fn each_statement_of_the_schema_begins_with_a_verb() {
        for script in [SCHEMA_STAGING, STORED_PROCEDURES, CREATE_INDEXES] {
            let rendered = script.render(&Settings::default());
            let found = statements(rendered.sql());
            assert!(found.len() >= 7, "{}", script.name);
            for (_, text) in found {
                let mut lines = text.lines().map(str::trim_start);
                let first = lines
                    .find(|line| !line.is_empty() && !line.starts_with("--"))
                    .unwrap();
                let verbs = ["CREATE ", "ALTER ", "COMMENT ", "DO ", "DROP "];
                assert!(
                    verbs.iter().any(|verb| first.starts_with(verb)),
                    "{}: {first}",
                    script.name
                );
            }
        }
    }
}
