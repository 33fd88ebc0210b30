//! Clean texts as JSON strings.

use memchr::{memchr2, memchr2_iter};

/// Adds a clean text as a JSON string. Only two characters of a clean text need to be escaped.
pub(crate) fn write_json_text(text: &str, out: &mut String) {
    out.push('"');
    if memchr2(b'"', b'\\', text.as_bytes()).is_none() {
        out.push_str(text);
    } else {
        escape(text, out);
    }
    out.push('"');
}

#[cold]
fn escape(text: &str, out: &mut String) {
    let mut from = 0;
    for at in memchr2_iter(b'"', b'\\', text.as_bytes()) {
        out.push_str(&text[from..at]);
        out.push('\\');
        from = at;
    }
    out.push_str(&text[from..]);
}
