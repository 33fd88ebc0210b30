//! TLS with the modes of libpq.
//!
//! `require` encrypts, and verifies the server only if a root certificate exists. `verify-ca` requires a chain to that
//! root. `verify-full` also requires the name of the host. A mode that is not possible is an error. A connection without
//! TLS never replaces it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::conninfo::Words;
use super::parameters::{self, choice, given};
use super::verifier::Verifier;
use crate::{EtlError, Result, codes};

/// The `sslmode` of libpq, from the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    /// Never encrypt.
    Disable,
    /// Encrypt only if the server refuses plain connections.
    Allow,
    /// Encrypt if the server can.
    Prefer,
    /// Always encrypt.
    Require,
    /// Require a certificate with a chain to a trusted root.
    VerifyCa,
    /// Require, in addition, that the certificate is for this host.
    VerifyFull,
}

impl SslMode {
    const ALL: [Self; 6] = [
        Self::Disable,
        Self::Allow,
        Self::Prefer,
        Self::Require,
        Self::VerifyCa,
        Self::VerifyFull,
    ];

    /// The name in libpq.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// The encryption of connections.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The `sslmode`.
    pub mode: SslMode,
    /// The file with root certificates (PEM), or `system` for the certificates of the operating system.
    root: Option<PathBuf>,
    /// The client certificate and its key (PEM), for a server that requires one.
    certificate: Option<(PathBuf, PathBuf)>,
    /// Whether the server is told the name of the host (SNI).
    is_host_sent: bool,
    /// The versions of TLS.
    versions: Vec<&'static SupportedProtocolVersion>,
}

impl Tls {
    /// The encryption that these parameters ask for.
    pub(super) fn from_words(words: &Words) -> Result<Self> {
        let path = |name: &str| given(words, name).map(PathBuf::from);
        let root = path("sslrootcert");
        let is_system = root.as_deref() == Some(Path::new("system"));
        let mode = choice(
            words,
            "sslmode",
            &SslMode::ALL.map(|mode| (mode.name(), mode)),
        )
        .map_err(|error| error.with_code(codes::DATABASE_TLS))?;
        // As in libpq, everybody can have a certificate of these authorities, so the name of the host is checked too.
        let usual = if is_system {
            SslMode::VerifyFull
        } else {
            SslMode::Prefer
        };
        let mode = mode.unwrap_or(usual);
        if is_system && mode != SslMode::VerifyFull {
            let what = format!("is too weak for sslrootcert=system: {}", mode.name());
            return Err(parameters::wrong("sslmode", &what)
                .with_code(codes::DATABASE_TLS)
                .help("use sslmode=verify-full"));
        }
        let is_certificate_sent = given(words, "sslcertmode") != Some("disable");
        Ok(Self {
            mode,
            root,
            certificate: if is_certificate_sent && mode != SslMode::Disable {
                certificate(path("sslcert"), path("sslkey"))?
                    .map_or(Ok(None), |found| only_private(found, mode))?
            } else {
                None
            },
            is_host_sent: choice(words, "sslsni", &[("0", false), ("1", true)])?.unwrap_or(true),
            versions: versions(words)?,
        })
    }

    /// The connector for this mode.
    ///
    /// # Errors
    /// `jobinsight::database::tls`: a file cannot be read or contains no certificate; a required root is missing.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions)
            .map_err(|error| wrong(format!("TLS cannot be set up: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.certificate {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| unreadable("sslkey", key, &error.to_string()))?;
                builder
                    .with_client_auth_cert(certificates("sslcert", certificate)?, key)
                    .map_err(|error| wrong(format!("sslcert and sslkey cannot be used: {error}")))?
            }
        };
        config.enable_sni = self.is_host_sent;
        Ok(MakeRustlsConnect::new(config))
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
        let system = self.root.as_deref() == Some(Path::new("system"));
        // `require` verifies the server if this file exists.
        let root = self.root.clone().or_else(|| default_file("root.crt"));
        let names = match (self.mode, &root) {
            (SslMode::Disable | SslMode::Allow | SslMode::Prefer, _) | (SslMode::Require, None) => {
                return Ok(Arc::new(Verifier {
                    chain: None,
                    names: false,
                    trusted: Vec::new(),
                    provider: Arc::clone(provider),
                }));
            }
            (SslMode::Require | SslMode::VerifyCa, Some(_)) => system,
            (SslMode::VerifyFull, Some(_)) => true,
            (SslMode::VerifyCa | SslMode::VerifyFull, None) => {
                return Err(wrong(format!("sslmode = {} needs a root certificate, but there is none", self.mode.name()))
                    .help("set its file: PGSSLROOTCERT or sslrootcert=…; or copy it to ~/.postgresql/root.crt; or use sslrootcert=system"));
            }
        };
        let trusted = match &root {
            _ if system => rustls_native_certs::load_native_certs().certs,
            Some(file) => certificates("sslrootcert", file)?,
            None => Vec::new(),
        };
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(trusted.iter().cloned());
        let chain =
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
                .build()
                .map_err(|error| wrong(format!("the root certificates cannot be used: {error}")))?;
        Ok(Arc::new(Verifier {
            chain: Some(chain),
            names,
            trusted,
            provider: Arc::clone(provider),
        }))
    }
}

