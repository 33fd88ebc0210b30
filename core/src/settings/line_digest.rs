//! A digest of lines of rule tables.

use super::{RuleTable, rule_lines};

/// A digest of lines. It is FNV-1a, because the result is the same on every machine and in every version.
pub(super) struct LineDigest {
    hash: u64,
    has_lines: bool,
}

impl LineDigest {
    pub(super) fn new() -> Self {
        Self {
            hash: 0xCBF2_9CE4_8422_2325,
            has_lines: false,
        }
    }

    /// Adds a line of a table.
    pub(super) fn add(&mut self, table: &str, line: &str) {
        self.has_lines = true;
        for part in [table, line] {
            for byte in part.bytes() {
                self.add_byte(byte);
            }
            // No text contains this byte, so it separates the parts without ambiguity.
            self.add_byte(0xFF);
        }
    }

    fn add_byte(&mut self, byte: u8) {
        self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }

    /// Eight hexadecimal digits. Returns `None` if no line was added.
    pub(super) fn finish(self) -> Option<String> {
        let folded = (self.hash >> 32) ^ (self.hash & 0xFFFF_FFFF);
        self.has_lines.then(|| format!("{folded:08x}"))
    }
}

/// A digest of the built-in lines of rule tables: eight hexadecimal digits. Ignores comments and blank lines. Returns `None` if
/// nothing is left. Another release with other lines has another digest.
pub fn tables_digest<'a>(tables: impl IntoIterator<Item = &'a RuleTable>) -> Option<String> {
    let mut digest = LineDigest::new();
    for table in tables {
        for line in rule_lines(table.text) {
            digest.add(table.name, line);
        }
    }
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(tables: &[(&'static str, &'static str)]) -> Option<String> {
        let tables = tables.iter().map(|&(name, text)| RuleTable {
            name,
            about: "",
            text,
        });
        tables_digest(&tables.collect::<Vec<_>>())
    }

    #[test]
    fn a_changed_line_of_a_table_changes_the_digest() {
        let shipped = digest(&[("acronyms", "it\nhr"), ("recruiting", "hot")]);
        assert_eq!(
            shipped,
            digest(&[
                ("acronyms", "# more\n it \n\nhr\r\n"),
                ("recruiting", "hot")
            ]),
            "comments and spaces do not count"
        );
        for other in [
            &[("acronyms", "it\nhr")][..],
            &[("acronyms", "it"), ("recruiting", "hot")],
            &[("acronyms", "hr\nit"), ("recruiting", "hot")],
            &[("acronyms", "it\nhr\nhot")],
            &[("acronyms", "it\nhr"), ("recruiting", "hot\ngấp")],
        ] {
            assert_ne!(shipped, digest(other), "{other:?}");
        }
        assert_eq!(digest(&[("acronyms", "# nothing\n")]), None);
    }
}
