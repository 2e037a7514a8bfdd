//! `POST /returns`.

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::{Body, IdempotencyKey};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::Failure;
use shared::tables::journal::entry::BookName;
use shared::tables::library::idempotency::Request;
use shared::tables::library::lending::Reservation;
use shared::tables::library::lending::take_back::{HandedIn, Outcome, TakenBack};
use shared::tables::sessions::Person;
use shared::values::{Address, BookId, Code, UserId};
use utoipa::ToSchema;

use crate::Desk;
use crate::explain::{People, not_taken};

/// How long a scan may have waited on its way.
const OLDEST: SignedDuration = SignedDuration::from_hours(12);
/// How much the clock of the desk may be ahead, if the desk does not say how late it is there.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What was handed in.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"code": "9780807083697"})))]
pub(crate) struct NewReturn {
    /// What was scanned: an ISBN, a barcode, or the address on a label. Either this or `book`.
    code: Option<Code>,
    /// The book.
    book: Option<BookId>,
    /// Who has it. Needed only if several readers have a copy.
    reader: Option<UserId>,
    /// When it was scanned, if that was a while ago: at most twelve hours. Loans that began later do not end. It is no part of
    /// what the `Idempotency-Key` stands for.
    #[serde(skip_serializing)]
    scanned_at: Option<Timestamp>,
    /// What time it is at the desk, by the same clock: then that clock need not be right.
    #[serde(skip_serializing)]
    sent_at: Option<Timestamp>,
}

impl NewReturn {
    /// Returns when it was scanned, by the clock of the library.
    ///
    /// # Errors
    /// 400 if it was scanned after it was sent, or too long ago.
    fn scanned(&self, now: Timestamp) -> Result<Timestamp> {
        let Some(scanned) = self.scanned_at else { return Ok(now) };
        let (sent, ahead) = self.sent_at.map_or((now, AHEAD), |sent| (sent, SignedDuration::ZERO));
        let age = sent.duration_since(scanned);
        if age < -ahead || age > OLDEST {
            return Err(Error::invalid("/scannedAt", "should be within the last twelve hours"));
        }
        Ok(now - age.max(SignedDuration::ZERO))
    }
}

/// What became of what was handed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Returned {
    /// What became of it.
    outcome: ReturnOutcome,
    /// The book.
    book: BookName,
    /// Who had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    from: Option<Person>,
    /// The loan that has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reservation: Option<Reservation>,
    /// How many days it was late, a day that has begun counted whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 2)]
    days_late: Option<u32>,
    /// Whom the copy is for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    promised_to: Option<Person>,
    /// Their reservation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ready: Option<Reservation>,
}

/// What becomes of what is handed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReturnOutcome {
    /// The loan has ended. If somebody waits, the copy is put aside for them.
    Returned,
    /// It was not out, but reserved on the website. It is put aside for that reader.
    PutAside,
    /// It was not out.
    WasNotOut,
}

/// Takes back what is handed in at the desk.
///
/// The loan is found by itself: by the barcode with which it was made or, by ISBN, if one reader has the book. A copy that
/// somebody waits for is put aside for them; their letter is sent after two minutes, so that the return can be undone. A
/// copy that was not out is no error. With an `Idempotency-Key`, the same request sent again within 24 hours returns the
/// same answer and takes nothing back.
///
/// # Errors
/// 401 without a live session; 403 if the caller does not work at the desk; 404 if there is no such book, or if no book has
/// the code; 409 if several readers have a copy, or if this reader has none, with the `candidates`; 422 if the
/// `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/returns", tag = "desk", operation_id = "takeBookBack", request_body = NewReturn,
    params(IdempotencyKey),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::Book, NotFound::Code, Conflict::Ambiguous, Conflict::NotThisReader]))),
    responses((status = 200, description = "What became of it.", body = Returned)))]
pub(crate) async fn take_back(
    State(desk): State<Desk>,
    caller: Caller,
    key: Option<IdempotencyKey>,
    from: Address,
    Body(new): Body<NewReturn>,
) -> Result<Json<Returned>> {
    let app = &desk.app;
    let actor = caller.desk(app, from)?;
    let at = new.scanned(actor.at)?;
    let request = key.map(|key| Request::new(caller.id, &key.0, &("return", &new)));
    let found = desk.book(new.book, new.code.as_ref()).await?;
    let what = HandedIn { book: found.book, barcode: found.barcode, reader: new.reader, at };
    let back = match desk.library.take_back(&what, request.as_ref(), &actor).await {
        Ok(back) => *back,
        Err(Failure::Refused(why)) => return Err(not_taken(why, &app.sessions).await),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    let TakenBack { outcome, book, ended, days_late, promised } = back;
    let readers = [&ended, &promised].map(|reservation| reservation.as_ref().map(|reservation| reservation.reader));
    let people = People::of(&app.sessions, readers.into_iter().flatten()).await?;
    let [from, promised_to] = readers.map(|reader| reader.map(|reader| people.get(reader)));
    let outcome = match outcome {
        Outcome::Returned => ReturnOutcome::Returned,
        Outcome::PutAside => ReturnOutcome::PutAside,
        Outcome::WasNotOut => ReturnOutcome::WasNotOut,
    };
    let days_late = Some(days_late).filter(|days| *days > 0);
    Ok(Json(Returned { outcome, book, from, reservation: ended, days_late, promised_to, ready: promised }))
}
