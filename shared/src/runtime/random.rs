//! The only source of random ids, tokens and pauses.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

/// A source of random bytes: the operating system or, in tests, a generator with a seed.
#[derive(Clone)]
pub struct Random(Option<Arc<Mutex<fastrand::Rng>>>);

impl Random {
    /// Returns the operating system's source, which is cryptographically secure.
    pub fn system() -> Self {
        Random(None)
    }

    /// Returns a source with the same bytes in every run, for tests.
    pub fn seeded(seed: u64) -> Self {
        Random(Some(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)))))
    }

    /// Returns random bytes.
    ///
    /// # Panics
    /// If the operating system has no random bytes: no token would be secure then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut bytes),
            None => getrandom::fill(&mut bytes).expect("the operating system has random bytes"),
        }
        bytes
    }

    /// Returns a new id that sorts by time (RFC 9562, UUID version 7).
    pub fn uuid(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.as_millisecond()).expect("the time is after 1970");
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// Returns a random duration of at most `longest`.
    pub fn up_to(&self, longest: Duration) -> Duration {
        let [byte] = self.bytes();
        longest * u32::from(byte) / 255
    }
}
