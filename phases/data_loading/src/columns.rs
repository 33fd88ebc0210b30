//! Collects the rows that the server sends into the columns of a batch.

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use jobinsight_core::{EtlError, PhaseContext, Result, codes};
use jobinsight_sql::columns::{KEY, LOADED, ROW_VERSION, SOURCE_HASH};
use jobinsight_sql::kept::{KEPT, RAW_SKILLS, raw_column};
use tokio_postgres::binary_copy::BinaryCopyOutRow;
use tokio_postgres::types::Type;

/// The columns that are loaded only for a phase that needs them.
#[derive(Debug, Clone)]
pub(crate) struct More {
    /// The server computes a fingerprint from all columns of a row.
    pub(crate) has_source_hash: bool,
    /// The columns of [`KEPT`] that a phase needs.
    kept: Vec<&'static str>,
}

impl More {
    pub(crate) fn of(cx: &PhaseContext<'_>) -> Self {
        let kept = KEPT.into_iter().filter(|name| cx.is_needed(name));
        Self {
            has_source_hash: cx.is_needed(SOURCE_HASH),
            kept: kept.collect(),
        }
    }

    pub(crate) fn has_skills(&self) -> bool {
        self.kept.contains(&RAW_SKILLS)
    }
}

/// The columns of a batch: key, version, texts, and what else a phase needs.
pub(crate) struct Columns {
    keys: Text,
    versions: Int64Builder,
    hashes: Option<Int64Builder>,
    texts: [Text; LOADED.len()],
    skills: Option<Text>,
    more: More,
    /// Bytes of all texts.
    pub(crate) bytes: usize,
}

impl Columns {
    /// The types of the columns that the server sends. Texts are read as bytes, and UTF-8 is checked for a whole column at
    /// once, because checking each text was a large part of the time of loading.
    pub(crate) fn types(more: &More) -> Vec<Type> {
        let mut types = vec![Type::BYTEA, Type::INT8];
        types.extend(more.has_source_hash.then_some(Type::INT8));
        types.extend(LOADED.map(|_| Type::BYTEA));
        types.extend(more.has_skills().then_some(Type::BYTEA));
        types
    }

    pub(crate) fn with_capacity(rows: usize, more: More) -> Self {
        let hashes = more.has_source_hash;
        Self {
            keys: Text::with_capacity(rows, 8),
            versions: Int64Builder::with_capacity(rows),
            hashes: hashes.then(|| Int64Builder::with_capacity(rows)),
            texts: LOADED.map(|_| Text::with_capacity(rows, 64)),
            skills: more.has_skills().then(|| Text::with_capacity(rows, 64)),
            more,
            bytes: 0,
        }
    }

    pub(crate) fn push(&mut self, row: &BinaryCopyOutRow) -> Result<(), tokio_postgres::Error> {
        self.keys.push(row.try_get(0)?);
        self.versions.append_value(row.try_get(1)?);
        let mut next = 2;
        if let Some(hashes) = &mut self.hashes {
            hashes.append_value(row.try_get(next)?);
            next += 1;
        }
        for column in self.texts.iter_mut().chain(&mut self.skills) {
            let text: Option<&[u8]> = row.try_get(next)?;
            self.bytes += text.map_or(0, <[u8]>::len);
            column.push(text);
            next += 1;
        }
        Ok(())
    }

    /// # Errors
    /// A text is not UTF-8. This is possible only in a database with the encoding `SQL_ASCII`.
    pub(crate) fn finish(mut self) -> Result<RecordBatch> {
        // (name, column, whether it may be NULL)
        let mut columns: Vec<(&str, ArrayRef, bool)> = vec![
            (KEY, Arc::new(self.keys.finish(KEY)?), false),
            (ROW_VERSION, Arc::new(self.versions.finish()), false),
        ];
        if let Some(mut hashes) = self.hashes {
            columns.push((SOURCE_HASH, Arc::new(hashes.finish()), false));
        }
        for (text, name) in self.texts.into_iter().zip(LOADED) {
            columns.push((name, Arc::new(text.finish(name)?), true));
        }
        let skills = self
            .skills
            .map(|skills| skills.finish(RAW_SKILLS))
            .transpose()?;
        let skills = skills.map(|skills| Arc::new(skills) as ArrayRef);
        for name in self.more.kept {
            let raw = raw_column(name);
            // A second column of the same texts costs no memory.
            let loaded = columns.iter().find(|(loaded, ..)| *loaded == raw);
            let column = loaded.map(|(_, column, _)| Arc::clone(column));
            let Some(column) = column.or_else(|| skills.clone()) else {
                return Err(EtlError::bug(format!("the column {raw} was not loaded")));
            };
            columns.push((name, column, true));
        }
        RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| {
            EtlError::bug(format!("the columns of a loaded batch do not fit: {error}"))
        })
    }
}

/// A text column: the bytes of all values, joined.
struct Text {
    bytes: Vec<u8>,
    /// The end of each value in `bytes`; `None` for NULL.
    ends: Vec<Option<usize>>,
}

impl Text {
    fn with_capacity(rows: usize, width: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(rows * width),
            ends: Vec::with_capacity(rows),
        }
    }

    fn push(&mut self, value: Option<&[u8]>) {
        self.bytes.extend_from_slice(value.unwrap_or_default());
        self.ends.push(value.map(|_| self.bytes.len()));
    }

    fn finish(self, name: &str) -> Result<StringArray> {
        let all = simdutf8::basic::from_utf8(&self.bytes).map_err(|_| not_utf8(name))?;
        let mut column = StringBuilder::with_capacity(self.ends.len(), all.len());
        let mut start = 0;
        for end in self.ends {
            let Some(end) = end else {
                column.append_null();
                continue;
            };
            // The joined bytes can be UTF-8 even if a value ends inside a character.
            column.append_value(all.get(start..end).ok_or_else(|| not_utf8(name))?);
            start = end;
        }
        Ok(column.finish())
    }
}

fn not_utf8(column: &str) -> EtlError {
    EtlError::new(
        codes::DATABASE_FAILED,
        format!("copying a batch out: the column {column} of the raw table contains text that is not valid UTF-8"),
    )
    .help("correct these texts in the raw table, or move the table to a database with the encoding UTF8, which accepts only valid UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[Option<&[u8]>]) -> Result<Vec<Option<String>>> {
        let mut text = Text::with_capacity(values.len(), 1);
        for value in values {
            text.push(*value);
        }
        let column = text.finish("title")?;
        Ok(column
            .iter()
            .map(|value| value.map(str::to_owned))
            .collect())
    }

    #[test]
    fn texts_come_out_as_they_went_in() {
        let values = [Some("Kế Toán"), None, Some(""), None, None, Some("đ")];
        let bytes = values.map(|value| value.map(str::as_bytes));
        assert_eq!(
            column(&bytes).unwrap(),
            values.map(|value| value.map(str::to_owned))
        );
        assert_eq!(column(&[]).unwrap(), []);
    }

    #[test]
    fn invalid_utf8_is_an_error_that_names_the_column() {
        let (front, back) = "đ".as_bytes().split_at(1);
        for bytes in [
            vec![Some(&b"\xff"[..])],
            vec![Some(front), Some(back)],
            vec![Some(front), None],
        ] {
            let error = column(&bytes).unwrap_err();
            assert!(error.message().contains("the column title"), "{error}");
        }
    }
}
