//! How many copies of a book are free.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::copies::Lending;
use super::reservation::Turn;
use crate::tables::fault::Result;
use crate::tables::library::Library;
use crate::tables::library::book::Store;
use crate::values::{BookId, Day, milliseconds};

/// The copies of a book, and its queue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// How many copies the library has.
    #[schema(example = 3)]
    pub copies: u32,
    /// How many of them a reader can reserve and collect now.
    #[schema(example = 0)]
    pub free: u32,
    /// How many readers are in the queue beyond the free copies.
    #[schema(example = 2)]
    pub waiting: u32,
    /// When the next copy is due, if none is free.
    #[serde(serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_due: Option<Timestamp>,
    /// The day on which it is due, in the library's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_due_on: Option<Day>,
}

impl Library {
    /// Reads how many copies of a book are free; `None` if it is not in the catalogue.
    ///
    /// A copy that was not collected in time counts as taken until a step or the sweep has recorded its lapse.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn availability(&self, id: BookId, now: Timestamp) -> Result<Option<Availability>> {
        let (record, lending) = self.book_and_copies(id).await?;
        let Some(record) = record.filter(|record| record.is_in(Store::Books)) else { return Ok(None) };
        let lending = lending.unwrap_or_else(|| Lending::new(&record));
        let (copies, free, waiting) = (lending.copies, lending.free(now), lending.queue());
        let next = if free == 0 { self.first(id, Turn::Due).await? } else { None };
        let (next_due, next_due_on) = next.map_or((None, None), |loan| (loan.due_at, loan.due_day()));
        Ok(Some(Availability { copies, free, waiting, next_due, next_due_on }))
    }
}
