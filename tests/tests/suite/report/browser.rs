//! The page in a real browser: the document that Chromium builds, and what it writes to its console.

use std::path::Path;
use std::process::{Command, Stdio};

/// The document after the browser has read a page.
pub(super) struct BrowserView {
    pub(super) document: String,
    /// The lines of the console.
    pub(super) console: Vec<String>,
}

/// Opens a page in headless Chromium. Returns `None` and prints a line if it is not installed.
pub(super) fn open(file: &Path) -> Option<BrowserView> {
    if Command::new("chromium").arg("--version").output().is_err() {
        eprintln!(
            "SKIPPED: chromium is not installed, so {} is not opened in a browser",
            file.display()
        );
        return None;
    }
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--v=0",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", file.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let console = log.lines().filter(|line| line.contains(":CONSOLE"));
    Some(BrowserView {
        document: String::from_utf8(output.stdout).unwrap(),
        console: console.map(str::to_owned).collect(),
    })
}
