//! TLS with the modes of libpq.
//!
//! `require` encrypts, and verifies the server only if a root certificate exists. `verify-ca` requires a chain to that
//! root. `verify-full` also requires the name of the host. A mode that is not possible is an error. A connection without
//! TLS never replaces it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{EtlError, Result, codes};

/// The `sslmode` of libpq.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SslMode {
    /// Never encrypt.
    Disable,
    /// Encrypt only if the server refuses plain connections.
    Allow,
    /// Encrypt if the server can.
    #[default]
    Prefer,
    /// Always encrypt.
    Require,
    /// Require a certificate with a chain to a trusted root.
    VerifyCa,
    /// Require, in addition, that the certificate is for this host.
    VerifyFull,
}

impl SslMode {
    /// The mode of that name in libpq.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

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
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// The `sslmode`.
    pub mode: SslMode,
    /// The file with root certificates (PEM), or `system` for the certificates of the operating system.
    pub root: Option<PathBuf>,
    /// The client certificate and its key (PEM), for a server that requires one.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

impl Tls {
    /// The connector for this mode.
    ///
    /// # Errors
    /// `jobinsight::database::tls`: a file cannot be read or contains no certificate; a required root is missing.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(format!("TLS cannot be set up: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let config = match &self.certificate {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| unreadable("sslkey", key, &error.to_string()))?;
                builder
                    .with_client_auth_cert(certificates("sslcert", certificate)?, key)
                    .map_err(|error| wrong(format!("sslcert and sslkey cannot be used: {error}")))?
            }
        };
        Ok(MakeRustlsConnect::new(config))
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
        let system = self.root.as_deref() == Some(Path::new("system"));
        // The default path of libpq. `require` verifies the server if the file exists.
        let root = self.root.clone().or_else(|| {
            let home = std::env::var_os("HOME").map(PathBuf::from);
            home.map(|home| home.join(".postgresql/root.crt"))
                .filter(|file| file.is_file())
        });
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

/// Verifies the certificate of a server as strictly as the mode requires.
#[derive(Debug)]
struct Verifier {
    /// The authorities that the certificate must lead to. `None`: every server is accepted.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Whether the certificate must be for the host.
    names: bool,
    /// The root certificates. A server may use one of them as its own.
    trusted: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        // A self-signed certificate that is also the root is trusted.
        if self
            .trusted
            .iter()
            .any(|root| root.as_ref() == certificate.as_ref())
        {
            if self.names {
                let parsed = rustls::server::ParsedCertificate::try_from(certificate)?;
                rustls::client::verify_server_name(&parsed, name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match chain.verify_server_cert(certificate, between, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.names => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
