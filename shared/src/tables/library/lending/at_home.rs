//! Books that a reader has at home, when the account ends.
//!
//! | question                        | key                          | call                               | units  |
//! |---------------------------------|------------------------------|------------------------------------|--------|
//! | has a reader books at home      | user#u loans, reservation#r … | GetItem, BatchGetItem, strong     | 1 R, + 1 R each |
//! | has the reader none, still      | the same                     | ConditionChecks of the transaction | 2 W, + 2 W each |
//!
//! A loan changes the item of the reader's loans or one of the reservations in it, so a loan and the end of an account at
//! the same moment meet in one of these checks.

use super::loans::{HELD, PREFIX, loans_key};
use super::reservation::{Record, Status, reservation_key};
use crate::tables::fault::Result;
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::readable;
use crate::tables::write::Write;
use crate::values::{ReservationId, UserId};

impl Library {
    /// Returns the checks that refuse a transaction if the reader has a book at home by then; `None` if the reader has one
    /// now.
    pub(crate) async fn nothing_at_home(&self, reader: UserId) -> Result<Option<Vec<Write>>> {
        let check = self.table.check(loans_key(reader));
        let Some(item) = self.table.get_item(loans_key(reader), Strong).await? else {
            return Ok(Some(vec![check.when("attribute_not_exists(pk)")]));
        };
        let held = item.get(HELD).cloned();
        let of_books = item.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
        let ids: Vec<ReservationId> =
            of_books.filter_map(|(_, value)| value.as_s().ok().and_then(|id| id.parse().ok())).collect();
        let keys = ids.iter().map(|id| reservation_key(*id)).collect();
        let found = self.table.get_batch(keys, Strong).await?.into_iter().filter_map(readable::<Record>);
        if found.into_iter().any(|record| record.status == Status::CheckedOut) {
            return Ok(None);
        }
        // Whoever holds another book holds more, or not the same ones.
        let mut loans = check.name("#held", HELD);
        loans = match held {
            Some(held) => loans.when("#held = :held").attribute(":held", held),
            None => loans.when("attribute_not_exists(#held)"),
        };
        for (at, id) in ids.iter().enumerate() {
            let book = format!("#book{at}");
            loans = loans.when(format!("{book} = :book{at}"));
            loans = loans.name(&book, format!("{PREFIX}{}", id.book)).value(&format!(":book{at}"), id);
        }
        Ok(Some([loans].into_iter().chain(ids.iter().map(|id| self.check_not_out(*id))).collect()))
    }

    /// Returns the check that refuses a transaction if the reservation is a loan by then.
    fn check_not_out(&self, id: ReservationId) -> Write {
        let check = self.table.check(reservation_key(id)).name("#status", "status");
        check.when("#status <> :checkedOut").value(":checkedOut", Status::CheckedOut)
    }
}
