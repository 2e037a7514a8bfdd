//! The body of an answer that is only a sentence.

use serde::Serialize;
use utoipa::ToSchema;

/// A sentence about what was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Message {
    /// The sentence, for people.
    pub(crate) message: &'static str,
}
