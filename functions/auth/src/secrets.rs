//! The secrets of a stack, and the keys that are derived from them.

use shared::crypto::letter_key::LetterKey;
use shared::crypto::seal::Sealer;
use shared::crypto::secret::{self, Secret, TooShort};
use shared::runtime::environment::{LETTER_SECRET, PEPPER_SECRET, SIGNING_SECRET};

/// The secrets of a stack. No other function sees the first two.
#[derive(Clone)]
pub struct Secrets {
    /// The key of the access tokens is derived from it. May be replaced at any time: the old public key stays known.
    signing: Secret,
    /// Goes into every password hash and refresh token, so that the tables alone are of no use to a thief. Never
    /// replaced in place.
    pepper: Secret,
    /// Goes into the tokens of letters. Who delivers them knows it too.
    letters: Secret,
}

impl Secrets {
    /// Takes over secrets that are known already: the local runner stores its own in the data folder.
    ///
    /// # Errors
    /// When one has less than 32 bytes.
    pub fn new(
        signing: impl AsRef<[u8]>,
        pepper: impl AsRef<[u8]>,
        letters: impl AsRef<[u8]>,
    ) -> Result<Self, TooShort> {
        Ok(Secrets { signing: Secret::new(signing)?, pepper: Secret::new(pepper)?, letters: Secret::new(letters)? })
    }

    /// The secrets that `SIGNING_SECRET`, `PEPPER_SECRET` and `LETTER_SECRET` name in Secrets Manager.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn from_secrets_manager() -> Result<Self, shared::runtime::lambda::Error> {
        let [signing, pepper, letters] = secret::read([SIGNING_SECRET, PEPPER_SECRET, LETTER_SECRET]).await?;
        Ok(Secrets { signing, pepper, letters })
    }

    /// The key of the access tokens.
    pub(crate) fn signing_key(&self) -> [u8; 32] {
        self.signing.derive("carrel access token signing key")
    }

    /// Seals refresh tokens. Its key is not derived from the signing secret: replacing that signs nobody out.
    pub(crate) fn refresh_sealer(&self) -> Sealer {
        Sealer::new(&self.pepper, "carrel refresh token key")
    }

    /// The pepper.
    pub(crate) fn pepper(&self) -> [u8; 32] {
        self.pepper.derive("carrel password pepper")
    }

    /// The key of the tokens of letters.
    pub fn letter_key(&self) -> LetterKey {
        LetterKey::from_secret(&self.letters)
    }
}
