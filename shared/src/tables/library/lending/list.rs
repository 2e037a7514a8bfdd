//! Reading reservations for their readers.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Scope;
use super::copies::{Lending, lending_key};
use super::reservation::{Record, Reservation, Status, reservation_key};
use crate::tables::fault::Result;
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{is_at, readable};
use crate::values::{BookId, ReservationId, UserId};

use super::copies::LENDING;

impl Library {
    /// Lists the reservations and loans of a reader, the newest reservation first. Ended ones are left out.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn list_reservations(&self, reader: UserId, now: Timestamp) -> Result<Vec<Reservation>> {
        let rules = self.rules(now).await?;
        let ids = self.loans(reader).await?;
        let keys = ids.iter().flat_map(|id| [reservation_key(*id), lending_key(id.book)]).collect();
        let found = self.table.get_batch(keys, Strong).await?;
        let (lending, records): (Vec<_>, Vec<_>) = found.into_iter().partition(|item| is_at(item, LENDING));
        let lending = lending.into_iter().filter_map(readable::<Lending>);
        let lending: HashMap<BookId, Lending> = lending.map(|lending| (lending.book(), lending)).collect();
        let records = records.into_iter().filter_map(readable::<Record>).filter(|record| record.is_live(now));
        let mut shown: Vec<_> = records
            .map(|record| record.shown(lending.get(&record.id.book).map(|lending| (lending, &*rules)), now))
            .collect();
        shown.sort_by_key(|reservation| std::cmp::Reverse((reservation.reserved_at, reservation.id.own)));
        Ok(shown)
    }

    /// Returns whether the reservation has a copy that may be collected until that time.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn is_ready_until(&self, id: ReservationId, until: Timestamp) -> Result<bool> {
        let found = self.reservation(id).await?;
        Ok(found.is_some_and(|record| record.status == Status::Ready && record.ready_until == Some(until)))
    }

    /// Returns whether the reservation is in the queue.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn is_waiting(&self, id: ReservationId) -> Result<bool> {
        Ok(self.reservation(id).await?.is_some_and(|record| record.status == Status::Waiting))
    }

    /// Reads a reservation, which may have ended; `None` if it is not in `scope`.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_reservation(
        &self,
        id: ReservationId,
        scope: Scope,
        now: Timestamp,
    ) -> Result<Option<Reservation>> {
        let rules = self.rules(now).await?;
        let found = self.reservation_and_copies(id).await?;
        let found = found.filter(|(record, _)| scope.includes(record.reader) && !record.is_forgotten(now));
        Ok(found.map(|(record, copies)| record.shown(Some((&copies, &rules)), now)))
    }
}
