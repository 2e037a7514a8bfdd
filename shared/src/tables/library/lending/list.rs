//! Reading reservations for their readers.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Scope;
use super::copies::{Lending, lending_key};
use super::reservation::{Record, Reservation, reservation_key};
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
        let ids = self.loans(reader).await?;
        let keys = ids.iter().flat_map(|id| [reservation_key(*id), lending_key(id.book)]).collect();
        let found = self.table.get_batch(keys, Strong).await?;
        let (lending, records): (Vec<_>, Vec<_>) = found.into_iter().partition(|item| is_at(item, LENDING));
        let lending = lending.into_iter().filter_map(readable::<Lending>);
        let lending: HashMap<BookId, Lending> = lending.map(|lending| (lending.book(), lending)).collect();
        let records = records.into_iter().filter_map(readable::<Record>).filter(|record| record.is_live(now));
        let mut shown: Vec<_> = records.map(|record| record.shown(lending.get(&record.id.book), now)).collect();
        shown.sort_by_key(|reservation| std::cmp::Reverse((reservation.reserved_at, reservation.id.own)));
        Ok(shown)
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
        let found = self.reservation_and_copies(id).await?.filter(|(record, _)| scope.includes(record.reader));
        Ok(found.map(|(record, copies)| record.shown(Some(&copies), now)))
    }
}
