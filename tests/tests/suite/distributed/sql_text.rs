//! A reader of SQL texts: enough to find which subquery names a row of the query around it.

use std::collections::BTreeMap;

/// Where the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On the other servers: the raw table and staging.
    Distributed,
    /// On this server: every other table, and the result of a `WITH` query.
    Local,
}

/// The words of a text in lower case, without comments and without the contents of texts. A sign is a word of its own.
pub(super) fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let is_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let end = |from: usize, end: &str| {
            rest[from..]
                .find(end)
                .map_or(rest.len(), |at| from + at + end.len())
        };
        let length = match first {
            _ if rest.starts_with("--") => end(2, "\n"),
            _ if rest.starts_with("/*") => end(2, "*/"),
            '\'' => end(1, "'"),
            '"' => end(1, "\""),
            c if is_of_word(c) => rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        match first {
            '\'' => words.push("''".to_owned()),
            c if c.is_whitespace() || rest.starts_with("--") || rest.starts_with("/*") => {}
            _ => words.push(rest[..length].trim_matches('"').to_lowercase()),
        }
        rest = &rest[length..];
    }
    words
}

/// The place of the rows of a table.
fn place(table: &str) -> Place {
    match table {
        "raw_jobs" | "staging_jobs" => Place::Distributed,
        _ => Place::Local,
    }
}

/// The names that a query gives to its tables.
type Scope = BTreeMap<String, Place>;

/// The subqueries that name a row of the query around them, although its rows are in another place: the name and the column.
pub(super) fn correlated(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    query(words, &mut Vec::new(), &mut found);
    found
}

/// Reads a query: the words between two parentheses, or all of them. Returns the place of its rows.
fn query(words: &[String], outer: &mut Vec<Scope>, found: &mut Vec<String>) -> Place {
    let scope = scope(words);
    let is_select = words
        .first()
        .is_some_and(|word| word == "select" || word == "with");
    let is_subquery = is_select && !outer.is_empty();
    let own: Vec<Place> = scope.values().copied().collect();
    let mut place = if own.contains(&Place::Distributed) {
        Place::Distributed
    } else {
        Place::Local
    };
    outer.push(scope);
    let mut at = 0;
    while at < words.len() {
        if words[at] == "(" {
            let end = closing(words, at);
            if query(&words[at + 1..end], outer, found) == Place::Distributed {
                place = Place::Distributed;
            }
            at = end;
        } else if is_subquery
            && words.get(at + 1).is_some_and(|word| word == ".")
            && let Some(column) = words.get(at + 2)
        {
            let (mine, around) = outer
                .split_last()
                .map_or((None, &[][..]), |(mine, around)| (Some(mine), around));
            let is_mine = mine.is_some_and(|scope| scope.contains_key(&words[at]));
            let named = around.iter().rev().find_map(|scope| scope.get(&words[at]));
            if let Some(named) = named.filter(|_| !is_mine)
                && own.iter().any(|place| place != named)
            {
                found.push(format!("{}.{column}", words[at]));
            }
            at += 2;
        }
        at += 1;
    }
    outer.pop();
    place
}

/// The tables after FROM, JOIN, USING, INTO and UPDATE, and after a comma between tables, outside of parentheses.
fn scope(words: &[String]) -> Scope {
    let mut scope = Scope::new();
    let mut is_list = false;
    let mut at = 0;
    while at < words.len() {
        let word = words[at].as_str();
        if word == "(" {
            at = closing(words, at) + 1;
            continue;
        }
        is_list = match word {
            "from" | "using" => true,
            "where" | "set" | "group" | "order" | "select" | "returning" | "on" | "limit" => false,
            _ => is_list,
        };
        let begins = matches!(word, "from" | "join" | "using" | "into" | "update")
            || (word == "," && is_list);
        at += 1;
        if begins {
            at = table(words, at, &mut scope);
        }
    }
    scope
}

/// Reads a table and its alias. Returns the position after them.
fn table(words: &[String], mut at: usize, scope: &mut Scope) -> usize {
    let is_name = |at: usize| {
        words.get(at).is_some_and(|word| {
            word.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && !KEYWORDS.contains(&word.as_str())
        })
    };
    if words.get(at).is_some_and(|word| word == "lateral") {
        at += 1;
    }
    let mut name = None;
    if words.get(at).is_some_and(|word| word == "(") {
        let inner = &words[at + 1..closing(words, at)];
        at = closing(words, at) + 1;
        // A list of values has no rows of a table.
        let is_query = inner.first().is_some_and(|word| word == "select");
        name = is_query.then(|| query(inner, &mut Vec::new(), &mut Vec::new()));
    } else {
        while is_name(at) {
            name = Some(place(&words[at]));
            if words.get(at + 1).is_none_or(|word| word != ".") {
                break;
            }
            at += 2;
        }
        let table = words.get(at).cloned();
        at += 1;
        // A function in FROM has no rows of a table.
        if words.get(at).is_some_and(|word| word == "(") {
            at = closing(words, at) + 1;
            name = None;
        } else if let (Some(place), Some(table)) = (name, table) {
            scope.insert(table, place);
        }
    }
    if words.get(at).is_some_and(|word| word == "as") {
        at += 1;
    }
    if let Some(place) = name
        && is_name(at)
    {
        scope.insert(words[at].clone(), place);
        at += 1;
    }
    at
}

/// The words that are not an alias.
const KEYWORDS: [&str; 24] = [
    "as",
    "cross",
    "do",
    "for",
    "full",
    "group",
    "having",
    "inner",
    "is",
    "join",
    "left",
    "limit",
    "natural",
    "offset",
    "on",
    "only",
    "order",
    "returning",
    "right",
    "select",
    "set",
    "union",
    "using",
    "where",
];

/// The position of the parenthesis that closes the one at a position.
fn closing(words: &[String], open: usize) -> usize {
    let mut depth = 0;
    for (at, word) in words.iter().enumerate().skip(open) {
        match word.as_str() {
            "(" => depth += 1,
            ")" if depth == 1 => return at,
            ")" => depth -= 1,
            _ => {}
        }
    }
    words.len()
}
