//! The company of a row.

use std::sync::Arc;

use jobinsight_core::RuleSet;

use super::reject::{RowError, check_length};
use crate::cache::{Cache, Cached};
use crate::standard::company::{LONGEST, Rules, Standardizer};
use crate::v1;

/// Derives `company_name_standardized`.
pub(super) struct CompanyColumn {
    engine: Engine,
    known: Cache<Box<str>>,
}

enum Engine {
    Standard(Box<Standardizer>),
    V1,
}

impl Cached for Box<str> {
    fn heap_bytes(&self) -> usize {
        self.len()
    }
}

impl CompanyColumn {
    pub(super) fn new(rules: RuleSet, tables: &Arc<Rules>) -> Self {
        Self {
            engine: match rules {
                RuleSet::Standard => {
                    Engine::Standard(Box::new(Standardizer::new(Arc::clone(tables))))
                }
                RuleSet::V1 => Engine::V1,
            },
            known: Cache::new(),
        }
    }

    #[inline]
    pub(super) fn derive(&mut self, given: Option<&str>) -> Result<Option<&str>, RowError> {
        let name = given.unwrap_or_default();
        check_length("company_name", name, LONGEST)?;
        let engine = &mut self.engine;
        let standardized = self.known.get_or_make(name, || match engine {
            Engine::Standard(names) => names.standardize(name).into(),
            Engine::V1 => v1::clean_company_name(name).into(),
        });
        check_length("company_name_standardized", standardized, LONGEST)?;
        // In the Python pipeline a missing name was an empty one.
        let is_stored = !standardized.is_empty() || matches!(engine, Engine::V1);
        Ok(is_stored.then_some(standardized))
    }
}
