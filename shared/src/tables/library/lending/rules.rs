//! The rules of lending. This is the only place where they stand: `RULES.ready` is how long a ready copy is kept.

use jiff::SignedDuration;

/// The rules of lending.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// The most reservations and loans of a reader at the same time.
    pub(super) most_held: u32,
    /// How long a loan is, from the day when it began or was renewed.
    pub(super) loan: SignedDuration,
    /// How often a loan can be renewed.
    pub(super) renewals: u32,
    /// How long a reader may collect a ready copy.
    pub(super) ready: SignedDuration,
    /// How long before the due date the reader gets a letter.
    pub(super) reminded_before: SignedDuration,
}

/// The rules of every library.
pub(super) const RULES: Rules = Rules {
    most_held: 10,
    loan: SignedDuration::from_hours(21 * 24),
    renewals: 2,
    ready: SignedDuration::from_hours(3 * 24),
    reminded_before: SignedDuration::from_hours(3 * 24),
};
