//! Secrets: what CloudFormation made up and no person ever saw, and the keys that are derived from it.

use aws_sdk_secretsmanager::Client;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::runtime::app;
use crate::runtime::environment::{self, Variable};
use crate::runtime::lambda::Error;

/// A secret, of over 300 random bits. It can be neither shown nor compared.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A secret known already: the local runner keeps its own in the data folder.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Secret(bytes.into())
    }

    /// A key of its own for each purpose (the expand step of HKDF, RFC 5869, for one block). There is nothing to
    /// extract: the secret is random enough.
    pub fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(purpose);
        mac.update(&[1]);
        mac.finalize().into_bytes().into()
    }
}

/// The secrets whose names in Secrets Manager are in these environment variables. No variable holds a secret itself:
/// whoever may look at a function's settings would see it.
///
/// # Errors
/// When they cannot be read.
pub async fn read<const N: usize>(variables: [Variable; N]) -> Result<[Secret; N], Error> {
    let client = Client::new(&app::sdk_config(environment::SECRETS_MANAGER_ENDPOINT.get()).await);
    let mut secrets = [const { Secret(Vec::new()) }; N];
    for (secret, variable) in secrets.iter_mut().zip(variables) {
        let answer = client.get_secret_value().secret_id(variable.required()).send().await?;
        let text = answer.secret_string().filter(|text| !text.is_empty());
        *secret = Secret::new(text.ok_or_else(|| format!("the secret of {} is empty", variable.name()))?);
    }
    Ok(secrets)
}
