//! The verification of the certificate of a server.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use x509_cert::der::{Decode, Encode};

type SignatureResult = Result<HandshakeSignatureValid, rustls::Error>;
/// The verification of a signature that rustls has for a version of TLS.
type VerifySignature = fn(
    &[u8],
    &CertificateDer<'_>,
    &DigitallySignedStruct,
    &WebPkiSupportedAlgorithms,
) -> SignatureResult;

/// Verifies the certificate of a server as strictly as the mode requires.
#[derive(Debug)]
pub(super) struct Verifier {
    /// The authorities that the certificate must lead to. `None`: every server is accepted.
    pub(super) chain: Option<Arc<WebPkiServerVerifier>>,
    /// Whether the certificate must be for the host.
    pub(super) names: bool,
    /// The root certificates. A server may use one of them as its own.
    pub(super) trusted: Vec<CertificateDer<'static>>,
    pub(super) provider: Arc<CryptoProvider>,
}

impl Verifier {
    /// Verifies that the server has the key of its certificate. rustls reads only certificates of version 3 of X.509. If
    /// the certificate itself is not checked, an older version is accepted, as in libpq. The signature is verified in both
    /// cases, because channel binding relies on it.
    fn verify_signature(
        &self,
        verify: VerifySignature,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> SignatureResult {
        let algorithms = &self.provider.signature_verification_algorithms;
        match verify(message, certificate, signature, algorithms) {
            Err(rustls::Error::InvalidCertificate(_))
                if self.chain.is_none() && self.has_signed(message, certificate, signature) =>
            {
                Ok(HandshakeSignatureValid::assertion())
            }
            other => other,
        }
    }

    /// Whether the key in the certificate made the signature.
    fn has_signed(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> bool {
        let Ok(parsed) = x509_cert::Certificate::from_der(certificate) else {
            return false;
        };
        let key = parsed.tbs_certificate.subject_public_key_info;
        let Ok(algorithm) = key.algorithm.to_der() else {
            return false;
        };
        self.provider
            .signature_verification_algorithms
            .mapping
            .iter()
            .filter(|(scheme, _)| *scheme == signature.scheme)
            .flat_map(|(_, algorithms)| algorithms.iter())
            .any(|verifier| {
                // The identifier of rustls is without the tag and the length of its sequence.
                algorithm.ends_with(verifier.public_key_alg_id().as_ref())
                    && verifier
                        .verify_signature(
                            key.subject_public_key.raw_bytes(),
                            message,
                            signature.signature(),
                        )
                        .is_ok()
            })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
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
    ) -> SignatureResult {
        self.verify_signature(verify_tls12_signature, message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> SignatureResult {
        self.verify_signature(verify_tls13_signature, message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
