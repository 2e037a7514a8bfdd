//! Lending: readers reserve books, wait in queues, collect copies and return them.

mod availability;
mod cancel;
mod check_out;
mod desk_reservation;
mod forget_loan;
mod get;
mod list;
mod list_of_book;
mod lose;
mod note_letter;
mod own_book;
mod past_loans;
mod put_aside;
mod put_back;
mod renew;
mod reserve;
mod return_copy;
mod undo;

use axum::extract::FromRef;
use serde::Serialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::IdempotencyKey;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::Library;
use shared::tables::library::idempotency::Request;
use shared::tables::library::lending::{Reservation, Scope};
use shared::values::Day;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Reservations {
    app: App,
    library: Library,
}

impl Reservations {
    /// Returns the state on the tables of `app`.
    fn new(app: App) -> Self {
        Reservations { library: app.library(), app }
    }

    /// Returns the library's day.
    ///
    /// # Errors
    /// A fault of the table of its rules.
    async fn today(&self) -> Result<Day> {
        let now = self.app.now();
        Ok(self.library.rules(now).await?.day(now))
    }

    /// Returns the caller's own reservation as the caller sees it: while they are blocked, they renew nothing.
    ///
    /// # Errors
    /// A fault of the table of the library's rules.
    async fn to_its_reader(&self, reservation: Reservation, caller: &Caller) -> Result<Reservation> {
        let is_blocked = caller.sessions.blocked_on(self.today().await?).is_some();
        Ok(if is_blocked && reservation.reader == caller.id {
            reservation.of_a_blocked_reader(false)
        } else {
            reservation
        })
    }
}

impl FromRef<Reservations> for App {
    fn from_ref(state: &Reservations) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Reservations> {
    Routes::default()
        .routes(routes!(reserve::reserve))
        .routes(routes!(list_of_book::list_of_book).with_query())
        .routes(routes!(availability::availability))
        .routes(routes!(own_book::own_book))
        .routes(routes!(list::list).with_query())
        .routes(routes!(past_loans::past_loans).with_query())
        .routes(routes!(forget_loan::forget_loan))
        .routes(routes!(put_aside::put_aside))
        .routes(routes!(put_back::put_back))
        .routes(routes!(note_letter::note_letter))
        .routes(routes!(get::get, cancel::cancel))
        .routes(routes!(check_out::check_out))
        .routes(routes!(return_copy::return_copy))
        .routes(routes!(renew::renew))
        .routes(routes!(lose::lose))
        .routes(routes!(undo::undo))
}

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    shared::edge::router(routes(), Reservations::new(app), settings, shared::edge::BODY_LIMIT)
}

/// Returns whose reservations the caller may see and change.
fn scope(caller: &Caller) -> Scope {
    if caller.is_desk() { Scope::All } else { Scope::Own(caller.id) }
}

/// Returns the request that the idempotency key stands for: an operation on one book or reservation.
fn request(caller: &Caller, key: Option<IdempotencyKey>, operation: &str, of: impl Serialize) -> Option<Request> {
    key.map(|key| Request::new(caller.id, &key.0, &(operation, of)))
}
