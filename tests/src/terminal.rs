//! A terminal for a command: a pseudo-terminal, and the screen that a person sees.

use std::fs::File;
use std::io::Read;
use std::num::NonZeroU16;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use vt100::Parser;

/// How long a test waits for a text on the screen. On a busy machine, it comes sooner.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// A command on a terminal. It is killed when the test ends.
pub struct Terminal {
    child: Child,
    pty: File,
    shown: Arc<Mutex<Shown>>,
    reader: Option<JoinHandle<()>>,
}

/// Everything that the command wrote, and the screen that shows it.
struct Shown {
    bytes: Vec<u8>,
    screen: Parser,
}

/// A command that ended, and its terminal.
#[derive(Debug)]
pub struct EndedOnTerminal {
    /// The exit code; `None` if a signal ended the command.
    pub code: Option<i32>,
    /// The text on the screen.
    pub screen: String,
    /// Everything that was written, with the codes of the terminal.
    pub written: String,
    /// Whether the cursor is hidden.
    pub is_cursor_hidden: bool,
}

impl Terminal {
    /// Starts a command on a terminal with so many columns and rows.
    pub fn spawn(mut command: Command, columns: u16, rows: u16) -> Self {
        let pty = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&pty)
            .and_then(|()| unlockpt(&pty))
            .expect("its other end");
        resize(&pty, columns, rows);
        let end = || {
            let end = ioctl_tiocgptpeer(&pty, OpenptFlags::RDWR | OpenptFlags::NOCTTY);
            Stdio::from(end.expect("its other end"))
        };
        if !command.get_envs().any(|(name, _)| name == "TERM") {
            command.env("TERM", "xterm-256color");
        }
        command.stdin(Stdio::null()).stdout(end()).stderr(end());
        let child = command.spawn().expect("jobinsight can be run");
        // The command keeps the other end open. If this process did too, the reader would not see the end.
        drop(command);
        let pty = File::from(pty);
        let shown = Arc::new(Mutex::new(Shown {
            bytes: Vec::new(),
            screen: Parser::new(nonzero(rows), nonzero(columns), 1_000),
        }));
        let reader = {
            let (mut pty, shown) = (pty.try_clone().expect("a file"), Arc::clone(&shown));
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                // Reading fails when nobody has the other end any more.
                while let Ok(count @ 1..) = pty.read(&mut buffer) {
                    let mut shown = shown.lock().expect("the screen");
                    shown.bytes.extend_from_slice(&buffer[..count]);
                    shown.screen.process(&buffer[..count]);
                }
            })
        };
        Self {
            child,
            pty,
            shown,
            reader: Some(reader),
        }
    }

    /// The text on the screen, without blank rows at its end.
    pub fn screen(&self) -> String {
        self.shown.lock().expect("the screen").text()
    }

    /// Waits until the screen shows all these texts. Returns its text.
    pub fn wait_for(&self, texts: &[&str]) -> String {
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if texts.iter().all(|text| screen.contains(text)) {
                return screen;
            }
            let ended = self.reader.as_ref().is_none_or(JoinHandle::is_finished);
            assert!(
                !ended && started.elapsed() < LONGEST,
                "{texts:?} never came:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        let mut shown = self.shown.lock().expect("the screen");
        shown.screen.set_size(nonzero(rows), nonzero(columns));
        resize(&self.pty, columns, rows);
    }

    /// Sends a signal: `-INT`, `-KILL`, …
    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, "--", &pid]).status();
        assert!(sent.expect("kill").success(), "{signal}");
    }

    /// Waits until the command ends.
    pub fn end(mut self) -> EndedOnTerminal {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                break status;
            }
            assert!(
                started.elapsed() < LONGEST,
                "it never ended:\n{}",
                self.screen()
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a thread");
        }
        let shown = self.shown.lock().expect("the screen");
        EndedOnTerminal {
            code: status.code(),
            screen: shown.text(),
            written: String::from_utf8_lossy(&shown.bytes).into_owned(),
            is_cursor_hidden: shown.screen.screen().hide_cursor(),
        }
    }
}

impl Shown {
    fn text(&self) -> String {
        let screen = self.screen.screen();
        let columns = screen.size().1.get();
        let rows: Vec<String> = screen.rows(0, columns).collect();
        rows.join("\n").trim_end().to_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn nonzero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a size")
}

fn resize(pty: impl std::os::fd::AsFd, columns: u16, rows: u16) {
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(pty, size).expect("another size");
}
