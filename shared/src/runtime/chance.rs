//! Randomness: the one source of ids, tokens and random pauses.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

/// Where random bytes come from: the operating system, or a seed that a test chose.
#[derive(Clone)]
pub struct Chance(Option<Arc<Mutex<fastrand::Rng>>>);

impl Chance {
    /// The operating system's. Nobody can guess what it gives.
    pub fn system() -> Self {
        Chance(None)
    }

    /// The same bytes in every run, for tests.
    pub fn seeded(seed: u64) -> Self {
        Chance(Some(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)))))
    }

    /// Random bytes.
    ///
    /// # Panics
    /// If the operating system has none: nothing can be done safely then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut bytes),
            None => getrandom::fill(&mut bytes).expect("the operating system has random bytes"),
        }
        bytes
    }

    /// A new id that sorts by time (RFC 9562, UUID version 7).
    pub fn uuid(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.as_millisecond()).expect("the time is after 1970");
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A random time up to `longest`.
    pub fn up_to(&self, longest: Duration) -> Duration {
        let [byte] = self.bytes();
        longest * u32::from(byte) / 255
    }
}
