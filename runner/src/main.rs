//! The `jobinsight` command. All code is in the library, so that a binary with other phases is as short as this one.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    jobinsight_runner::main()
}
