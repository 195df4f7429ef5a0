//! A text that is sent as a value: as it stands, or what a reference leads to at that moment.

use super::{ProbeError, secret};
use crate::model::{Secret, SecretRef};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    Plain(String),
    /// Read when it is sent, and never written anywhere.
    Secret(SecretRef),
}

impl Text {
    /// What is sent.
    ///
    /// # Errors
    /// The secret cannot be read.
    pub(super) async fn resolve(&self) -> Result<Secret, ProbeError> {
        match self {
            Text::Plain(text) => Ok(Secret::new(text.clone())),
            Text::Secret(reference) => secret::resolve(reference).await,
        }
    }
}

/// All of `values`, in their order.
///
/// # Errors
/// The first that cannot be read.
pub(super) async fn all(values: &[Text]) -> Result<Vec<Secret>, ProbeError> {
    let mut read = Vec::with_capacity(values.len());
    for value in values {
        read.push(value.resolve().await?);
    }
    Ok(read)
}
