//! The secrets of a stack, and the keys that are derived from them.

use shared::crypto::letter_key::LetterKey;
use shared::crypto::seal::Sealer;
use shared::crypto::secret::{self, Secret, TooShort};
use shared::runtime::environment::{LETTER_SECRET, PEPPER_SECRET, SIGNING_SECRET};

/// The secrets of a stack. No other function can read the first two.
#[derive(Clone)]
pub struct Secrets {
    /// The key that signs access tokens is derived from it. It can be replaced at any time: the old public key stays
    /// published.
    signing: Secret,
    /// Part of every password hash and refresh token, so that a thief cannot use the tables alone. It is never
    /// replaced, because no stored hash would match any more.
    pepper: Secret,
    /// The key of the tokens in letters is derived from it. Dispatch, which delivers the letters, has it too.
    letters: Secret,
}

impl Secrets {
    /// Returns secrets from their bytes. The local runner stores its own in the data folder.
    ///
    /// # Errors
    /// [`TooShort`] if one has fewer than 32 bytes.
    pub fn new(
        signing: impl AsRef<[u8]>,
        pepper: impl AsRef<[u8]>,
        letters: impl AsRef<[u8]>,
    ) -> Result<Self, TooShort> {
        Ok(Secrets { signing: Secret::new(signing)?, pepper: Secret::new(pepper)?, letters: Secret::new(letters)? })
    }

    /// Reads the secrets that `SIGNING_SECRET`, `PEPPER_SECRET` and `LETTER_SECRET` name from Secrets Manager.
    ///
    /// # Errors
    /// If a secret cannot be read.
    pub async fn from_secrets_manager() -> Result<Self, shared::runtime::lambda::Error> {
        let [signing, pepper, letters] = secret::read([SIGNING_SECRET, PEPPER_SECRET, LETTER_SECRET]).await?;
        Ok(Secrets { signing, pepper, letters })
    }

    /// Returns the key that signs access tokens.
    pub(crate) fn signing_key(&self) -> [u8; 32] {
        self.signing.derive("carrel access token signing key")
    }

    /// Returns the sealer of refresh tokens. Its key is not derived from the signing secret, so that replacing that one
    /// ends no session.
    pub(crate) fn refresh_sealer(&self) -> Sealer {
        Sealer::new(&self.pepper, "carrel refresh token key")
    }

    /// Returns the sealer of the cookies that tell devices.
    pub(crate) fn device_sealer(&self) -> Sealer {
        Sealer::new(&self.pepper, "carrel device cookie key")
    }

    /// Returns the sealer of the names that stand for network addresses.
    pub(crate) fn address_sealer(&self) -> Sealer {
        Sealer::new(&self.pepper, "carrel known address key")
    }

    /// Returns the pepper.
    pub(crate) fn pepper(&self) -> [u8; 32] {
        self.pepper.derive("carrel password pepper")
    }

    /// Returns the key of the tokens in letters.
    pub fn letter_key(&self) -> LetterKey {
        LetterKey::from_secret(&self.letters)
    }
}
