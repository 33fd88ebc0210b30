//! The thread that shows work in progress until it ends.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};

use super::bar::LineBar;
use super::figures::{sentence, time_left};
use super::line::{Amount, LineState, ShownLine, Tracked};
use super::screen::{self, ScreenTarget};
use super::style::DisplayStyle;

/// The time between two drawings on a terminal. A run that is shorter draws nothing.
const DRAWING: Duration = Duration::from_millis(125);
/// The time between two log lines.
const LOGGING: Duration = Duration::from_secs(10);

/// Work that is shown, until this is dropped.
pub(crate) struct Shown {
    ended: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Shown {
    pub(super) fn start(work: Arc<dyn Tracked>, style: DisplayStyle) -> Self {
        let (ended, end) = channel();
        let show: Box<dyn FnOnce() + Send> = match style {
            DisplayStyle::Off => Box::new(|| ()),
            DisplayStyle::Log { is_json } => Box::new(move || log(&*work, is_json, &end)),
            DisplayStyle::Terminal {
                has_lanes,
                has_colors,
            } => Box::new(move || draw(&*work, (has_lanes, has_colors), &end)),
        };
        // Without the thread, only the progress is missing.
        let thread = (style != DisplayStyle::Off).then(|| {
            std::thread::Builder::new()
                .name("progress".to_owned())
                .spawn(show)
                .ok()
        });
        Self {
            ended: Some(ended),
            thread: thread.flatten(),
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.ended.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits, and returns whether the work is still in progress.
fn is_in_progress(end: &Receiver<()>, wait: Duration) -> bool {
    end.recv_timeout(wait) == Err(RecvTimeoutError::Timeout)
}

/// Draws the lines again and again, and erases them at the end. The results that are printed then have the same figures.
fn draw(work: &dyn Tracked, (has_lanes, has_colors): (bool, bool), end: &Receiver<()>) {
    screen::guard_panics();
    console::set_colors_enabled(has_colors);
    let target = ProgressDrawTarget::term_like(Box::new(ScreenTarget));
    let all = MultiProgress::with_draw_target(target);
    let mut bars: Vec<LineBar> = Vec::new();
    while is_in_progress(end, DRAWING) {
        let lines = work.lines(has_lanes);
        bars.resize_with(lines.len(), || LineBar::new(all.add(ProgressBar::hidden())));
        let names = lines
            .iter()
            .map(|line| console::measure_text_width(&line.name));
        let width = names.max().unwrap_or(0);
        for (bar, line) in bars.iter_mut().zip(&lines) {
            bar.count(line);
            bar.describe(line, width);
        }
        screen::present();
    }
    screen::erase();
}

/// Logs the progress of the last line that is in progress. In a lane, it is the saving phase, which decides how many rows
/// are published.
fn log(work: &dyn Tracked, is_json: bool, end: &Receiver<()>) {
    let mut bars: Vec<LineBar> = Vec::new();
    while is_in_progress(end, LOGGING) {
        let lines = work.lines(false);
        bars.resize_with(lines.len(), || LineBar::new(ProgressBar::hidden()));
        for (bar, line) in bars.iter_mut().zip(&lines) {
            bar.count(line);
        }
        let mut working = lines.iter().zip(&bars).rev();
        if let Some((line, bar)) = working.find(|(line, _)| line.state == LineState::Working) {
            log_line(line, bar.rate(line), is_json);
        }
    }
}

/// One log line. A JSON line also has each figure as a field.
fn log_line(line: &ShownLine, rate: Option<f64>, is_json: bool) {
    let sentence = sentence(line, rate);
    if !is_json {
        tracing::info!("{sentence}");
        return;
    }
    let amount = line.amount.as_ref();
    let left = time_left(line, rate);
    tracing::info!(
        phase = line.name,
        done = amount.map(Amount::all_done),
        planned = amount.and_then(|amount| amount.total),
        per_second = rate,
        left_s = left.map(|left| left.as_secs()),
        elapsed_s = line.elapsed.as_secs(),
        "{sentence}"
    );
}
