//! Reservations with the names of their readers.

use serde::Serialize;
use shared::edge::error::Result;
use shared::tables::library::lending::Reservation;
use shared::tables::sessions::{Person, UserSessions};
use shared::values::UserId;
use utoipa::ToSchema;

use crate::Reservations;

/// A reservation with its reader.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskReservation {
    #[serde(flatten)]
    reservation: Reservation,
    /// Who the reader is. Only in the lists of the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    person: Option<Person>,
}

impl From<Reservation> for DeskReservation {
    fn from(reservation: Reservation) -> Self {
        DeskReservation { reservation, person: None }
    }
}

/// Adds what is known of the readers: their names, and that a blocked one renews nothing.
pub(crate) async fn for_the_desk(state: &Reservations, reservations: Vec<Reservation>) -> Result<Vec<DeskReservation>> {
    let ids: Vec<UserId> = reservations.iter().map(|reservation| reservation.reader).collect();
    let (readers, today) = (state.app.sessions.users(&ids).await?, state.today().await?);
    let with_reader = |reservation: Reservation| {
        let reader = readers.get(&reservation.reader);
        let is_blocked = reader.is_some_and(|reader| reader.blocked_on(today).is_some());
        let person = reader.map_or_else(|| Person::nameless(reservation.reader), UserSessions::person);
        let reservation = if is_blocked { reservation.of_a_blocked_reader(true) } else { reservation };
        DeskReservation { reservation, person: Some(person) }
    };
    Ok(reservations.into_iter().map(with_reader).collect())
}
