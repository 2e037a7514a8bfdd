//! Hashes passwords with Argon2id (RFC 9106; parameters of the OWASP Password Storage Cheat Sheet).

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, KeyId, Params, ParamsBuilder, Version};
use sha2::{Digest, Sha256};
use shared::edge::error::{Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Password;

/// 19 MiB.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;
/// The most sign-ins that wait for each one that hashes: about two seconds' work. Further ones are refused.
const MOST_WAITING: usize = 128;

/// Whether a password matches a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verified {
    /// It does not, or this code did not make the stored hash.
    No,
    /// It does.
    Yes,
    /// It does, but the hash is cheaper to guess than a new one and should be replaced.
    YesButWeak,
}

/// Hashes passwords, a few at a time: each takes 19 MiB and all of a core.
pub(crate) struct Hasher {
    pepper: [u8; 32],
    /// The parameters of every new hash. The key id identifies the pepper.
    params: Params,
    /// Passwords that are being hashed.
    turns: Arc<Semaphore>,
    /// Passwords that are being hashed or wait.
    slots: Arc<Semaphore>,
    /// The memory of earlier hashes, to be used again: allocating it costs nearly as much as hashing. A buffer is taken
    /// and put back during a turn, so there are never more buffers than turns.
    buffers: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    pub(crate) fn new(pepper: [u8; 32]) -> Self {
        // If there are several cores, one is left to everything else.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_turns(pepper, cores.saturating_sub(1).max(1))
    }

    fn with_turns(pepper: [u8; 32], turns: usize) -> Self {
        let pepper_id = KeyId::new(&Sha256::digest(pepper)[..8]).expect("a key id has up to 8 bytes");
        Hasher {
            pepper,
            params: params(MEMORY_KIB, PASSES).keyid(pepper_id).build().expect("the parameters are valid"),
            turns: Arc::new(Semaphore::new(turns)),
            slots: Arc::new(Semaphore::new(turns * (1 + MOST_WAITING))),
            buffers: Mutex::default(),
        }
    }

    /// Takes a slot in the queue. An operation takes it before it reads or writes anything for a password: under a
    /// flood, a request that cannot be served is refused at once, and its try is not counted.
    ///
    /// # Errors
    /// 503 if too many sign-ins are waiting.
    pub(crate) fn slot(self: &Arc<Self>) -> Result<Slot> {
        let busy = |_| Error::Unavailable("too many sign-ins are waiting".into());
        let permit = self.slots.clone().try_acquire_owned().map_err(busy)?;
        Ok(Slot { hasher: Arc::clone(self), _permit: permit })
    }

    /// Parses a stored hash, if this code or an older version of it made the hash.
    fn read(&self, stored: &str) -> Result<Stored, &'static str> {
        let hash = PasswordHash::new(stored).map_err(|_| "it is not a PHC string")?;
        let params = Params::try_from(&hash).map_err(|_| "its parameters are not those of Argon2")?;
        if hash.algorithm != ARGON2ID_IDENT || hash.version != Some(Version::V0x13.into()) {
            return Err("it is not Argon2id version 19");
        }
        // An attacker who can write a hash must not be able to waste memory or time with it.
        if params.m_cost() > MEMORY_KIB || params.t_cost() > PASSES || params.p_cost() != LANES {
            return Err("its parameters are larger than any that this code used");
        }
        if !params.keyid().is_empty() && params.keyid() != self.params.keyid() {
            return Err("its pepper is unknown");
        }
        match (hash.salt, hash.hash) {
            (Some(salt), Some(output)) if output.len() == OUTPUT_BYTES && params.data().is_empty() => {
                Ok(Stored { salt, params, output })
            }
            _ => Err("its parts are not those that this code writes"),
        }
    }

    fn argon2id(&self, password: &[u8], salt: &[u8], params: Params) -> argon2::Result<[u8; OUTPUT_BYTES]> {
        let used = self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut blocks = used.unwrap_or_else(|| vec![Block::default(); self.params.block_count()]);
        let argon2 = if params.keyid().is_empty() {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        } else {
            Argon2::new_with_secret(&self.pepper, Algorithm::Argon2id, Version::V0x13, params)?
        };
        let mut output = [0; OUTPUT_BYTES];
        argon2.hash_password_into_with_memory(password, salt, &mut output, &mut blocks)?;
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
        Ok(output)
    }
}

