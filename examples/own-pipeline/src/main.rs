//! The `jobinsight` command with phases from outside its repository: a `use … as _` for each crate, which links it, and
//! three lines.
#![forbid(unsafe_code)]

use example_parquet_export as _;
use example_seniority as _;
use example_verbatim as _;

fn main() -> std::process::ExitCode {
    jobinsight_runner::main()
}