/// A file in the folder where libpq looks, if the file exists. Without `HOME`, the operating system knows the folder.
fn default_file(name: &str) -> Option<PathBuf> {
    std::env::home_dir()
        .map(|home| home.join(".postgresql").join(name))
        .filter(|file| file.is_file())
}

/// The versions of TLS that these parameters allow. Versions before 1.2 are not implemented, so a lower minimum has no effect.
fn versions(words: &Words) -> Result<Vec<&'static SupportedProtocolVersion>> {
    let names = [("TLSv1", 0), ("TLSv1.1", 1), ("TLSv1.2", 2), ("TLSv1.3", 3)];
    let least = choice(words, "ssl_min_protocol_version", &names)?.unwrap_or(2);
    let most = choice(words, "ssl_max_protocol_version", &names)?.unwrap_or(3);
    let versions: Vec<_> = [(2, &TLS12), (3, &TLS13)]
        .into_iter()
        .filter(|(number, _)| (least..=most).contains(number))
        .map(|(_, version)| version)
        .collect();
    if versions.is_empty() {
        return Err(parameters::wrong(
            "ssl_max_protocol_version",
            "leaves no version: only TLSv1.2 and TLSv1.3 are possible",
        ));
    }
    Ok(versions)
}

/// The client certificate and its key. The defaults are the ones of libpq: `~/.postgresql/postgresql.crt` and `.key`.
fn certificate(crt: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<(PathBuf, PathBuf)>> {
    let named = crt.is_some() || key.is_some();
    match (
        crt.or_else(|| default_file("postgresql.crt")),
        key.or_else(|| default_file("postgresql.key")),
    ) {
        (Some(crt), Some(key)) => Ok(Some((crt, key))),
        (crt, _) if named => {
            let missing = if crt.is_some() { "sslkey" } else { "sslcert" };
            Err(EtlError::new(
                codes::DATABASE_TLS,
                format!("only one of sslcert and sslkey is set: {missing} is missing"),
            )
            .help("set both, in the address or as PGSSLCERT and PGSSLKEY: a certificate cannot be used without its key"))
        }
        _ => Ok(None),
    }
}

/// Refuses a key that other users can read. If TLS is not required, the connection is made without the certificate, with a
/// warning, because libpq then connects without TLS.
fn only_private(files: (PathBuf, PathBuf), mode: SslMode) -> Result<Option<(PathBuf, PathBuf)>> {
    match refuse_readable(&files.1) {
        Err(error) if mode < SslMode::Require => {
            tracing::warn!("{}; {}", error.message(), error.help_text());
            Ok(None)
        }
        checked => checked.map(|()| Some(files)),
    }
}

/// Returns an error if other users can read or change the key. As in libpq, the group may read a file of root, because a key of
/// the system is read through a group.
fn refuse_readable(key: &Path) -> Result<()> {
    // A file that cannot be read gets an error with the reason afterwards.
    let Ok(about) = key.metadata() else {
        return Ok(());
    };
    if !about.is_file() {
        return Err(unreadable("sslkey", key, "it is not a plain file"));
    }
    let refused = if about.uid() == 0 { 0o037 } else { 0o077 };
    if about.mode() & refused == 0 {
        return Ok(());
    }
    let key = key.display();
    Err(wrong(format!(
        "sslkey = {key} is refused, because other users can read or change it: its permissions are {:04o}",
        about.mode() & 0o777
    ))
    .help(format!("type: chmod 600 {key} (a file of root may have 0640)")))
}

fn certificates(word: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unreadable(word, file, "it contains no certificate")),
        Err(error) => Err(unreadable(word, file, &error.to_string())),
    }
}

fn unreadable(word: &str, file: &Path, why: &str) -> EtlError {
    wrong(format!("{word} = {} cannot be read: {why}", file.display()))
        .help("it must be a PEM file that this user may read")
}

fn wrong(message: String) -> EtlError {
    EtlError::new(codes::DATABASE_TLS, message)
}
