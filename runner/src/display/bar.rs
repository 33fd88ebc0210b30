//! A line of the progress as a bar of indicatif, which also estimates the rate.

use std::time::{Duration, Instant};

use console::Alignment;
use indicatif::{ProgressBar, ProgressStyle};

use super::line::{LineState, ShownLine};
use super::{figures, screen};

/// The narrowest terminal on which a line has a bar.
const BAR_FROM: u16 = 76;

/// The least columns of a name.
const NAME: usize = 16;

/// The time after which the estimate of indicatif is better than an average. A lane needs seconds for a batch.
const ESTIMATE_FROM: Duration = Duration::from_secs(15);

/// The bar of one line.
pub(super) struct LineBar {
    bar: ProgressBar,
    looks: Option<Looks>,
    /// When this bar saw a count first.
    counting_since: Option<Instant>,
}

/// The parts of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// The name.
    Name,
    /// A turning sign, the name and the words.
    Words,
    /// A turning sign, the name, a bar and the words.
    Bar,
    /// A check mark, the name and the words.
    Done,
    /// The name and the words of a lane.
    Lane,
}

impl Looks {
    fn of(line: &ShownLine) -> Self {
        let has_total = line.amount.is_some_and(|amount| amount.total.is_some());
        match line.state {
            _ if line.is_lane => Self::Lane,
            LineState::Pending => Self::Name,
            LineState::Done => Self::Done,
            LineState::Working if has_total && screen::columns() >= BAR_FROM => Self::Bar,
            LineState::Working => Self::Words,
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Name => "  {prefix:.dim}",
            Self::Words => "{spinner:.cyan} {prefix} {wide_msg}",
            Self::Bar => "{spinner:.cyan} {prefix} {wide_bar:.cyan/dim} {msg}",
            Self::Done => "{spinner:.green} {prefix} {msg:.dim}",
            Self::Lane => "    {prefix:.dim} {msg:.dim}",
        }
    }

    /// The style for these parts. The last sign belongs to a line that is done.
    fn style(self) -> ProgressStyle {
        let signs = match self {
            Self::Done => "✓✓",
            Self::Name | Self::Words | Self::Bar | Self::Lane => "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏✓",
        };
        let style = ProgressStyle::with_template(self.template());
        debug_assert!(style.is_ok(), "{self:?}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
        style.tick_chars(signs).progress_chars("━╸─")
    }
}

impl LineBar {
    pub(super) fn new(bar: ProgressBar) -> Self {
        Self {
            bar,
            looks: None,
            counting_since: None,
        }
    }

    /// Takes over the count of a line.
    pub(super) fn count(&mut self, line: &ShownLine) {
        let Some(amount) = &line.amount else {
            return;
        };
        if let Some(total) = amount.total {
            self.bar.set_length(total);
        }
        let done = amount.before.saturating_add(amount.done);
        self.bar.set_position(done);
        self.bar.tick();
        if self.counting_since.is_none() {
            self.counting_since = Some(Instant::now());
            // The time in which this was done is not known, so it does not count for the estimate.
            self.bar.reset_eta();
        }
    }

    /// Takes over the words of a line.
    pub(super) fn describe(&mut self, line: &ShownLine, width: usize) {
        let looks = Looks::of(line);
        if self.looks != Some(looks) {
            self.looks = Some(looks);
            self.bar.set_style(looks.style());
        }
        // A long name of a file leaves half of the line to the figures.
        let width = width.min(usize::from(screen::columns() / 2).max(NAME));
        let name = console::truncate_str(&line.name, width, "…");
        let name = console::pad_str(&name, width, Alignment::Left, None);
        self.bar.set_prefix(name.into_owned());
        self.bar.set_message(figures::words(line, self.rate(line)));
        self.bar.tick();
    }

    /// The rate in the last seconds, at first since the beginning; `None` until there is one.
    pub(super) fn rate(&self, line: &ShownLine) -> Option<f64> {
        let amount = line.amount?;
        #[allow(clippy::cast_precision_loss)] // a rate needs few digits
        let average = amount.done as f64 / line.elapsed.as_secs_f64();
        let is_old = self.counting_since?.elapsed() >= ESTIMATE_FROM;
        let estimate = || self.bar.per_sec();
        figures::rate(if is_old { estimate() } else { average })
    }
}
