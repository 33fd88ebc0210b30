//! Creates the database cluster of the embedded server.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use jobinsight_core::Result;

use super::programs::{Programs, not_writable};

/// Creates the cluster in `data`, with a random password that is written beside it.
pub(super) fn init(programs: &Programs, data: &Path) -> Result<()> {
    // An interrupted initdb leaves an incomplete cluster.
    let _ = fs::remove_dir_all(data);
    let io = |error| not_writable(&programs.dir, &error);
    fs::create_dir_all(data).map_err(io)?;
    fs::set_permissions(data, Permissions::from_mode(0o700)).map_err(io)?;
    let password = format!("{:032x}", rand::random::<u128>());
    write_secret(&programs.dir.join("password"), &password).map_err(io)?;
    let handover = programs.dir.join("initdb.password");
    write_secret(&handover, &password).map_err(io)?;
    if let Some(user) = &programs.user {
        chown(data, Some(user.uid), Some(user.gid)).map_err(io)?;
        chown(&handover, Some(user.uid), Some(user.gid)).map_err(io)?;
    }
    let locales: &[&str] = if cfg!(target_os = "macos") {
        &["en_US.UTF-8", "C"]
    } else {
        &["C.UTF-8", "C"]
    };
    let mut last = String::new();
    for locale in locales {
        let output = programs.run("initdb", |command| {
            command
                .arg("-D")
                .arg(data)
                .args([
                    "--username=jobinsight",
                    "--encoding=UTF8",
                    "--auth=scram-sha-256",
                ])
                .arg(format!("--locale={locale}"))
                .arg(format!("--pwfile={}", handover.display()));
        })?;
        if output.status.success() {
            let _ = fs::remove_file(&handover);
            return Ok(());
        }
        last = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    let _ = fs::remove_file(&handover);
    let _ = fs::remove_dir_all(data);
    Err(programs.failed("initdb failed", last.trim()))
}

fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let _ = fs::remove_file(path);
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(secret.as_bytes())
}
