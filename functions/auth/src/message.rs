//! Answers that are no resource.

use serde::Serialize;
use utoipa::ToSchema;

/// A few words on what was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Message {
    /// The words, for a person.
    pub(crate) message: &'static str,
}
