//! What must be true of a book before a step: no copy has lapsed, and no copy is free while a reader waits who may have it.
//!
//! A copy lapses at a certain time, even if nothing has recorded the lapse yet. An added copy belongs to the first
//! reader in the queue, even if they have not got it yet. Every step reads books and reservations with the functions of
//! this file, so no step uses a copy that belongs to another reader, or counts one that has lapsed.

use super::Scope;
use super::copies::Lending;
use super::end::{End, Promotion};
use super::reservation::{Record, Status, Turn};
use crate::tables::fault::Result;
use crate::tables::journal::Actor;
use crate::tables::library::Library;
use crate::tables::library::book;
use crate::tables::retry::Retry;
use crate::tables::write::{Committed, Transaction};
use crate::values::{BookId, ReservationId, UserId};

impl Library {
    /// Settles a book, and reads it with its copies.
    pub(in crate::tables::library) async fn current_book(
        &self,
        id: BookId,
        actor: &Actor,
        retry: &mut Retry,
    ) -> Result<(Option<book::Record>, Option<Lending>)> {
        loop {
            let (record, mut lending) = self.book_and_copies(id).await?;
            if let Some(lending) = &mut lending
                && !self.settle(lending, actor, retry).await?
            {
                retry.again_or_busy().await?;
                continue;
            }
            return Ok((record, lending));
        }
    }

    /// Settles a reservation's book, and reads the reservation and the copies. `None` if the reservation is not in
    /// `scope`.
    pub(super) async fn current_reservation(
        &self,
        id: ReservationId,
        scope: Scope,
        actor: &Actor,
        retry: &mut Retry,
    ) -> Result<Option<(Record, Lending)>> {
        loop {
            let found = self.reservation_and_copies(id).await?;
            let Some((record, mut lending)) = found.filter(|(record, _)| scope.includes(record.reader)) else {
                return Ok(None);
            };
            let has_lapsed = record.status == Status::Ready && record.has_lapsed(actor.at);
            if has_lapsed {
                // The two items may be read at different moments, so the other one may not show it.
                lending.next_lapse = record.ready_until.map(|until| until.as_millisecond());
            }
            if self.settle(&mut lending, actor, retry).await? && !has_lapsed {
                return Ok(Some((record, lending)));
            }
            retry.again_or_busy().await?;
        }
    }

    /// Records the lapses of a book, and gives its free copies to the readers in the queue. Returns false if there was
    /// something to do. Then the book must be read again.
    pub(in crate::tables::library) async fn settle(
        &self,
        lending: &mut Lending,
        actor: &Actor,
        retry: &mut Retry,
    ) -> Result<bool> {
        if lending.may_lapse(actor.at) {
            let mut is_changed = false;
            let first = loop {
                let first = self.first(lending.book(), Turn::Ready).await?;
                let Some(lapsed) = first.as_ref().filter(|record| record.has_lapsed(actor.at)) else { break first };
                self.lapse(lapsed, actor, retry).await?;
                is_changed = true;
            };
            // If nothing has lapsed, `next_lapse` is too early, or another step has recorded the lapse since the item was
            // read.
            if is_changed || !self.is_current(lending).await? {
                return Ok(false);
            }
            lending.next_lapse = first.and_then(|next| next.ready_until).map(|until| until.as_millisecond());
        }
        if lending.has_a_copy_for_the_next(actor.at) {
            self.give_free_copies(lending.book(), actor, retry).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Ends a reservation whose copy was not collected in time. The copy goes to the first reader in the queue, or
    /// becomes free.
    pub(super) async fn lapse(&self, record: &Record, actor: &Actor, retry: &mut Retry) -> Result<()> {
        let library = actor.of_the_library(record.reader);
        self.end_if(record.id, &[Status::Ready], End::Lapsed, &library, retry).await
    }

    /// Makes the free copies of a book ready for the readers in the queue, in its order.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn serve_queue(&self, book: BookId, actor: &Actor) -> Result<()> {
        self.give_free_copies(book, actor, &mut self.retry()).await
    }

    /// Makes the free copies of all books for which a reader waits ready, for those who may have them. The reader may be
    /// unblocked or enabled since.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn serve_reader(&self, reader: UserId, actor: &Actor) -> Result<()> {
        for id in self.loans(reader).await? {
            self.serve_queue(id.book, actor).await?;
        }
        Ok(())
    }

    /// Makes the free copies of a book ready for the readers in the queue, in its order. Afterwards no copy is free, or it is
    /// stored that everybody in the queue is passed over.
    pub(super) async fn give_free_copies(&self, book: BookId, actor: &Actor, retry: &mut Retry) -> Result<()> {
        loop {
            let (_, Some(stored)) = self.book_and_copies(book).await? else { return Ok(()) };
            let mut copies = stored.clone();
            copies.pass_over_nobody();
            let is_given = match self.promote(book, &mut copies, None, None, actor).await? {
                // There is nothing to give. Whoever was passed over is not any more, once a copy is free.
                Some(Promotion { promoted: None, .. }) if copies == stored => return Ok(()),
                Some(Promotion { writes, .. }) => {
                    let mut transaction = Transaction::of(writes);
                    transaction.add(self.put_lending(&copies, actor.at));
                    matches!(transaction.commit().await?, Committed::Done)
                }
                None => false,
            };
            if !is_given {
                retry.again_or_busy().await?;
            }
        }
    }
}
