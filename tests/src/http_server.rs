//! An HTTP server for one test. It keeps what clients send.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// How long a test waits for a request. On a busy machine, it comes sooner.
const LONGEST: Duration = Duration::from_secs(30);

/// A server that takes JSON, and answers each request with a status, or never.
pub struct HttpServer {
    /// The address, without a path.
    pub address: String,
    requests: Receiver<HttpRequest>,
}

/// A request.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// The path.
    pub path: String,
    /// The headers. The names are in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Value,
}

impl HttpServer {
    /// A server that answers with this status.
    pub fn answering(status: &'static str) -> Self {
        Self::start(Some(status))
    }

    /// A server that takes requests and does not answer.
    pub fn silent() -> Self {
        Self::start(None)
    }

    fn start(status: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let request = read(&stream);
                match status {
                    Some(status) => {
                        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                        // A client that does not wait for the answer is not an error.
                        let _ = stream.write_all(answer.as_bytes());
                    }
                    None => open.push(stream),
                }
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Self {
            address: format!("http://{address}"),
            requests,
        }
    }

    /// The next request.
    pub fn request(&self) -> HttpRequest {
        let request = self.requests.recv_timeout(LONGEST);
        request.expect("a request")
    }

    /// The requests that have come and were not returned yet.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.requests.try_iter().collect()
    }
}

fn read(stream: &TcpStream) -> HttpRequest {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    };
    let first = line();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let line = line();
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    reader.read_exact(&mut body).expect("a body");
    HttpRequest {
        path,
        headers,
        body: serde_json::from_slice(&body).expect("JSON"),
    }
}
