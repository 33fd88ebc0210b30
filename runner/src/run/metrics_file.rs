//! The metrics file that a run writes when it ends.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use jobinsight_core::{EtlError, Loaded, Result};

use crate::codes;
use crate::ledger::LateReader;
use crate::report::metrics::{self, Figures, LAST_SUCCESS, LastRun};
use crate::report::results::RunResults;

/// Writes the metrics file if a setting names one. A failure is a warning, because the work of the run is done.
pub(super) async fn write(loaded: &Loaded, reader: &LateReader<'_>, results: &RunResults) {
    let Some(file) = &loaded.settings.metrics.file else {
        return;
    };
    // The run that has the lock writes the file when it ends.
    let locked = codes::RUN_LOCKED.name();
    if results
        .error
        .as_ref()
        .is_some_and(|error| error.code == locked)
    {
        return;
    }
    let last_run = LastRun::from(results);
    let (tables, earlier) = match reader.figures().await {
        Ok((tables, success)) => (Some(tables), success),
        Err(error) => {
            tracing::warn!("the metrics file has no figures of the tables: {error}");
            (None, success_in(file))
        }
    };
    let is_success = results.success && results.fills.is_none();
    let figures = Figures {
        last_success: if is_success {
            Some(last_run.ended)
        } else {
            earlier
        },
        last_run: Some(last_run),
        tables,
    };
    let written = metrics::text(&figures).and_then(|text| replace(file, &text));
    if let Err(error) = written {
        tracing::warn!("{error}");
    }
}

/// The last success in the file that an earlier run wrote.
fn success_in(file: &Path) -> Option<f64> {
    let text = std::fs::read_to_string(file).ok()?;
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(LAST_SUCCESS)?.strip_prefix(' '));
    value?.parse().ok()
}

/// Replaces the file. A reader sees the whole old file or the whole new file. The collector reads only files that end in
/// `.prom`, so it does not read the temporary file.
fn replace(file: &Path, text: &str) -> Result<()> {
    let mut new = file.as_os_str().to_owned();
    new.push(".new");
    let write = || -> std::io::Result<()> {
        File::create(&new)?.write_all(text.as_bytes())?;
        std::fs::rename(&new, file)
    };
    write().map_err(|error| {
        EtlError::new(
            codes::METRICS_NOT_WRITTEN,
            format!(
                "the metrics file cannot be written: {}: {error}",
                file.display()
            ),
        )
    })
}
