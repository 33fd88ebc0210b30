//! Finds the paths in code, such as `super::lock::RunLock`. The search reads tokens, so it includes macros.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that code names, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// Finds every path of two or more segments among tokens. This includes paths in macros, and in `use` within functions.
pub(super) fn paths(tokens: TokenStream, found: &mut Vec<Named>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => paths(group.stream(), found),
            TokenTree::Ident(_) if !follows_path(&tokens, at) => {
                at = path(&tokens, at, &mut Vec::new(), found);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether `::` or `.` precedes a token, so that it continues a path or names a method.
fn follows_path(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && (is_colons(tokens, at.wrapping_sub(2)) || is_sign(&tokens[at - 1], '.'))
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let pair = at.checked_add(2).and_then(|end| tokens.get(at..end));
    pair.is_some_and(|pair| pair.iter().all(|token| is_sign(token, ':')))
}

/// Reads one path, and returns the index of the first token after it.
fn path(
    tokens: &[TokenTree],
    mut at: usize,
    before: &mut Vec<String>,
    found: &mut Vec<Named>,
) -> usize {
    let depth = before.len();
    let line = tokens[at].span().start().line;
    while let Some(TokenTree::Ident(segment)) = tokens.get(at) {
        before.push(segment.to_string());
        at += 1;
        if !is_colons(tokens, at) {
            break;
        }
        at += 2;
        // `use a::{b, c::d}` within a function.
        if let Some(TokenTree::Group(group)) = tokens.get(at)
            && group.delimiter() == Delimiter::Brace
        {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let mut next = 0;
            while next < inner.len() {
                next = match &inner[next] {
                    TokenTree::Ident(_) => path(&inner, next, before, found),
                    _ => next + 1,
                };
            }
            before.truncate(depth);
            return at + 1;
        }
    }
    if before.len() > 1 {
        found.push(Named {
            segments: before.clone(),
            line,
        });
    }
    before.truncate(depth);
    at
}
