//! Failpoints at which a run dies, panics, or waits for the test. Their names are in [`jobinsight_core::failpoints`].

/// The text that a run prints when it waits at a failpoint.
pub const WAITS: &str = "waiting at the failpoint";

/// The variable with which a run does this action at the failpoint: `return(kill)`, `return(wait)`, `panic`, …
///
/// The text is leaked, so that the variable can be in a list with any others. A test leaks a few bytes.
pub fn failpoint(name: impl AsRef<str>, action: &str) -> (&'static str, &'static str) {
    let setting = format!("{}={action}", name.as_ref());
    ("FAILPOINTS", setting.leak())
}

/// Holds runs at failpoints with the action `return(wait)` until the test releases them.
///
/// ```no_run
/// # async fn story() {
/// use jobinsight_core::failpoints::COMMIT_BEFORE;
/// use jobinsight_tests::{Pause, failpoint};
/// # let db = jobinsight_tests::Db::new().await;
/// let pause = Pause::new();
/// let run = db.spawn(&["run"], &[failpoint(COMMIT_BEFORE, "return(wait)"), pause.env()]);
/// // The run has not committed here.
/// pause.release();
/// run.end().ok();
/// # }
/// ```
pub struct Pause {
    /// Runs wait until this file exists.
    file: String,
    _folder: tempfile::TempDir,
}

impl Pause {
    /// Creates a pause that is not released.
    #[allow(clippy::new_without_default)] // it creates a folder
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("release");
        Self {
            file: file.to_str().expect("a path in UTF-8").to_owned(),
            _folder: folder,
        }
    }

    /// The variable that a run needs for `return(wait)`.
    pub fn env(&self) -> (&str, &str) {
        ("FAILPOINTS_RELEASE", &self.file)
    }

    /// Lets all runs continue, now and at every later failpoint.
    pub fn release(&self) {
        std::fs::write(&self.file, "").expect("the file");
    }
}
