//! Groups of readers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group of readers, who have the same lending rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Group {
    /// Adults, and everybody whom no librarian has put in another group.
    #[default]
    Adults,
    /// Pupils.
    Pupils,
    /// The staff.
    Staff,
}
