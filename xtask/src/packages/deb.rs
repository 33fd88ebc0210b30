//! Builds the Debian package with cargo-deb, and tests it: the manifest of the program lists what is in it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::program::PROGRAM;
use super::tool::Tool;
use crate::python;
use crate::workspace::{cargo, root, target_dir};

/// Without lzma, which would be compiled from C. The program `xz` compresses the package.
const CARGO_DEB: Tool = Tool {
    name: "cargo-deb",
    version: "3.8.0",
    features: &["--no-default-features"],
};

/// The shells whose completions the package has, with the file of each.
const SHELLS: [(&str, &str); 3] = [
    ("bash", "jobinsight"),
    ("zsh", "_jobinsight"),
    ("fish", "jobinsight.fish"),
];

/// Builds the package, with the program built for release or for tests. With `install`, also installs it on this machine,
/// tests it there, and removes it.
pub(crate) fn deb(release: bool, install: bool) -> Result<(), String> {
    let mut build = vec![
        "build",
        "--locked",
        "--package",
        PROGRAM,
        "--no-default-features",
    ];
    if release {
        build.push("--release");
    }
    cargo(&build, &[])?;
    let (profile, folder) = if release {
        ("release", "release")
    } else {
        ("dev", "debug")
    };
    let programs = target_dir(&root()).join(folder);
    generate(&programs.join("jobinsight"), &programs.join("package"))?;
    let package = target_dir(&root()).join("debian/jobinsight.deb");
    let mut deb = Command::new(CARGO_DEB.install()?);
    deb.args(["--no-build", "--package", PROGRAM, "--profile", profile]);
    deb.args(["--compress-system", "--output"]).arg(&package);
    if !release {
        deb.args(["--fast", "--no-strip"]);
    }
    python::run(deb.current_dir(root()))?;
    let mut test = Command::new("bash");
    test.arg(root().join("deploy/debian/test.sh")).arg(&package);
    if install {
        test.arg("--install");
    }
    python::run(&mut test)?;
    eprintln!("{}", package.display());
    Ok(())
}

/// Lets the program write its manual pages and its completions to a folder, from which the package takes them.
fn generate(program: &Path, folder: &Path) -> Result<(), String> {
    // Pages of an earlier build may belong to commands that exist no more.
    let _ = fs::remove_dir_all(folder);
    python::run(Command::new(program).arg("man").arg(folder.join("man")))?;
    // cargo-deb compresses no page that comes from the target folder.
    let pages = fs::read_dir(folder.join("man")).map_err(|error| failed(folder, &error))?;
    let pages = pages.flatten().map(|page| page.path());
    python::run(Command::new("gzip").args(["-9", "-n"]).args(pages))?;
    let completions = folder.join("completions");
    fs::create_dir_all(&completions).map_err(|error| failed(&completions, &error))?;
    for (shell, name) in SHELLS {
        let file = completions.join(name);
        let output = fs::File::create(&file).map_err(|error| failed(&file, &error))?;
        python::run(
            Command::new(program)
                .args(["completions", shell])
                .stdout(output),
        )?;
    }
    Ok(())
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
