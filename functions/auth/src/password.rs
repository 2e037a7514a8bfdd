//! Passwords: their rules, and Argon2id (RFC 9106; parameters of the OWASP Password Storage Cheat Sheet).

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, KeyId, Params, ParamsBuilder, Version};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::error::{Error, Result};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::Secrets;

/// 19 MiB.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Sign-ins that may wait for their turn, for each that hashes. A second's work; who comes later is told so.
const MOST_WAITING: usize = 32;

/// A new password: 8 to 128 characters, whatever they are.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery")]
pub(crate) struct NewPassword(Password);

impl TryFrom<String> for NewPassword {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let password = Password::from(text);
        match password.0.chars().count() {
            8..=128 => Ok(NewPassword(password)),
            _ => Err("should have 8 to 128 characters"),
        }
    }
}

impl From<NewPassword> for Password {
    fn from(new: NewPassword) -> Password {
        new.0
    }
}

/// A password as somebody typed it, in Unicode's composed form: é is é, from whatever keyboard (NIST SP 800-63B).
#[derive(Deserialize, ToSchema)]
#[serde(from = "String")]
#[schema(value_type = String, format = Password, max_length = 1000, example = "correct horse battery")]
pub(crate) struct Password(String);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Password(text.nfc().collect())
    }
}

/// Hashes passwords, a few at a time: each takes 19 MiB and all of a core.
pub(crate) struct Hasher {
    pepper: [u8; 32],
    /// Which pepper it is, in every hash that it is in.
    pepper_id: [u8; 8],
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// The memory of hashes past: to get it anew costs nearly as much as to hash.
    buffers: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    pub(crate) fn new(secrets: &Secrets) -> Self {
        let pepper = secrets.pepper();
        let mut pepper_id = [0; 8];
        pepper_id.copy_from_slice(&Sha256::digest(pepper)[..8]);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Hasher {
            pepper,
            pepper_id,
            turns: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(cores * (1 + MOST_WAITING))),
            buffers: Mutex::default(),
        }
    }

    /// The hash to store (PHC string).
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(crate) async fn hash(self: &Arc<Self>, password: Password, salt: [u8; 16]) -> Result<String> {
        let params = self.params()?;
        let output = self.compute(password, salt.to_vec(), params.clone()).await?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).map_err(internal)?,
            salt: Some(Salt::new(&salt).map_err(internal)?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Whether the password is the one of `stored`. Without a stored hash it takes as long and is not.
    ///
    /// # Errors
    /// 503 when too many wait; 500 where the stored hash is not one that we made.
    pub(crate) async fn verify(self: &Arc<Self>, password: Password, stored: Option<&str>) -> Result<bool> {
        let Some(stored) = stored else {
            self.compute(password, vec![0; 16], self.params()?).await?;
            return Ok(false);
        };
        let stored = PasswordHash::new(stored).map_err(internal)?;
        let params = Params::try_from(&stored).map_err(internal)?;
        // Whoever can write a hash must not be able to make us burn memory with it.
        let ours = params.m_cost() <= MEMORY_KIB && params.t_cost() <= PASSES && params.p_cost() == LANES;
        let (Some(salt), Some(expected), true) = (stored.salt, stored.hash, ours && stored.algorithm == ARGON2ID_IDENT)
        else {
            return Err(Error::Internal("a stored password hash is not one of ours".into()));
        };
        // Its comparison takes the same time for every two values.
        Ok(self.compute(password, salt.to_vec(), params).await? == expected)
    }

    fn params(&self) -> Result<Params> {
        let mut builder = ParamsBuilder::new();
        builder.m_cost(MEMORY_KIB).t_cost(PASSES).p_cost(LANES).keyid(KeyId::new(&self.pepper_id).map_err(internal)?);
        builder.build().map_err(internal)
    }

    async fn compute(self: &Arc<Self>, password: Password, salt: Vec<u8>, params: Params) -> Result<Output> {
        let busy = |_| Error::Unavailable("too many sign-ins wait for their turn".into());
        let _place = self.places.clone().try_acquire_owned().map_err(busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(internal)?;
        let hasher = Arc::clone(self);
        let hashed = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut blocks = hasher.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            blocks.resize(params.block_count(), Block::default());
            let argon2 = Argon2::new_with_secret(&hasher.pepper, Algorithm::Argon2id, Version::V0x13, params)?;
            let mut output = [0; 32];
            argon2.hash_password_into_with_memory(password.0.as_bytes(), &salt, &mut output, &mut blocks)?;
            hasher.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
            Ok::<_, argon2::Error>(output)
        });
        let output = hashed.await.map_err(internal)?.map_err(internal)?;
        Output::new(&output).map_err(internal)
    }
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(error.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Hasher, NewPassword, Password};
    use crate::Secrets;

    fn hasher(pepper: &str) -> Arc<Hasher> {
        Arc::new(Hasher::new(&Secrets::new("signing", pepper)))
    }

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_proves_itself_and_no_other() {
        let stored = hasher("a").hash(password("Cr\u{e9}ation"), [7; 16]).await.expect("hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{stored}");
        assert!(hasher("a").verify(password("Cre\u{301}ation"), Some(&stored)).await.expect("verified"));
        assert!(!hasher("a").verify(password("Creation"), Some(&stored)).await.expect("verified"));
        assert!(!hasher("another pepper").verify(password("Cr\u{e9}ation"), Some(&stored)).await.expect("verified"));
        assert!(!hasher("a").verify(password("Cr\u{e9}ation"), None).await.expect("verified"));
    }

    #[tokio::test]
    async fn a_hash_that_would_burn_memory_is_refused() {
        let absurd =
            "$argon2id$v=19$m=4194304,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(hasher("a").verify(password("whatever"), Some(absurd)).await.is_err());
    }

    #[test]
    fn the_length_counts_in_characters() {
        for (text, valid) in
            [("é".repeat(8), true), ("é".repeat(7), false), ("é".repeat(128), true), ("é".repeat(129), false)]
        {
            assert_eq!(NewPassword::try_from(text.clone()).is_ok(), valid, "{text}");
        }
    }
}
