//! Writes the measurements into guide 2.

use std::path::Path;

use crate::measurements::Measurements;
use crate::server::OPTIONS;
use crate::tables::KERNELS;

/// The marks around the section that the bench writes.
const BEGIN: &str = "<!-- written by cargo xtask bench --write -->";
const END: &str = "<!-- end of what cargo xtask bench wrote -->";

/// Writes tables and chart.
pub(crate) fn write(root: &Path, measured: &Measurements) -> Result<(), String> {
    let sized = measured.all.iter().filter(|one| one.rows > 0);
    let rounds = sized.map(|one| one.rounds.len()).max().unwrap_or(0);
    let text = format!(
        "{BEGIN}\n{}\n{}\n{rounds} rounds, each in turn (above 1,000,000 rows once); times are medians, and ratios of one size medians of the rounds' own ratios; rows in the shapes of {} postings; {}, {}; {} processors.\n",
        measured.markdown(),
        measured.chart(),
        measured.shapes,
        measured.server,
        OPTIONS.join(", "),
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
    );
    replace(root, BEGIN, END, &text)
}

/// Writes the table of the kernels in place of the existing one.
pub(crate) fn write_kernels(root: &Path, measured: &Measurements) -> Result<(), String> {
    replace(root, KERNELS, "\n\n", measured.kernel_table().trim())
}

/// Replaces the text of guide 2 from a mark on, up to another mark.
fn replace(root: &Path, begin: &str, end: &str, text: &str) -> Result<(), String> {
    let guide = root.join("docs/02-implementation-and-performance.md");
    let fail = |error: std::io::Error| format!("{}: {error}", guide.display());
    let page = std::fs::read_to_string(&guide).map_err(fail)?;
    let from = page.find(begin);
    let stretch = from.and_then(|from| Some((from, from + page[from..].find(end)?)));
    let Some((from, to)) = stretch else {
        return Err(format!("{} has no {begin} … {end}", guide.display()));
    };
    std::fs::write(&guide, format!("{}{text}{}", &page[..from], &page[to..])).map_err(fail)
}
