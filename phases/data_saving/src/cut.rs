//! Cuts derived texts that are longer than their columns in staging. A new staging table has no such column: see
//! [`jobinsight_sql::narrow`].

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use arrow_array::cast::AsArray;
use arrow_array::{BooleanArray, StringArray};
use jobinsight_core::{Batch, PhaseContext, Result, Warning, database::Client};
use jobinsight_sql::narrow::narrow_columns;

/// The derived texts that may be cut, each with the warning of such a row. `sql/schema/mark_cut_rows.sql` finds these rows by
/// the end of the word, `_cut`.
pub(crate) const CUTS: [(&str, Warning); 3] = [
    ("title_clean", warning("title_cut", "title")),
    (
        "company_name_standardized",
        warning("company_cut", "company_name"),
    ),
    ("location", warning("location_cut", "location")),
];

const fn warning(word: &'static str, field: &'static str) -> Warning {
    Warning { word, field }
}

/// The columns with a limited length. Each process of a run reads them once.
#[derive(Debug, Default)]
pub(crate) struct ShortColumns(OnceLock<Vec<ShortColumn>>);

/// A column with a limited length.
#[derive(Debug)]
pub(crate) struct ShortColumn {
    name: &'static str,
    /// The most characters of a text.
    length: usize,
    warning: Warning,
}

impl ShortColumns {
    /// Returns the columns. Reads them at the first call.
    pub(crate) async fn get(
        &self,
        cx: &PhaseContext<'_>,
        client: &Client<'_>,
    ) -> Result<&[ShortColumn]> {
        if let Some(columns) = self.0.get() {
            return Ok(columns);
        }
        let columns = narrow_columns(&***client, cx.settings()).await?;
        let short = columns.iter().filter_map(|column| {
            let (name, warning) = CUTS.iter().find(|(name, _)| *name == column.name)?;
            Some(ShortColumn {
                name,
                length: usize::try_from(column.length?).ok()?,
                warning: *warning,
            })
        });
        let short = short.collect();
        Ok(self.0.get_or_init(|| short))
    }
}

/// Cuts the texts that are too long, and adds a warning to their rows.
pub(crate) fn cut<'a>(batch: &'a Batch, short: &[ShortColumn]) -> Result<Cow<'a, Batch>> {
    let mut batch = Cow::Borrowed(batch);
    for column in short {
        let texts = batch.records.column_by_name(column.name);
        // A missing column is an error that the next step reports.
        let Some(texts) = texts.and_then(|texts| texts.as_string_opt::<i32>()) else {
            continue;
        };
        let end = |text: &str| text.char_indices().nth(column.length).map(|(end, _)| end);
        let too_long: BooleanArray = texts
            .iter()
            .map(|text| Some(text.and_then(end).is_some()))
            .collect();
        if !too_long.has_true() {
            continue;
        }
        let kept = |text| match end(text) {
            Some(end) => text[..end].trim_end(),
            None => text,
        };
        let texts: StringArray = texts.iter().map(|text| text.map(kept)).collect();
        let batch = batch.to_mut();
        batch.put(column.name, Arc::new(texts))?;
        batch.warn(column.warning.word, &too_long)?;
    }
    Ok(batch)
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, RecordBatch};

    use super::*;

    fn texts(values: [&str; 3]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    fn column(batch: &Batch, name: &str) -> Vec<String> {
        let texts = batch.records.column_by_name(name).unwrap();
        let texts = texts.as_string::<i32>().iter().flatten();
        texts.map(str::to_owned).collect()
    }

    #[test]
    fn a_long_text_is_cut_and_its_row_has_one_warning() {
        let batch = Batch {
            id: 1,
            expected: 3,
            records: RecordBatch::try_from_iter([
                ("title_clean", texts(["Kế Toán", "Kế", "Kế T"])),
                ("location", texts(["Hà Nội", "Huế", "Đà Nẵng"])),
                ("warnings", texts(["{location_cut}", "{}", "{title_kept}"])),
            ])
            .unwrap(),
            rejects: Vec::new(),
        };
        assert!(matches!(cut(&batch, &[]).unwrap(), Cow::Borrowed(_)));
        let short = [0, 1, 2].map(|at| ShortColumn {
            name: CUTS[at].0,
            length: [3, 5, 5][at],
            warning: CUTS[at].1,
        });
        let made = cut(&batch, &short).unwrap();
        assert_eq!(column(&made, "title_clean"), ["Kế", "Kế", "Kế"]);
        assert_eq!(column(&made, "location"), ["Hà Nộ", "Huế", "Đà Nẵ"]);
        assert_eq!(
            column(&made, "warnings"),
            [
                "{location_cut,title_cut}",
                "{}",
                "{title_kept,title_cut,location_cut}"
            ]
        );
    }
}
