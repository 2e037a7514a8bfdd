//! Lending: readers reserve books, wait their turn, collect a copy and bring it back.

mod cancel;
mod check_out;
mod get;
mod list;
mod renew;
mod reserve;
mod take_back;

use axum::Json;
use axum::response::{IntoResponse, Response};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::IdempotencyKey;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::library::idempotency::Intention;
use shared::tables::library::lending::{Status, Step, Who};

/// All routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<App> {
    Routes::default()
        .routes(routes!(reserve::reserve))
        .routes(routes!(list::list))
        .routes(routes!(get::get, cancel::cancel))
        .routes(routes!(check_out::check_out))
        .routes(routes!(take_back::take_back))
        .routes(routes!(renew::renew))
}

/// The function, ready to answer.
pub fn app(app: App) -> axum::Router {
    shared::edge::router(routes(), app.clone(), app.settings, shared::edge::BODY_LIMIT)
}

fn who(caller: &Caller) -> Who {
    if caller.is_admin() { Who::Librarian } else { Who::Reader(caller.id) }
}

/// What the caller names with their key: this very operation on this very thing.
fn intention(caller: &Caller, key: Option<IdempotencyKey>, operation: &str, of: impl ToString) -> Option<Intention> {
    key.map(|key| Intention::new(caller.id, &key.0, &(operation, of.to_string())))
}

/// What a step of a reservation is answered with.
fn answer(step: Step) -> Result<Response> {
    match step {
        Step::Done(reservation) => Ok(Json(reservation).into_response()),
        Step::Absent => Err(Error::NotFound("reservation")),
        Step::Not(status) => Err(Error::Conflict(match status {
            Status::Waiting => "Others are first: no copy is there for this reservation yet.",
            Status::Ready => "The copy waits and has not been collected.",
            Status::CheckedOut => "The copy is out: it has to be brought back.",
            Status::Returned => "The copy is back already.",
            Status::Cancelled => "This reservation has been cancelled.",
            Status::Lapsed => "This reservation has lapsed: the copy was not collected in time.",
        })),
        Step::OthersWait => Err(Error::Conflict("Others wait for this book.")),
        Step::KeyReused => Err(Error::KeyReused),
    }
}
