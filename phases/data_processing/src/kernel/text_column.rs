//! A column of texts while it is filled.

use arrow_array::StringArray;
use arrow_array::builder::StringBuilder;

/// Builds a column. The values of most rows of a column are alike: nearly all are texts, or nearly all are NULL. So NULLs
/// are counted, and added together before the next text.
pub(super) struct TextColumn {
    texts: StringBuilder,
    /// The NULLs that come after the last text.
    nulls: usize,
}

impl TextColumn {
    /// An empty column, with room for a number of rows and for the bytes of their texts.
    pub(super) fn with_capacity(rows: usize, bytes: usize) -> Self {
        Self {
            texts: StringBuilder::with_capacity(rows, bytes),
            nulls: 0,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, value: Option<&str>) {
        match value {
            Some(text) => self.add(text),
            None => self.nulls += 1,
        }
    }

    /// Not inlined, so that a NULL takes a few instructions.
    #[inline(never)]
    fn add(&mut self, text: &str) {
        self.add_nulls();
        self.texts.append_value(text);
    }

    /// Adds the NULLs that were counted. A column without any must not get a bitmap of its NULLs.
    #[inline]
    fn add_nulls(&mut self) {
        if self.nulls > 0 {
            self.texts.append_nulls(self.nulls);
            self.nulls = 0;
        }
    }

    pub(super) fn finish(mut self) -> StringArray {
        self.add_nulls();
        self.texts.finish()
    }
}
