//! What a problem document of the desk says beside its code: every reason, and the loans to choose from.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::refusals::Refusal;
use crate::tables::library::lending::Reservation;
use crate::tables::sessions::Person;
use crate::values::milliseconds;

/// The details of a refusal at the desk.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Every reason, if there may be several.
    pub reasons: Vec<Reason>,
    /// The reservations to choose from.
    pub candidates: Vec<Candidate>,
    /// The reader's own reservation.
    pub reservation: Option<Reservation>,
}

/// A reason why a loan or a renewal was refused. The desk may pass it over with `despite`, all but `too-early`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// The word for `despite`.
    #[schema(example = "others-wait")]
    pub code: &'static str,
    /// An explanation, for people.
    #[schema(example = "Other readers are waiting for this book.")]
    pub detail: &'static str,
    /// Whom the copies are promised to. Only with `others-wait`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub readers: Vec<Person>,
    /// Until when a copy was ready for the reader, if they come too late.
    #[serde(serialize_with = "milliseconds", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub waited_until: Option<Timestamp>,
}

/// A reservation to choose, and its reader.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Candidate {
    /// The reservation.
    pub reservation: Reservation,
    /// Its reader.
    pub person: Person,
}

impl Reason {
    /// Makes a reason with the code and the sentence of a refusal.
    pub fn of(refusal: Refusal) -> Self {
        Reason { code: refusal.code, detail: refusal.sentence, readers: Vec::new(), waited_until: None }
    }
}