/// A slot in the queue of a [`Hasher`]. Its owner can hash passwords, each when its turn comes.
pub(crate) struct Slot {
    hasher: Arc<Hasher>,
    _permit: OwnedSemaphorePermit,
}

impl Slot {
    /// Returns the hash to store (PHC string).
    ///
    /// # Errors
    /// 500 if hashing fails.
    pub(crate) async fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String> {
        let salt = Salt::new(&salt).map_err(internal)?;
        let output = self.compute(password.as_str(), salt, self.hasher.params.clone()).await?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.hasher.params).map_err(internal)?,
            salt: Some(salt),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Returns whether the password matches `stored`. Without a stored hash it does not match, after the same time.
    ///
    /// A stored hash that this code did not make counts as a wrong password. It is logged, but the answer is the same:
    /// another answer would show that the account exists.
    ///
    /// # Errors
    /// 500 if hashing fails.
    pub(crate) async fn verify(&self, password: &Password, stored: Option<&str>) -> Result<Verified> {
        let ours = stored.and_then(|stored| {
            let refused = |why| tracing::error!(error = why, "a stored password hash was refused");
            self.hasher.read(stored).map_err(refused).ok()
        });
        let Some(Stored { salt, params, output: expected }) = ours else {
            for form in password.forms() {
                self.compute(form, Salt::new(&[0; 16]).map_err(internal)?, self.hasher.params.clone()).await?;
            }
            return Ok(Verified::No);
        };
        let (weak, rest) = (params != self.hasher.params, rest(&params));
        for form in password.forms() {
            // `Output` compares in constant time.
            if self.compute(form, salt, params.clone()).await? == expected {
                let is_present = !weak && form == password.as_str();
                return Ok(if is_present { Verified::Yes } else { Verified::YesButWeak });
            }
            // A weak hash must fail as late as no hash at all: otherwise the time would show that the account exists.
            if let Some(rest) = &rest {
                self.compute(form, salt, rest.clone()).await?;
            }
        }
        Ok(Verified::No)
    }

    /// Computes Argon2id when its turn comes. A waiting call holds the password and no buffer.
    async fn compute(&self, password: &str, salt: Salt, params: Params) -> Result<Output> {
        let turn = self.hasher.turns.clone().acquire_owned().await.map_err(internal)?;
        let (hasher, password) = (Arc::clone(&self.hasher), password.to_owned());
        let hashed = tokio::task::spawn_blocking(move || {
            // The turn lasts until the hash is done, even if its request has been dropped.
            let _turn = turn;
            hasher.argon2id(password.as_bytes(), &salt, params)
        });
        let output = hashed.await.map_err(internal)?.map_err(internal)?;
        Output::new(&output).map_err(internal)
    }
}

/// A stored hash, parsed.
struct Stored {
    salt: Salt,
    params: Params,
    output: Output,
}

fn params(memory_kib: u32, passes: u32) -> ParamsBuilder {
    let mut builder = ParamsBuilder::new();
    builder.m_cost(memory_kib).t_cost(passes).p_cost(LANES).output_len(OUTPUT_BYTES);
    builder
}

