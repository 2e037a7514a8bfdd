//! Where the secrets come from, and the keys that are derived from them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared::seal::LetterKey;

/// The secrets of a stack. No other function sees the first two.
#[derive(Clone)]
pub struct Secrets {
    /// The key of the access tokens is derived from it. May be replaced at any time: the old public key stays known.
    signing: Vec<u8>,
    /// Goes into every password hash and refresh token, so that the tables alone are of no use to a thief. Never
    /// replaced in place.
    pepper: Vec<u8>,
    /// Goes into the tokens of letters. Who delivers them knows it too.
    letters: Vec<u8>,
}

impl Secrets {
    /// Secrets known already: the local runner keeps its own in the data folder.
    pub fn new(signing: impl Into<Vec<u8>>, pepper: impl Into<Vec<u8>>, letters: impl Into<Vec<u8>>) -> Self {
        Secrets { signing: signing.into(), pepper: pepper.into(), letters: letters.into() }
    }

    /// The secrets that `SIGNING_SECRET`, `PEPPER_SECRET` and `LETTER_SECRET` name in Secrets Manager. CloudFormation
    /// made them up; no person ever saw them, and no environment variable holds them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn from_secrets_manager() -> Result<Self, shared::lambda::Error> {
        let endpoint = std::env::var("AWS_ENDPOINT_URL_SECRETS_MANAGER").ok();
        let client = aws_sdk_secretsmanager::Client::new(&shared::app::sdk_config(endpoint).await);
        let read = async |variable: &str| {
            let id = std::env::var(variable).map_err(|_| format!("the environment variable {variable} is not set"))?;
            let secret = client.get_secret_value().secret_id(id).send().await?;
            let text = secret.secret_string().ok_or_else(|| format!("the secret of {variable} is empty"))?;
            Ok::<_, shared::lambda::Error>(text.as_bytes().to_vec())
        };
        Ok(Secrets {
            signing: read("SIGNING_SECRET").await?,
            pepper: read("PEPPER_SECRET").await?,
            letters: read("LETTER_SECRET").await?,
        })
    }

    /// The key of the access tokens.
    pub(crate) fn signing_key(&self) -> [u8; 32] {
        derive(&self.signing, b"carrel access token signing key")
    }

    /// The key of the refresh tokens. Not of the signing secret: replacing that signs nobody out.
    pub(crate) fn refresh_key(&self) -> [u8; 32] {
        derive(&self.pepper, b"carrel refresh token key")
    }

    /// The pepper.
    pub(crate) fn pepper(&self) -> [u8; 32] {
        derive(&self.pepper, b"carrel password pepper")
    }

    /// The key of the tokens of letters.
    pub fn letter_key(&self) -> LetterKey {
        LetterKey::new(derive(&self.letters, b"carrel letter token key"))
    }
}

/// A key of its own for each purpose (the expand step of HKDF, RFC 5869, for one block). The secrets have over 300
/// random bits, so there is nothing to extract.
fn derive(secret: &[u8], purpose: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(purpose);
    mac.update(&[1]);
    mac.finalize().into_bytes().into()
}
