//! Secrets: random bytes that CloudFormation generates and no person sees, and the keys that are derived from them.

use std::fmt;

use aws_sdk_secretsmanager::Client;
use hkdf::Hkdf;
use sha2::Sha256;

use crate::runtime::app;
use crate::runtime::environment::{self, Variable};
use crate::runtime::lambda::Error;

/// A secret. It cannot be printed or compared.
#[derive(Clone)]
pub struct Secret(Hkdf<Sha256>);

/// The error of a secret with less than 32 bytes.
#[derive(Debug, Clone, Copy)]
pub struct TooShort;

impl fmt::Display for TooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret should have at least 32 bytes")
    }
}

impl std::error::Error for TooShort {}

impl Secret {
    /// Makes a secret of these bytes.
    ///
    /// # Errors
    /// If it has less than 32 bytes.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, TooShort> {
        // Without HKDF's extract step (RFC 5869, 3.3), because the secret is random already.
        Hkdf::from_prk(bytes.as_ref()).map(Secret).map_err(|_| TooShort)
    }

    /// Derives the key of a purpose (RFC 5869, 2.3). The keys of two purposes are independent.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        self.0.expand(purpose.as_bytes(), &mut key).expect("32 bytes are one block of SHA-256");
        key
    }
}

/// Reads secrets from Secrets Manager. These environment variables hold their names. They do not hold the secrets,
/// because everybody who may read a function's settings would see them.
///
/// # Errors
/// If a secret cannot be read, or is too short.
pub async fn read<const N: usize>(variables: [Variable; N]) -> Result<[Secret; N], Error> {
    let client = Client::new(&app::sdk_config(environment::SECRETS_MANAGER_ENDPOINT.url()).await);
    let mut secrets = Vec::with_capacity(N);
    for variable in variables {
        let answer = client.get_secret_value().secret_id(variable.required()).send().await?;
        let name = variable.name();
        let text = answer.secret_string().ok_or_else(|| format!("the secret of {name} has no text"))?;
        secrets.push(Secret::new(text).map_err(|error| format!("the secret of {name}: {error}"))?);
    }
    Ok(<[Secret; N]>::try_from(secrets).map_err(|_| "the number of secrets changed")?)
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_key_depends_on_the_secret_and_the_purpose() {
        let secret = Secret::new([7; 32]).expect("32 bytes");
        // HMAC-SHA256 of "carrel password pepper" and the byte 1, under the secret.
        let key = secret.derive("carrel password pepper");
        assert_eq!(key[..8], [51, 101, 139, 60, 48, 241, 188, 219]);
        assert_ne!(key, secret.derive("carrel refresh token key"));
        assert_ne!(key, Secret::new([8; 32]).expect("32 bytes").derive("carrel password pepper"));
    }

    #[test]
    fn a_secret_under_32_bytes_is_refused() {
        assert!(Secret::new([7; 31]).is_err());
        assert!(Secret::new("").is_err());
    }
}
