//! Past loans that a reader keeps, by the reader's own choice.
//!
//! | question                       | key                              | call                          | units      |
//! |--------------------------------|----------------------------------|-------------------------------|------------|
//! | a reader's past loans          | user#u past#…                    | Query, strong                 | 1 R a 4 KB |
//! | a loan has ended, or has not   | book#b reservation#r; user#u; user#u past#r | 2 GetItem, one transaction | 2 R, 4 W |
//! | forget one                     | user#u past#r                    | one transaction               | 6 W        |
//! | forget all                     | user#u past#…                    | Query, BatchWriteItem         | 1 W each   |
//!
//! The item of the reader's sessions says since when loans are kept. Only what was lent since then is kept and shown, so what
//! was kept before the reader switched it off is gone at once. Dispatch stores and deletes the items after the step: no return
//! waits for it, and no return reads who keeps what.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::reservation::{Record, Status, reservation_key};
use crate::tables::fault::Result;
use crate::tables::journal::entry::BookName;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key, item, key};
use crate::tables::library::Library;
use crate::tables::table::Consistency::Strong;
use crate::tables::table::{Page, to_value};
use crate::tables::write::{Committed, Transaction};
use crate::values::{ReservationId, Title, UserId, milliseconds};

/// A loan that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PastLoan {
    /// The id of its reservation.
    pub id: ReservationId,
    /// The book.
    pub book: BookName,
    /// When the loan began.
    #[serde(serialize_with = "milliseconds")]
    pub lent_at: Timestamp,
    /// When the copy came back.
    #[serde(serialize_with = "milliseconds")]
    pub returned_at: Timestamp,
}

/// A position in the list: after a loan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PastPosition {
    sk: PastKey,
}

key!(
    /// The sort key of a past loan. Its partition is its reader's.
    PastKey(Uuid) = "past#"
);

/// A past loan as stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    pk: String,
    sk: PastKey,
    /// The loan; `None` once the reader has forgotten it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loan: Option<Loan>,
    /// Seconds since 1970, once it is forgotten. Until then it is not stored again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Loan {
    id: ReservationId,
    title: Title,
    lent_at: Timestamp,
    returned_at: Timestamp,
}

/// How long it is remembered that a loan was forgotten: longer than its reservation and every row about it are stored.
const FORGOTTEN_FOR: SignedDuration = SignedDuration::from_hours(60 * 24);

fn partition(reader: UserId) -> String {
    format!("user#{reader}")
}

fn past_key(reader: UserId, id: ReservationId) -> Key {
    Key::of(partition(reader)).and(PastKey(id.own))
}

impl Kept {
    fn new(reader: UserId, id: ReservationId) -> Self {
        Kept { pk: partition(reader), sk: PastKey(id.own), loan: None, expires_at: None }
    }
}

impl Library {
    /// Lists up to `limit` past loans that a reader keeps since that time, the last reserved first.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn past_loans(
        &self,
        reader: UserId,
        since: Timestamp,
        limit: usize,
        after: Option<PastPosition>,
    ) -> Result<Page<PastLoan, PastPosition>> {
        let start = after.map(|after| item([("pk", to_value(partition(reader))), ("sk", to_value(after.sk))]));
        let query = self.table.query("pk = :reader AND begins_with(sk, :past)").strong().backwards();
        let query = query.value(":reader", partition(reader)).value(":past", "past#").after(start);
        let page: Page<Kept, PastPosition> = query.page(limit).await?;
        let kept = page.items.into_iter().filter_map(|kept| kept.loan).filter(|loan| loan.lent_at >= since);
        let shown = kept.map(|Loan { id, title, lent_at, returned_at }| {
            let book = BookName::new(id.book, Some(title));
            PastLoan { id, book, lent_at, returned_at }
        });
        Ok(Page { items: shown.collect(), next: page.next })
    }

    /// Deletes a past loan. Returns false if the reader has no such loan.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn forget_past_loan(&self, id: ReservationId, actor: &Actor) -> Result<bool> {
        let expires_at = Some((actor.at + FORGOTTEN_FOR).as_second());
        let forgotten = self.table.put(&Kept { expires_at, ..Kept::new(actor.id, id) });
        let mut transaction = self.sessions.transaction(actor);
        transaction.add(forgotten.when("attribute_exists(loan)"));
        transaction.add(self.journal.put(actor, Entry::of_user(Action::Changed, actor.id)));
        Ok(matches!(transaction.commit().await?, Committed::Done))
    }

    /// Keeps a loan that has been returned, if its reader kept loans when it began; removes it if the return has been undone.
    /// A second call has no effect.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn settle_past_loan(&self, id: ReservationId) -> Result<()> {
        let Some(record) = self.table.get::<Record>(reservation_key(id), Strong).await? else { return Ok(()) };
        let (Status::Returned, Some(lent_at), Some(returned_at)) = (record.status, record.lent_at, record.returned_at)
        else {
            return self.table.delete(past_key(record.reader, id)).send().await.map(drop);
        };
        let reader = self.sessions.get(record.reader).await?;
        let since = reader.and_then(|reader| reader.keeps_history_since()).filter(|since| *since <= lent_at);
        let Some(since) = since else { return Ok(()) };
        let loan = Some(Loan { id, title: record.title, lent_at, returned_at });
        let kept = self.table.put(&Kept { loan, ..Kept::new(record.reader, id) }).if_new();
        // Refused if it is kept or forgotten already, or if the reader has just switched it off.
        Transaction::of([self.sessions.check_history(record.reader, since), kept]).commit().await.map(drop)
    }

    /// Deletes the past loans that a reader does not keep any more. A second call goes on.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn forget_past_loans(&self, reader: UserId) -> Result<()> {
        let since = self.sessions.get(reader).await?.and_then(|reader| reader.keeps_history_since());
        let query = self.table.query("pk = :reader AND begins_with(sk, :past)").strong();
        let kept: Vec<Kept> = query.value(":reader", partition(reader)).value(":past", "past#").all().await?;
        let is_over =
            |kept: &Kept| since.is_none_or(|since| kept.loan.as_ref().is_some_and(|loan| loan.lent_at < since));
        let over: Vec<Item> = kept
            .into_iter()
            .filter(is_over)
            .map(|kept| item([("pk", to_value(kept.pk)), ("sk", to_value(kept.sk))]))
            .collect();
        for some in over.chunks(25) {
            self.table.delete_batch(some.to_vec()).await?;
        }
        Ok(())
    }
}