/// Returns parameters for the rest of the work: what a hash with `done` costs less than a new one. `None` if the rest
/// is too small for a hash.
fn rest(done: &Params) -> Option<Params> {
    let undone = MEMORY_KIB * PASSES - done.m_cost() * done.t_cost();
    params(undone / PASSES, PASSES).build().ok()
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(error.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
    use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
    use shared::edge::error::Error;

    use super::{Hasher, MEMORY_KIB, MOST_WAITING, OUTPUT_BYTES, PASSES, Password, Verified, params, rest};

    const SALT: [u8; 16] = [7; 16];

    fn hasher(pepper: u8) -> Arc<Hasher> {
        Arc::new(Hasher::with_turns([pepper; 32], 2))
    }

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    async fn verified(hasher: &Arc<Hasher>, text: &str, stored: &str) -> Verified {
        hasher.slot().expect("a slot is free").verify(&password(text), Some(stored)).await.expect("verified")
    }

    /// Returns the hash that code with these parameters would store.
    fn stored(text: &str, secret: &[u8], params: Params) -> String {
        let argon2 = Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params.clone());
        let mut output = [0; OUTPUT_BYTES];
        argon2.expect("a context").hash_password_into(text.as_bytes(), &SALT, &mut output).expect("hashed");
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).expect("valid"),
            salt: Some(Salt::new(&SALT).expect("valid")),
            hash: Some(Output::new(&output).expect("valid")),
        };
        hash.to_string()
    }

    #[tokio::test]
    async fn only_the_same_password_matches_a_hash() {
        let hasher = hasher(1);
        let stored =
            hasher.slot().expect("a slot is free").hash(&password("Cr\u{e9}ation"), SALT).await.expect("hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{stored}");
        assert_eq!(verified(&hasher, "Cre\u{301}ation", &stored).await, Verified::Yes);
        assert_eq!(verified(&hasher, "Creation", &stored).await, Verified::No);
        let slot = hasher.slot().expect("a slot is free");
        let unknown = slot.verify(&password("Cr\u{e9}ation"), None).await;
        assert_eq!(unknown.expect("verified"), Verified::No);
    }

    #[tokio::test]
    async fn fl21_a_hash_of_before_blanks_were_one_still_matches_and_is_replaced() {
        let hasher = hasher(1);
        let before = stored("correct\u{a0}horse", &[1; 32], hasher.params.clone());
        assert_eq!(verified(&hasher, "correct\u{a0}horse", &before).await, Verified::YesButWeak);
        assert_eq!(verified(&hasher, "correct horse", &before).await, Verified::No);
        let now = stored("correct horse", &[1; 32], hasher.params.clone());
        for blank in [" ", "\u{a0}", "\u{3000}"] {
            assert_eq!(verified(&hasher, &format!("correct{blank}horse"), &now).await, Verified::Yes);
        }
    }

    #[tokio::test]
    async fn a_password_without_a_stored_hash_costs_a_hash_too() {
        let hasher = hasher(1);
        let slot = hasher.slot().expect("a slot is free");
        // While all turns are taken, there is no answer: so every answer costs a hash.
        let _turns = hasher.turns.clone().acquire_many_owned(2).await.expect("the turns are free");
        for stored in [None, Some("not a hash")] {
            let answer = tokio::time::timeout(Duration::ZERO, slot.verify(&password("anything"), stored)).await;
            assert!(answer.is_err(), "{stored:?}");
        }
    }

    #[tokio::test]
    async fn the_pepper_is_part_of_every_hash() {
        let [one, other] = [hasher(1), hasher(2)];
        let hash = one.slot().expect("a slot is free").hash(&password("correct horse"), SALT).await.expect("hashed");
        assert_ne!(
            hash,
            other.slot().expect("a slot is free").hash(&password("correct horse"), SALT).await.expect("hashed")
        );
        assert_eq!(hash, stored("correct horse", &[1; 32], one.params.clone()));
        assert_ne!(hash, stored("correct horse", &[], one.params.clone()));
    }

    #[tokio::test]
    async fn a_weaker_hash_is_accepted_and_marked_for_replacement() {
        let hasher = hasher(1);
        let with_key_id = |memory_kib, passes| {
            let key_id = hasher.params.keyid().try_into().expect("a key id");
            params(memory_kib, passes).keyid(key_id).build().expect("valid")
        };
        let weak = [
            ("less memory", stored("correct horse", &[1; 32], with_key_id(8, PASSES))),
            ("a little less memory", stored("correct horse", &[1; 32], with_key_id(MEMORY_KIB - 1, PASSES))),
            ("fewer passes", stored("correct horse", &[1; 32], with_key_id(MEMORY_KIB, PASSES - 1))),
            ("no pepper", stored("correct horse", &[], params(MEMORY_KIB, PASSES).build().expect("valid"))),
        ];
        for (why, hash) in weak {
            assert_eq!(verified(&hasher, "correct horse", &hash).await, Verified::YesButWeak, "{why}");
            assert_eq!(verified(&hasher, "wrong horse", &hash).await, Verified::No, "{why}");
        }
        let new = hasher.slot().expect("a slot is free").hash(&password("correct horse"), SALT).await.expect("hashed");
        assert_eq!(verified(&hasher, "correct horse", &new).await, Verified::Yes);
    }

    #[test]
    fn a_wrong_password_costs_the_same_work_against_every_hash() {
        let full = MEMORY_KIB * PASSES;
        for (memory_kib, passes) in [(8, 1), (8, 2), (4096, 2), (19_000, 1), (MEMORY_KIB, 1), (MEMORY_KIB - 1, 2)] {
            let done = memory_kib * passes;
            let rest = rest(&params(memory_kib, passes).build().expect("valid"));
            let work = done + rest.map_or(0, |rest| rest.m_cost() * rest.t_cost());
            assert!(work.abs_diff(full) <= 16, "{memory_kib} KiB, {passes} passes: {work} of {full}");
        }
        assert_eq!(rest(&params(MEMORY_KIB, PASSES).build().expect("valid")), None);
    }

    #[tokio::test]
    async fn a_foreign_hash_counts_as_a_wrong_password() {
        let hasher = hasher(1);
        let ours = stored("correct horse", &[], params(MEMORY_KIB, PASSES).build().expect("valid"));
        assert_eq!(verified(&hasher, "correct horse", &ours).await, Verified::YesButWeak);
        let foreign = [
            ours.replace("m=19456", "m=4194304"),
            ours.replace("m=19456", "m=19457"),
            ours.replace("m=19456", "m=1"),
            ours.replace("t=2", "t=3"),
            ours.replace("t=2", "t=4294967295"),
            ours.replace("p=1", "p=2"),
            ours.replace("p=1", "p=1,data=AAAAAAAAAAA"),
            ours.replace("p=1", "p=1,keyid=AAAAAAAAAAA"),
            ours.replace("v=19", "v=16"),
            ours.replace("$v=19", ""),
            ours.replace("argon2id", "argon2i"),
            ours.replace("argon2id", "scrypt"),
            ours.rsplit_once('$').expect("a PHC string").0.to_owned(),
            ours[..ours.len() - 11].to_owned(),
            String::new(),
            "correct horse".to_owned(),
        ];
        for hash in foreign {
            assert_ne!(hash, ours);
            assert_eq!(verified(&hasher, "correct horse", &hash).await, Verified::No, "{hash}");
        }
        let another_pepper = self::hasher(2)
            .slot()
            .expect("a slot is free")
            .hash(&password("correct horse"), SALT)
            .await
            .expect("hashed");
        assert_eq!(verified(&hasher, "correct horse", &another_pepper).await, Verified::No);
    }

    #[tokio::test]
    async fn a_waiting_sign_in_holds_no_buffer_and_one_without_a_slot_is_refused() {
        let hasher = hasher(1);
        let turns = hasher.turns.clone().acquire_many_owned(2).await.expect("the turns are free");
        let hash = || {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.slot()?.hash(&password("correct horse"), SALT).await })
        };
        let waiting: Vec<_> = (0..2 * (1 + MOST_WAITING)).map(|_| hash()).collect();
        while hasher.slots.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(hasher.slot(), Err(Error::Unavailable(_))));
        assert!(hasher.buffers.lock().expect("not poisoned").is_empty());

        drop(turns);
        let mut waiting = waiting.into_iter();
        for served in waiting.by_ref().take(6) {
            assert!(served.await.expect("no panic").is_ok());
        }
        // A request that is dropped while it waits frees its slot.
        for dropped in waiting {
            dropped.abort();
            let _ = dropped.await;
        }
        assert!(hasher.slot().is_ok());
        assert_eq!(hasher.slots.available_permits(), 2 * (1 + MOST_WAITING));
        assert!(hasher.buffers.lock().expect("not poisoned").len() <= 2);
    }
}
