//! A TLS connector that records how far the handshake came, so that the cause of a failure is known without reading the
//! text of an error.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tokio_postgres::Socket;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The last step of connecting with TLS that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// No server was reached.
    Unreached,
    /// A server was reached. It did not offer TLS, or the network failed before it could.
    Reached,
    /// The server offered TLS, and the handshake did not succeed.
    Offered,
    /// The connection is encrypted.
    Encrypted,
}

/// A TLS connector that records its progress.
#[derive(Clone)]
pub(super) struct Handshake {
    connector: MakeRustlsConnect,
    progress: Record,
}

#[derive(Clone)]
struct Record(Arc<Mutex<Progress>>);

impl Record {
    fn set(&self, progress: Progress) {
        if let Ok(mut slot) = self.0.lock() {
            *slot = progress;
        }
    }
}

impl Handshake {
    pub(super) fn new(connector: MakeRustlsConnect) -> Self {
        Self {
            connector,
            progress: Record(Arc::new(Mutex::new(Progress::Unreached))),
        }
    }

    /// The step that the last connection reached.
    pub(super) fn progress(&self) -> Progress {
        self.progress
            .0
            .lock()
            .map_or(Progress::Unreached, |progress| *progress)
    }
}

type RustlsConnect = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;
type Stream = <RustlsConnect as TlsConnect<Socket>>::Stream;
type Connecting = Pin<Box<dyn Future<Output = std::io::Result<Stream>> + Send>>;

impl MakeTlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type TlsConnect = Recorded;
    type Error = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<Recorded, Self::Error> {
        // tokio-postgres calls this when the socket is open.
        self.progress.set(Progress::Reached);
        Ok(Recorded {
            inner: MakeTlsConnect::<Socket>::make_tls_connect(&mut self.connector, host)?,
            progress: self.progress.clone(),
        })
    }
}

/// One handshake, recorded.
pub(super) struct Recorded {
    inner: RustlsConnect,
    progress: Record,
}

impl TlsConnect<Socket> for Recorded {
    type Stream = Stream;
    type Error = std::io::Error;
    type Future = Connecting;

    fn connect(self, stream: Socket) -> Connecting {
        let Self { inner, progress } = self;
        progress.set(Progress::Offered);
        Box::pin(async move {
            let stream = inner.connect(stream).await?;
            progress.set(Progress::Encrypted);
            Ok(stream)
        })
    }
}
