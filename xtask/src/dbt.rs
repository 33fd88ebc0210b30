//! Tests the package of deploy/dbt with dbt itself.

use std::path::Path;

use crate::python;
use crate::server::with_server;
use crate::workspace::cargo;

/// The minor versions of dbt that the package is tested with.
const MINORS: [u32; 2] = [10, 11];

/// Installs each version, or the named one, into the target folder unless it is there, and runs the tests that need it.
pub(crate) fn dbt(minor: Option<u32>) -> Result<(), String> {
    let minors: Vec<u32> = match minor {
        None => MINORS.to_vec(),
        Some(minor) if MINORS.contains(&minor) => vec![minor],
        Some(minor) => {
            let known = MINORS.map(|minor| minor.to_string()).join(", ");
            return Err(format!("dbt 1.{minor} is not one of 1.{{{known}}}"));
        }
    };
    for minor in minors {
        eprintln!("── dbt 1.{minor}");
        let next = minor + 1;
        let packages = format!("dbt-core>=1.{minor},<1.{next}\ndbt-postgres>=1.9,<2\n");
        let folder = python::environment(&format!("dbt-1.{minor}"), &packages)?;
        with_server(|env| test(&folder.join("bin/dbt"), env))?;
    }
    Ok(())
}

fn test(program: &Path, env: &[(&str, &str)]) -> Result<(), String> {
    let program = program.to_string_lossy();
    let mut env = env.to_vec();
    env.push(("JOBINSIGHT_TESTS_DBT", &program));
    let test = ["test", "--package", "jobinsight-tests", "--test", "suite"];
    let only = ["--", "dbt::", "--ignored"];
    cargo(&[&test[..], &only].concat(), &env)
}
