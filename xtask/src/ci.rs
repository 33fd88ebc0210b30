//! Runs the checks that every change must pass. Each step is announced and timed.

use std::time::{Duration, Instant};

use crate::changed::{self, Graph, Touched};
use crate::docs;
use crate::matrix;
use crate::packages;
use crate::steps::{arrows, check_new_phase, examples, test};
use crate::wheel;
use crate::workspace::{cargo, metadata, root};

/// The steps that were done, and the time of each.
#[derive(Default)]
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn run(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        eprintln!("── {name}");
        let start = Instant::now();
        let result = work().map_err(|error| format!("{name} failed: {error}"));
        self.0.push((name, start.elapsed()));
        result
    }

    fn show(&self) {
        for (name, time) in &self.0 {
            eprintln!("{name:<19} {:>7.1} s", time.as_secs_f64());
        }
    }
}

/// The step that runs a part of the tests on the oldest and on the newest version of PostgreSQL.
const VERSIONS: &str = "PostgreSQL versions";

/// The step that checks the forms in which users get the program.
const PACKAGES: &str = "packages";

/// The crate whose change can affect that step.
const SQL: &str = "jobinsight-sql";

/// Runs every step. The tests come last, so that their summary ends the output.
pub(crate) fn all() -> Result<(), String> {
    let mut steps = Steps::default();
    let everything = Touched {
        everything: true,
        docs: true,
        examples: true,
        new_phase: true,
        packages_for_users: true,
        ..Touched::default()
    };
    before_tests(&mut steps, &everything, &["--workspace"])?;
    steps.run(VERSIONS, || matrix::part(&[]))?;
    steps.show();
    eprintln!("── tests");
    test(&[])
}

/// Runs the steps that a change since `base` can affect, or only names them.
pub(crate) fn changed(base: &str, dry_run: bool) -> Result<(), String> {
    let (base, files) = changed::files(&root(), base)?;
    let touched = changed::touched(&files, &Graph::read(&root(), &metadata()?)?);
    let short = base.get(..9).unwrap_or(&base);
    eprintln!("{} files differ from {short}", files.len());
    if touched.everything {
        eprintln!("one of these files affects the build of all crates, so everything is checked");
        return if dry_run { Ok(()) } else { all() };
    }
    let list = |names: Vec<&str>| match names.as_slice() {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    };
    eprintln!(
        "checked: {}",
        list(touched.packages.iter().map(String::as_str).collect())
    );
    let steps = [
        (touched.docs, "guides"),
        (touched.examples, "examples"),
        (touched.new_phase, "new phase"),
        (touched.packages_for_users, PACKAGES),
        (touched.packages.contains(wheel::PYTHON), "python"),
        (
            touched.packages.iter().any(|package| package == SQL),
            VERSIONS,
        ),
    ];
    let skipped = steps.iter().filter(|(touched, _)| !touched);
    eprintln!(
        "skipped: {}",
        list(skipped.map(|(_, name)| *name).collect())
    );

    if dry_run {
        return Ok(());
    }
    let packages: Vec<&str> = touched
        .packages
        .iter()
        .flat_map(|name| ["--package", name])
        .collect();
    let mut steps = Steps::default();
    before_tests(&mut steps, &touched, &packages)?;
    if !packages.is_empty() {
        steps.run("tests", || {
            let args: Vec<String> = packages.iter().map(|&arg| arg.to_owned()).collect();
            test(&args)
        })?;
    }
    if touched.packages.iter().any(|package| package == SQL) {
        steps.run(VERSIONS, || matrix::part(&[]))?;
    }
    steps.show();
    Ok(())
}

fn before_tests(steps: &mut Steps, touched: &Touched, packages: &[&str]) -> Result<(), String> {
    let with = |first: &[&str], last: &[&str], env: &[(&str, &str)]| {
        let args: Vec<&str> = first.iter().chain(packages).chain(last).copied().collect();
        cargo(&args, env)
    };
    steps.run("format", || cargo(&["fmt", "--all", "--check"], &[]))?;
    steps.run("arrows", arrows)?;
    if !packages.is_empty() {
        steps.run("clippy", || {
            with(&["clippy", "--all-targets"], &["--", "-D", "warnings"], &[])
        })?;
        steps.run("rustdoc", || {
            with(
                &["doc", "--no-deps"],
                &[],
                &[("RUSTDOCFLAGS", "-D warnings")],
            )
        })?;
    }
    if touched.everything {
        // The steps that follow use the dependencies of this build.
        steps.run("build", || {
            cargo(&["test", "--workspace", "--tests", "--no-run"], &[])
        })?;
    }
    if touched.everything || touched.packages.contains(wheel::PYTHON) {
        steps.run("python", wheel::test)?;
    }
    if touched.docs {
        steps.run("guides", || docs::check(false))?;
    }
    if touched.examples {
        steps.run("examples", examples)?;
    }
    if touched.new_phase {
        steps.run("new phase", check_new_phase)?;
    }
    if touched.packages_for_users {
        steps.run(PACKAGES, packages::check)?;
    }
    Ok(())
}
