//! Who gets the next copy: the first reader in the queue who is neither blocked nor disabled. The others keep their places.
//!
//! | question                           | key                   | call                               | units      |
//! |------------------------------------|-----------------------|------------------------------------|------------|
//! | who is next                        | index turn; user#u    | Query, GetItem, strong             | 2 R        |
//! | … if the first may not have a copy | the same, more        | one Query more, and a GetItem each | 1 R + 1 R each |
//!
//! A block that begins in between is as if it began after the step: a copy that is ready for a blocked reader lapses.

use super::reservation::{Record, Turn};
use crate::tables::fault::Result;
use crate::tables::library::Library;
use crate::values::{BookId, Day};

/// The next reader in a queue.
pub(super) enum Next {
    /// The first one.
    First(Record),
    /// One after readers who are passed over.
    Later(Record),
    /// Everybody is passed over: of a long queue, the first hundred.
    Nobody,
    /// There is no queue.
    NoQueue,
}

impl Library {
    /// Returns the first reader in the queue of a book who may have a copy.
    pub(super) async fn next_in_line(&self, book: BookId, today: Day) -> Result<Next> {
        let Some(first) = self.first(book, Turn::Waiting).await? else { return Ok(Next::NoQueue) };
        if self.may_have_a_copy(&first, today).await? {
            return Ok(Next::First(first));
        }
        for next in self.all(book, Turn::Waiting).await? {
            if next.id != first.id && self.may_have_a_copy(&next, today).await? {
                return Ok(Next::Later(next));
            }
        }
        Ok(Next::Nobody)
    }

    /// Returns whether the reader of a reservation is neither blocked nor disabled, and still has an account.
    async fn may_have_a_copy(&self, waiting: &Record, today: Day) -> Result<bool> {
        let reader = self.sessions.get(waiting.reader).await?;
        Ok(reader.is_some_and(|reader| !reader.disabled && reader.blocked_on(today).is_none()))
    }
}
