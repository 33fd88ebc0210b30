//! The lines of the progress on the terminal. All other text for stderr goes above them.
//!
//! Each line ends with a line feed, so the cursor is below the lines. If the process is killed, the prompt of the shell begins
//! on a new line. The cursor is never hidden. Errors of stderr are ignored, because a closed terminal must not end the work.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::TermLike;
use rustix::termios::tcgetwinsize;

/// The size of a terminal that does not know its size.
const USUAL: (u16, u16) = (80, 24);

static SCREEN: Mutex<Screen> = Mutex::new(Screen::new());

/// The lines on the terminal, and the lines of the next drawing.
#[derive(Debug)]
struct Screen {
    /// The lines on the terminal.
    drawn: Vec<String>,
    /// The lines that indicatif renders at the moment.
    rendering: Vec<String>,
    /// The lines that indicatif rendered last.
    rendered: Vec<String>,
    /// Whether nothing is drawn any more, because the process ends.
    is_closed: bool,
}

impl Screen {
    const fn new() -> Self {
        Self {
            drawn: Vec::new(),
            rendering: Vec::new(),
            rendered: Vec::new(),
            is_closed: false,
        }
    }

    /// The text that replaces the drawn lines by these. A line that is too long for the terminal is cut.
    fn draw(&mut self, lines: &[String], columns: u16) -> String {
        let mut text = erasing(&self.drawn, columns);
        let longest = usize::from(columns.saturating_sub(1)).max(1);
        let cut = |line| console::truncate_str(line, longest, "").into_owned();
        self.drawn = lines.iter().map(|line| cut(line)).collect();
        for line in &self.drawn {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text
    }
}

/// The codes that erase these lines, with the cursor below them. A terminal that became narrower has broken long lines.
fn erasing(lines: &[String], columns: u16) -> String {
    let columns = usize::from(columns).max(1);
    let rows: usize = lines
        .iter()
        .map(|line| console::measure_text_width(line).div_ceil(columns).max(1))
        .sum();
    if rows == 0 {
        return String::new();
    }
    format!("\r\x1b[{rows}A\x1b[J")
}

fn screen() -> MutexGuard<'static, Screen> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The columns and rows of the terminal.
fn size() -> (u16, u16) {
    let size = tcgetwinsize(io::stderr()).ok();
    size.map(|size| (size.ws_col, size.ws_row))
        .filter(|(columns, rows)| *columns > 0 && *rows > 0)
        .unwrap_or(USUAL)
}

fn write(text: &str) {
    if text.is_empty() {
        return;
    }
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

/// Writes text to stderr above the lines of the progress.
pub(crate) fn above<T>(write_text: impl FnOnce() -> T) -> T {
    let mut screen = screen();
    let lines = std::mem::take(&mut screen.drawn);
    if lines.is_empty() {
        return write_text();
    }
    write(&erasing(&lines, size().0));
    let written = write_text();
    write(&screen.draw(&lines, size().0));
    written
}

/// Draws the lines that indicatif rendered last.
pub(super) fn present() {
    let mut screen = screen();
    let lines = std::mem::take(&mut screen.rendered);
    if !screen.is_closed {
        write(&screen.draw(&lines, size().0));
    }
}

/// Erases the lines.
pub(super) fn erase() {
    let mut screen = screen();
    write(&screen.draw(&[], size().0));
}

/// The columns of the terminal.
pub(super) fn columns() -> u16 {
    size().0
}

/// Erases the lines, and draws nothing any more. For a process that ends.
pub(crate) fn close() {
    let mut screen = screen();
    screen.is_closed = true;
    write(&screen.draw(&[], size().0));
}

/// Lets the message of a panic go above the lines too.
pub(super) fn guard_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let show = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| above(|| show(panic))));
    });
}

/// The terminal as indicatif sees it. For each change of a bar, indicatif calls `write_str` once for each line, then `flush`.
/// The lines are only kept, so that one drawing shows all changes of a moment. The screen itself erases the last drawing,
/// because it knows whether the terminal has broken its lines.
#[derive(Debug)]
pub(super) struct ScreenTarget;

impl TermLike for ScreenTarget {
    /// One column stays free, because some terminals begin a new line after the last one.
    fn width(&self) -> u16 {
        size().0.saturating_sub(1).max(1)
    }

    /// One row stays free for the cursor.
    fn height(&self) -> u16 {
        size().1.saturating_sub(1).max(1)
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.write_str(line)
    }

    /// The blanks with which indicatif fills a row are left out. If a terminal becomes narrower, it would break them too.
    fn write_str(&self, line: &str) -> io::Result<()> {
        if !line.trim().is_empty() {
            screen().rendering.push(line.trim_end().to_owned());
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let mut screen = screen();
        screen.rendered = std::mem::take(&mut screen.rendering);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_replaces_the_last_one() {
        let mut screen = Screen::new();
        let mut draw = |lines: &[&str]| {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            screen.draw(&lines, 20)
        };
        assert_eq!(draw(&["a", "b"]), "a\r\nb\r\n");
        assert_eq!(draw(&["c"]), "\r\x1b[2A\x1b[Jc\r\n");
        let cut = format!("{}\r\n", "d".repeat(19));
        assert_eq!(draw(&[&"d".repeat(50)]), format!("\r\x1b[1A\x1b[J{cut}"));
        assert_eq!(draw(&[]), "\r\x1b[1A\x1b[J");
        assert_eq!(draw(&[]), "");
    }

    #[test]
    fn a_line_that_a_narrower_terminal_has_broken_is_erased_whole() {
        let line = format!("\x1b[36m{}\x1b[0m", "─".repeat(79));
        assert_eq!(
            erasing(&[line.clone(), "short".to_owned()], 40),
            "\r\x1b[3A\x1b[J"
        );
        assert_eq!(erasing(&[line], 79), "\r\x1b[1A\x1b[J");
    }
}
