//! `POST /loans`.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::{Body, IdempotencyKey};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::Failure;
use shared::tables::library::idempotency::Request;
use shared::tables::library::lending::Reservation;
use shared::tables::library::lending::lend::{Despite, Lent, Wish};
use shared::tables::sessions::Person;
use shared::values::{Address, BookId, Code, Day, ReservationId, UserId};
use utoipa::ToSchema;

use crate::Desk;
use crate::explain::{People, not_lent};

/// The longest loan that the desk may make, in days.
const LONGEST: u32 = 366;

/// What the desk lends, and to whom.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"reader": "0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6", "code": "9780807083697"})))]
pub(crate) struct NewLoan {
    /// The reader.
    reader: UserId,
    /// What was scanned: an ISBN, a barcode, or the address on a label. Either this or `book`.
    code: Option<Code>,
    /// The book.
    book: Option<BookId>,
    /// The day when it is due, if not as the rules say. If the library is closed then, it is due on the next open day.
    due_on: Option<Day>,
    /// What the desk lends in spite of. Words that are not needed are accepted.
    despite: Option<Vec<Despite>>,
    /// The reservation whose copy goes, if all that are promised are put aside.
    instead: Option<ReservationId>,
}

/// A loan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewlyLent {
    /// Whether the copy was ready for the reader.
    outcome: LendingOutcome,
    /// The loan.
    reservation: Reservation,
    /// The reader whose copy went. They are the first in the queue again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    displaced: Option<Person>,
}

/// How a book was lent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LendingOutcome {
    /// From the shelf.
    Lent,
    /// A copy was ready for the reader.
    HandedOver,
}

/// Lends a book to a reader who stands at the desk.
///
/// The reader's own ready copy is handed out first, and a place in the queue becomes the loan. Copies that are promised to
/// others are not lent, unless `despite` says so: then the copy goes that was promised last and is not put aside. All
/// reasons against a loan are in `reasons`, each with its word for `despite`. With an `Idempotency-Key`, the same request
/// sent again within 24 hours returns the same answer and lends nothing.
///
/// # Errors
/// 401 without a live session; 403 if the caller does not work at the desk; 404 if there is no such reader or book, or if no
/// book has the code; 409 if the reader has the book already, if no copy is free, if the book is in the archive, if the
/// account is disabled, or for any of the `reasons`; 422 if the `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/loans", tag = "desk", operation_id = "lendBook", request_body = NewLoan,
    params(IdempotencyKey),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::User, NotFound::Book, NotFound::Code, Conflict::AlreadyHeld, Conflict::NoCopyFree, Conflict::AllAside, Conflict::BookArchived, Conflict::ReaderDisabled, Conflict::OthersWait, Conflict::Limit, Conflict::Blocked, Conflict::NotApproved]))),
    responses((status = 201, description = "Lent.", body = NewlyLent, headers(("Location" = String, description = "The URL of the loan.")))))]
pub(crate) async fn lend(
    State(desk): State<Desk>,
    caller: Caller,
    key: Option<IdempotencyKey>,
    from: Address,
    Body(new): Body<NewLoan>,
) -> Result<Response> {
    let app = &desk.app;
    let actor = caller.desk(app, from)?;
    let today = desk.library.rules(actor.at).await?.day(actor.at);
    if new.due_on.is_some_and(|due| due < today || due > today.later(LONGEST)) {
        return Err(Error::invalid("/dueOn", "should be today or later, and within a year"));
    }
    let request = key.map(|key| Request::new(caller.id, &key.0, &("loan", &new)));
    let found = desk.book(new.book, new.code.as_ref()).await?;
    let wish = Wish {
        reader: new.reader,
        book: found.book,
        barcode: found.barcode,
        due: new.due_on,
        despite: new.despite.unwrap_or_default(),
        instead: new.instead,
        needs: app.borrowing(today),
    };
    let lent = match desk.library.lend(&wish, app.id(), request.as_ref(), &actor).await {
        Ok(lent) => *lent,
        Err(Failure::Refused(why)) => return Err(not_lent(why, &app.sessions).await),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    let Lent { was_ready, reservation, displaced } = lent;
    let people = People::of(&app.sessions, displaced).await?;
    let outcome = if was_ready { LendingOutcome::HandedOver } else { LendingOutcome::Lent };
    let location = [(header::LOCATION, app.settings.url(&format!("/reservations/{}", reservation.id)))];
    let displaced = displaced.map(|reader| people.get(reader));
    Ok((StatusCode::CREATED, location, Json(NewlyLent { outcome, reservation, displaced })).into_response())
}
