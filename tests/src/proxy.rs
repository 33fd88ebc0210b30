//! A proxy between the command and PostgreSQL. It can break connections, refuse them, fall silent, lose the answer to a
//! COMMIT, and translate a message of the server.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A TCP proxy on its own threads, so that a test may block.
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    silent: AtomicBool,
    refuses: AtomicBool,
    ended: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
    rule: Mutex<Option<Rule>>,
    /// A text in messages of the server, and its translation of the same length.
    translation: Mutex<Option<(&'static str, &'static str)>>,
    /// How often the rule cut a connection.
    cuts: AtomicU32,
    /// The names of the connections, as `pg_stat_activity` shows them.
    names: Mutex<Vec<String>>,
}

/// The rule that cuts connections: at a COMMIT, this many times.
#[derive(Debug, Clone, Copy)]
struct Rule {
    at: Commit,
    times: u32,
}

/// The side of a COMMIT at which the connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// The server never receives the COMMIT.
    BeforeServer,
    /// The server commits, and the answer is lost.
    BeforeAnswer,
}

impl Proxy {
    /// Starts a proxy to the server at `port` of this machine.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let here = listener.local_addr().expect("its address").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.ended.load(SeqCst) {
                    return;
                }
                if !shared.refuses.load(SeqCst) {
                    forward(&shared, client, port);
                }
            }
        });
        Self { port: here, state }
    }

    /// The URL of a database through this proxy.
    pub fn url(&self, url: &str) -> String {
        let (rest, database) = url.rsplit_once('/').expect("a URL with a database");
        let (login, _) = rest.rsplit_once(':').expect("a URL with a port");
        format!("{login}:{}/{database}", self.port)
    }

    /// Closes every open connection.
    pub fn cut(&self) {
        for stream in self.state.open.lock().expect("the list").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Closes every open connection and refuses new ones until [`Proxy::accept`].
    pub fn refuse(&self) {
        self.state.refuses.store(true, SeqCst);
        self.cut();
    }

    /// Accepts connections again.
    pub fn accept(&self) {
        self.state.refuses.store(false, SeqCst);
    }

    /// Stops forwarding. Connections stay open, and new ones are accepted.
    pub fn fall_silent(&self) {
        self.state.silent.store(true, SeqCst);
    }

    /// Forwards bytes again.
    pub fn speak(&self) {
        self.state.silent.store(false, SeqCst);
    }

    /// Cuts the connection at the COMMIT of a batch, this many times.
    pub fn cut_at_commit(&self, at: Commit, times: u32) {
        *self.state.rule.lock().expect("the rule") = Some(Rule { at, times });
    }

    /// Translates a text in messages of the server, as another `lc_messages` would. Both texts have the same length.
    pub fn translate(&self, text: &'static str, translation: &'static str) {
        assert_eq!(text.len(), translation.len(), "messages keep their length");
        *self.state.translation.lock().expect("the translation") = Some((text, translation));
    }

    /// The names of the connections that were opened, in order.
    pub fn names(&self) -> Vec<String> {
        self.state.names.lock().expect("the names").clone()
    }

    /// How often a connection was cut at a COMMIT.
    pub fn cuts(&self) -> u32 {
        self.state.cuts.load(SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ended.store(true, SeqCst);
        self.cut();
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn forward(state: &Arc<State>, client: TcpStream, port: u16) {
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(server) = TcpStream::connect_timeout(&server, Duration::from_secs(5)) else {
        return;
    };
    let again = |stream: &TcpStream| stream.try_clone().expect("a second handle");
    state
        .open
        .lock()
        .expect("the list")
        .extend([again(&client), again(&server)]);
    let swallow = Arc::new(AtomicBool::new(false));
    for (from, into, to_server) in [
        (again(&client), again(&server), true),
        (server, client, false),
    ] {
        let (state, swallow) = (Arc::clone(state), Arc::clone(&swallow));
        std::thread::spawn(move || {
            copy(&state, &from, &into, to_server, &swallow);
            let _ = from.shutdown(Shutdown::Both);
            let _ = into.shutdown(Shutdown::Both);
        });
    }
}

/// Copies bytes in one direction until either side ends or the rule cuts the connection.
fn copy(
    state: &State,
    mut from: &TcpStream,
    mut into: &TcpStream,
    to_server: bool,
    swallow: &AtomicBool,
) {
    let (mut buffer, mut saves) = (vec![0; 64 * 1024], false);
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        while state.silent.load(SeqCst) && !state.ended.load(SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
        if !to_server {
            state.translate(&mut buffer[..read]);
        }
        let bytes = &buffer[..read];
        if !to_server && swallow.load(SeqCst) {
            return;
        }
        if to_server {
            state.note_name(bytes);
            saves |= find(bytes, b"etl_derived");
            if saves && find(bytes, b"COMMIT\0") && state.applies() {
                match state.at() {
                    Some(Commit::BeforeAnswer) => swallow.store(true, SeqCst),
                    _ => return,
                }
            }
        }
        if into.write_all(bytes).is_err() {
            return;
        }
    }
}

impl State {
    fn at(&self) -> Option<Commit> {
        self.rule.lock().expect("the rule").map(|rule| rule.at)
    }

    fn translate(&self, bytes: &mut [u8]) {
        let Some((text, translation)) = *self.translation.lock().expect("the translation") else {
            return;
        };
        let at = |bytes: &[u8]| {
            bytes
                .windows(text.len())
                .position(|window| window == text.as_bytes())
        };
        while let Some(at) = at(bytes) {
            bytes[at..at + text.len()].copy_from_slice(translation.as_bytes());
        }
    }

    /// Keeps the name of a connection, which is in its first message.
    fn note_name(&self, bytes: &[u8]) {
        let mut words = bytes.split(|byte| *byte == 0);
        if words.any(|word| word == b"application_name")
            && let Some(name) = words.next()
        {
            let name = String::from_utf8_lossy(name).into_owned();
            self.names.lock().expect("the names").push(name);
        }
    }

    /// Returns whether the rule applies once more, and counts it.
    fn applies(&self) -> bool {
        let rule = *self.rule.lock().expect("the rule");
        rule.is_some_and(|rule| self.cuts.fetch_add(1, SeqCst) < rule.times)
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
