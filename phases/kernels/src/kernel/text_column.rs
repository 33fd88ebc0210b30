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
        if self.nulls > 0 {
            self.add_nulls();
        }
        self.texts.append_value(text);
    }

    /// Adds the NULLs that were counted.
    fn add_nulls(&mut self) {
        self.texts.append_nulls(self.nulls);
        self.nulls = 0;
    }

    pub(super) fn finish(mut self) -> StringArray {
        // Without this condition, a column without a NULL would get a bitmap of its NULLs.
        if self.nulls > 0 {
            self.add_nulls();
        }
        self.texts.finish()
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;

    use super::*;

    fn column(values: &[Option<&str>]) -> StringArray {
        let mut column = TextColumn::with_capacity(values.len(), 0);
        for value in values {
            column.push(*value);
        }
        column.finish()
    }

    #[test]
    fn a_column_has_its_values_in_their_order() {
        let values = [None, Some("a"), Some(""), None, None, Some("Huế"), None];
        for count in 0..=values.len() {
            let values = &values[..count];
            assert_eq!(column(values), StringArray::from(values.to_vec()));
        }
    }

    #[test]
    fn a_column_without_a_null_has_no_bitmap() {
        assert!(column(&[Some("a"), Some("b")]).nulls().is_none());
    }
}
