//! Lending: readers reserve books, wait in queues, collect copies and return them.

mod cancel;
mod check_out;
mod get;
mod list;
mod renew;
mod reserve;
mod return_copy;

use axum::extract::FromRef;
use shared::edge::caller::Caller;
use shared::edge::error::Error;
use shared::edge::extract::IdempotencyKey;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::library::idempotency::Request;
use shared::tables::library::lending::{NotDone, Scope, Status};
use shared::tables::{Failure, Library};

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Reservations {
    app: App,
    library: Library,
}

impl Reservations {
    /// The state on the tables of `app`.
    fn new(app: App) -> Self {
        Reservations { library: app.library(), app }
    }
}

impl FromRef<Reservations> for App {
    fn from_ref(state: &Reservations) -> App {
        state.app.clone()
    }
}

/// All routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Reservations> {
    Routes::default()
        .routes(routes!(reserve::reserve))
        .routes(routes!(list::list))
        .routes(routes!(get::get, cancel::cancel))
        .routes(routes!(check_out::check_out))
        .routes(routes!(return_copy::return_copy))
        .routes(routes!(renew::renew))
}

/// The function, ready to answer.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    shared::edge::router(routes(), Reservations::new(app), settings, shared::edge::BODY_LIMIT)
}

fn scope(caller: &Caller) -> Scope {
    if caller.is_admin() { Scope::All } else { Scope::Own(caller.id) }
}

/// The request that the caller names with their key: this operation on this thing.
fn request(caller: &Caller, key: Option<IdempotencyKey>, operation: &str, of: impl ToString) -> Option<Request> {
    key.map(|key| Request::new(caller.id, &key.0, &(operation, of.to_string())))
}

fn refusal(failure: Failure<NotDone>) -> Error {
    match failure {
        Failure::Refused(NotDone::Absent) => Error::NotFound("reservation"),
        Failure::Refused(NotDone::Status(status)) => Error::Conflict(match status {
            Status::Waiting => "Others are first: no copy is there for this reservation yet.",
            Status::Ready => "The copy waits and has not been collected.",
            Status::CheckedOut => "The copy is out: it has to be brought back.",
            Status::Returned => "The copy is back already.",
            Status::Cancelled => "This reservation has been cancelled.",
            Status::Lapsed => "This reservation has lapsed: the copy was not collected in time.",
        }),
        Failure::Refused(NotDone::OthersWait) => Error::Conflict("Others wait for this book."),
        Failure::Refused(NotDone::KeyReused) => Error::KeyReused,
        Failure::Fault(fault) => fault.into(),
    }
}
