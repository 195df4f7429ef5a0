//! TLS for every protocol: rustls with ring, one provider. Certificates are always verified.

use super::error::{ProbeError, Trouble};
use super::secret;
use crate::model::TlsOptions;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// The client configuration for `options`; the platform's verifier unless a `ca` is named.
///
/// # Errors
/// [`Trouble::Tls`] with the file that could not be used, [`Trouble::Secret`] for the key.
pub async fn client(options: &TlsOptions) -> Result<ClientConfig, ProbeError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ProbeError::new(Trouble::Tls, "TLS versions", error.to_string()))?;
    let verified = if let Some(path) = &options.ca {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(path)? {
            roots.add(certificate).map_err(|error| ProbeError::new(Trouble::Tls, path, error.to_string()))?;
        }
        builder.with_root_certificates(roots)
    } else {
        use rustls_platform_verifier::BuilderVerifierExt;
        builder.with_platform_verifier().map_err(|error| ProbeError::new(Trouble::Tls, "certificates of this system", error.to_string()))?
    };
    match (&options.cert, &options.key) {
        (Some(cert), Some(key)) => {
            let pem = secret::resolve(key).await?;
            let key = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes())
                // the error of the parser could quote the key
                .map_err(|_parser| ProbeError::new(Trouble::Tls, key.to_string(), "not a private key in PEM form"))?;
            verified.with_client_auth_cert(certificates(cert)?, key).map_err(|error| ProbeError::new(Trouble::Tls, cert, error.to_string()))
        }
        _ => Ok(verified.with_no_client_auth()),
    }
}

fn certificates(path: &str) -> Result<Vec<CertificateDer<'static>>, ProbeError> {
    let fail = |detail: String| ProbeError::new(Trouble::Tls, path, detail);
    let found: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(|error| fail(error.to_string()))?
        .collect::<Result<_, _>>()
        .map_err(|error| fail(error.to_string()))?;
    if found.is_empty() { Err(fail("no certificate in this file".to_owned())) } else { Ok(found) }
}
