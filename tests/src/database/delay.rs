//! Calls that take long on their way to DynamoDB.

use std::time::Duration;

use crate::share::Share;

/// How long a call may take, in milliseconds: most are a little late, some are later than any patience.
const DELAYS: [u64; 10] = [100, 150, 200, 300, 400, 600, 900, 2_000, 8_000, 30_000];

/// How many calls are late.
#[derive(Clone, Default)]
pub(super) struct Delays(pub(super) Share);

impl Delays {
    /// Waits, if this call is late.
    pub(super) async fn pass(&self) {
        if let Some(chance) = self.0.next() {
            tokio::time::sleep(Duration::from_millis(DELAYS[chance as usize % DELAYS.len()])).await;
        }
    }
}
