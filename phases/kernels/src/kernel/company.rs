//! The company of a row.

use std::sync::Arc;

use super::reject::{RowError, check_length};
use super::row::DerivedCompany;
use crate::cache::{Cache, Cached};
use crate::rule_set::RuleSet;
use crate::standard::company::{LONGEST, Rules, Standardizer};
use crate::v1;

/// Derives `company_name_standardized` and `company_key`.
pub(super) struct CompanyColumn {
    engine: Engine,
    known: Cache<KeyStart>,
}

/// Where the key begins in the cached text of a name: it comes right after the standardized name.
struct KeyStart(usize);

impl Cached for KeyStart {}

enum Engine {
    Standard(Box<Standardizer>),
    V1,
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
    pub(super) fn derive(&mut self, given: Option<&str>) -> Result<DerivedCompany<'_>, RowError> {
        let name = given.unwrap_or_default();
        check_length("company_name", name, LONGEST)?;
        let engine = &mut self.engine;
        let (text, KeyStart(end)) = self.known.get_or_make(name, |out| {
            let start = out.len();
            match engine {
                Engine::Standard(names) => {
                    out.push_str(names.standardize(name));
                    let end = out.len();
                    names.key(out);
                    KeyStart(end - start)
                }
                Engine::V1 => {
                    out.push_str(&v1::clean_company_name(name));
                    KeyStart(out.len() - start)
                }
            }
        });
        let (standardized, key) = text.split_at(*end);
        // In the Python pipeline a missing name was an empty one.
        let is_stored = !standardized.is_empty() || matches!(engine, Engine::V1);
        Ok(DerivedCompany {
            name: is_stored.then_some(standardized),
            key: (!key.is_empty()).then_some(key),
        })
    }
}
