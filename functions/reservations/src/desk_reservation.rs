//! Reservations with the names of their readers.

use serde::Serialize;
use shared::edge::error::Result;
use shared::runtime::app::App;
use shared::tables::library::lending::Reservation;
use shared::tables::sessions::Person;
use shared::values::UserId;
use utoipa::ToSchema;

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

/// Adds the names of the readers.
pub(crate) async fn for_the_desk(app: &App, reservations: Vec<Reservation>) -> Result<Vec<DeskReservation>> {
    let readers: Vec<UserId> = reservations.iter().map(|reservation| reservation.reader).collect();
    let people = app.sessions.people(&readers).await?;
    let named = |reservation: Reservation| {
        let person = people.get(&reservation.reader).cloned();
        DeskReservation { reservation, person }
    };
    Ok(reservations.into_iter().map(named).collect())
}
