//! The letters that can be switched off.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stored::Stored;

/// A kind of letters that can be switched off. Tokens in letters name it by its place in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum LetterKind {
    /// A copy is ready, or the reader's place has changed.
    Ready,
    /// A book is due soon.
    DueSoon,
    /// A book is overdue.
    Overdue,
}

/// Which letters are written. Those about passwords, addresses and devices always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Letters {
    /// Whether a copy is ready, or the reader's place has changed.
    pub ready: bool,
    /// Whether a book is due soon.
    pub due_soon: bool,
    /// Whether a book is overdue.
    pub overdue: bool,
}

impl Default for Letters {
    /// Returns that all letters are written.
    fn default() -> Self {
        Letters { ready: true, due_soon: true, overdue: true }
    }
}

impl Letters {
    /// Returns the choice with letters of a kind switched off.
    #[must_use]
    pub fn without(mut self, kind: LetterKind) -> Self {
        match kind {
            LetterKind::Ready => self.ready = false,
            LetterKind::DueSoon => self.due_soon = false,
            LetterKind::Overdue => self.overdue = false,
        }
        self
    }

    /// Returns whether letters of a kind are written.
    pub fn has(self, kind: LetterKind) -> bool {
        match kind {
            LetterKind::Ready => self.ready,
            LetterKind::DueSoon => self.due_soon,
            LetterKind::Overdue => self.overdue,
        }
    }
}

impl Stored for Letters {
    type Raw = HashMap<String, bool>;

    /// Returns the stored choice. A kind that it does not name is written.
    fn from_raw(raw: Self::Raw) -> Option<Self> {
        let has = |kind: &str| raw.get(kind).copied().unwrap_or(true);
        Some(Letters { ready: has("ready"), due_soon: has("dueSoon"), overdue: has("overdue") })
    }
}
