//! Measures the time from the start of the command to its first query, as the server sees it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use crate::process::Pipeline;

/// Runs the command behind a relay that waits for the first query; returns the seconds since the start of the process. A few
/// messages precede the query: the request for a session and the password.
pub(crate) fn first_query(pipeline: &Pipeline, url: &str, args: &[&str]) -> Result<f64, String> {
    let fail = |error: std::io::Error| error.to_string();
    let (_, rest) = url.split_once('@').ok_or("a URL without a user")?;
    let (server, _) = rest.split_once('/').ok_or("a URL without a database")?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(fail)?;
    let port = listener.local_addr().map_err(fail)?.port();
    let behind = url.replacen(server, &format!("127.0.0.1:{port}"), 1);
    let (found, first) = channel();
    let server = server.to_owned();
    // The thread ends with this process, because the listener never ends.
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(backend) = TcpStream::connect(&server) else {
                return;
            };
            relay(client, backend, &found);
        }
    });
    let start = Instant::now();
    pipeline.run(&behind, args)?;
    let at: Instant = first.recv().map_err(|error| error.to_string())?;
    Ok(at.duration_since(start).as_secs_f64())
}

fn relay(client: TcpStream, backend: TcpStream, found: &Sender<Instant>) {
    let (Ok(to_client), Ok(to_backend)) = (client.try_clone(), backend.try_clone()) else {
        return;
    };
    let found = found.clone();
    std::thread::spawn(move || {
        copy(client, to_backend, |chunk| {
            // Query or Parse. Earlier messages are `p` (the password) and messages without a letter.
            if matches!(chunk.first(), Some(b'Q' | b'P')) {
                let _ = found.send(Instant::now());
            }
        });
    });
    std::thread::spawn(move || copy(backend, to_client, |_| {}));
}

fn copy(mut from: TcpStream, mut to: TcpStream, mut seen: impl FnMut(&[u8])) {
    let mut buffer = [0; 8_192];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        seen(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
