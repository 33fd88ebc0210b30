//! The Python package `jobinsight`: the kernels for tables of pyarrow, Polars, pandas and DuckDB.
//!
//! Tables come and go by the PyCapsule interface of Arrow, so no library is needed and no text is copied on the way in. The
//! file `jobinsight.pyi` has the types.
//!
//! # Module order
//! 1. `options`, `table`, `times`
//! 2. `cleaner`, `parsers`, `texts`, `versions`
//! 3. `explain`
//! 4. `jobinsight`
#![forbid(unsafe_code)]
#![allow(clippy::needless_pass_by_value)] // an argument of Python is converted into a value

mod cleaner;
mod explain;
mod options;
mod parsers;
mod table;
mod texts;
mod times;
mod versions;

/// Cleans job postings by the rules of JobInsight: titles, companies, places, salaries, deadlines
/// and facts.
///
/// ``jobinsight.clean(table)`` cleans a table of pyarrow, Polars, pandas or DuckDB. ``jobinsight.clean_title("…")`` and the
/// other functions clean one text. ``jobinsight.explain(title="…")`` shows the rules that changed a text.
#[pyo3::pymodule]
mod jobinsight {
    #[pymodule_export]
    use super::cleaner::{Cleaned, Cleaner, clean};
    #[pymodule_export]
    use super::explain::explain;
    #[pymodule_export]
    use super::parsers::{parse_deadline, parse_salary};
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::texts::{
        clean_company, clean_location, clean_title, company_key, facts, location_codes, places,
        province_codes,
    };
    #[pymodule_export]
    use super::versions::{fingerprints, rule_set};
    #[pymodule_export]
    #[allow(non_upper_case_globals)] // the name that Python expects
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
