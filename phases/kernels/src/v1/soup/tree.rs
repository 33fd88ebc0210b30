//! The part of Beautiful Soup's tree builder that decides which text is shown.

use std::collections::HashMap;

/// Elements whose text `get_text` of Beautiful Soup leaves out.
const HIDDEN: [&str; 5] = ["script", "style", "template", "rt", "rp"];
/// Elements that are always empty.
const VOID: [&str; 23] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "menuitem",
    "meta", "param", "source", "track", "wbr", "basefont", "bgsound", "command", "frame", "image",
    "isindex", "nextid",
];

/// The part of Beautiful Soup's tree that decides what text is shown.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) out: String,
    pub(super) node: String,
    any_node: bool,
    stack: Vec<String>,
    open: HashMap<String, usize>,
    hidden: usize,
    closed_void: HashMap<String, usize>,
}

impl Tree {
    pub(super) fn emit(&mut self, text: &str) {
        if self.any_node {
            self.out.push('\n');
        }
        self.any_node = true;
        self.out.push_str(text);
    }

    /// Ends the current text node. The text of a hidden element is dropped.
    pub(super) fn end_node(&mut self) {
        if !self.node.is_empty() {
            let node = std::mem::take(&mut self.node);
            if self.hidden == 0 {
                self.emit(&node);
            }
        }
    }

    pub(super) fn start(&mut self, name: &str, self_closing: bool) {
        self.end_node();
        let void = VOID.contains(&name);
        if void && !self_closing {
            // A following `</br>` closes this element only.
            *self.closed_void.entry(name.to_owned()).or_default() += 1;
        }
        if void {
            return;
        }
        self.stack.push(name.to_owned());
        *self.open.entry(name.to_owned()).or_default() += 1;
        if HIDDEN.contains(&name) {
            self.hidden += 1;
        }
        if self_closing {
            self.end(name);
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        if let Some(count) = self.closed_void.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            return;
        }
        self.end_node();
        if self.open.get(name).is_none_or(|count| *count == 0) {
            return;
        }
        while let Some(top) = self.stack.pop() {
            if let Some(count) = self.open.get_mut(&top) {
                *count -= 1;
            }
            if HIDDEN.contains(&top.as_str()) {
                self.hidden -= 1;
            }
            if top == name {
                break;
            }
        }
    }
}
