//! All that must hold before a change lands, step by step, each announced and timed.

use std::time::{Duration, Instant};

use crate::changed::{self, Graph, Touched};
use crate::docs;
use crate::steps::{arrows, cargo, check_new_phase, examples, metadata, root, test, with_server};

/// Steps that were done, with their times.
#[derive(Default)]
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn take(
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
            eprintln!("{name:<10} {:>7.1} s", time.as_secs_f64());
        }
    }
}

/// All of it; the tests come last, so that the runner's own closing line closes the output.
pub(crate) fn all() -> Result<(), String> {
    let mut steps = Steps::default();
    let everything = Touched {
        everything: true,
        docs: true,
        examples: true,
        new_phase: true,
        ..Touched::default()
    };
    before_tests(&mut steps, &everything, &["--workspace"])?;
    steps.show();
    eprintln!("── tests");
    test(&[])
}

/// What the change since `base` can touch.
pub(crate) fn changed(base: &str) -> Result<(), String> {
    let (base, files) = changed::files(&root(), base)?;
    let touched = changed::touched(&files, &Graph::of(&metadata()?));
    let short = base.get(..9).unwrap_or(&base);
    eprintln!("{} files differ from {short}", files.len());
    if touched.everything {
        eprintln!("how everything is built is among them: all is checked");
        return all();
    }
    let list = |names: Vec<&str>| match names.as_slice() {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    };
    eprintln!(
        "to be checked: {}",
        list(touched.packages.iter().map(String::as_str).collect())
    );
    let left = [
        (touched.docs, "guides"),
        (touched.examples, "examples"),
        (touched.new_phase, "new phase"),
    ];
    let left = left.iter().filter(|(touched, _)| !touched);
    eprintln!("left out: {}", list(left.map(|(_, name)| *name).collect()));

    let packages: Vec<&str> = touched
        .packages
        .iter()
        .flat_map(|name| ["--package", name])
        .collect();
    let mut steps = Steps::default();
    before_tests(&mut steps, &touched, &packages)?;
    if !packages.is_empty() {
        steps.take("tests", || {
            let args: Vec<&str> = ["test"].iter().chain(&packages).copied().collect();
            with_server(|env| cargo(&args, env))
        })?;
    }
    steps.show();
    Ok(())
}

fn before_tests(steps: &mut Steps, touched: &Touched, packages: &[&str]) -> Result<(), String> {
    let with = |first: &[&str], last: &[&str], env: &[(&str, &str)]| {
        let args: Vec<&str> = first.iter().chain(packages).chain(last).copied().collect();
        cargo(&args, env)
    };
    steps.take("format", || cargo(&["fmt", "--all", "--check"], &[]))?;
    steps.take("arrows", arrows)?;
    if !packages.is_empty() {
        steps.take("clippy", || {
            with(&["clippy", "--all-targets"], &["--", "-D", "warnings"], &[])
        })?;
        steps.take("rustdoc", || {
            with(
                &["doc", "--no-deps"],
                &[],
                &[("RUSTDOCFLAGS", "-D warnings")],
            )
        })?;
    }
    if touched.docs {
        steps.take("guides", || docs::docs(false))?;
    }
    if touched.new_phase {
        steps.take("new phase", check_new_phase)?;
    }
    if touched.examples {
        steps.take("examples", examples)?;
    }
    Ok(())
}
