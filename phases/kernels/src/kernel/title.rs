//! The title of a row.

use std::sync::Arc;

use super::reject::{RejectReason, RowError, check_length};
use super::row::without_nul;
use crate::rule_set::RuleSet;
use crate::standard::title::{self, CleanTitle, Cleaner, LONGEST};
use crate::{Warnings, text, v1};

/// Derives `title_clean` and `title_salary`.
pub(super) enum TitleColumn {
    Standard(Box<Cleaner>),
    /// The result is written into the buffer. This rule set reads no pay from a title.
    V1(String),
}

impl TitleColumn {
    pub(super) fn new(rules: RuleSet, tables: &Arc<title::TitleRules>) -> Self {
        match rules {
            RuleSet::Standard => Self::Standard(Box::new(Cleaner::with(Arc::clone(tables)))),
            RuleSet::V1 => Self::V1(String::new()),
        }
    }

    #[inline]
    pub(super) fn derive<'a>(
        &'a mut self,
        given: Option<&'a str>,
    ) -> Result<CleanTitle<'a>, RowError> {
        let title = given
            .filter(|title| !text::is_blank(title))
            .ok_or_else(|| RowError {
                column: "title",
                reason: RejectReason::TitleMissing,
                value: given.map(str::to_owned),
            })?;
        check_length("title", title, LONGEST)?;
        Ok(match self {
            Self::Standard(cleaner) => cleaner.clean(title),
            Self::V1(clean) => {
                let warnings = clean_by_v1(title, clean);
                CleanTitle {
                    warnings,
                    ..CleanTitle::unchanged(clean)
                }
            }
        })
    }
}

fn clean_by_v1(title: &str, clean: &mut String) -> Warnings {
    let mut warnings = Warnings::NONE;
    *clean = without_nul(v1::clean_title(title), &mut warnings);
    // The Python pipeline returned an empty title for some titles, but the column is NOT NULL.
    if clean.is_empty() {
        *clean = without_nul(title.trim(), &mut warnings);
        warnings |= Warnings::TITLE_KEPT;
    }
    warnings
}
