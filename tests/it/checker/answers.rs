//! Answers, as the checker understands them.

use shared::tables::library::lending::{Reservation, Status};
use tests::Answer;

use super::model::Command;
use super::refusals::Refusal;

#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "most outcomes are the large one")]
pub(super) enum Outcome {
    Done(Option<Reservation>),
    Refused(Refusal),
    /// A 5xx: it has happened, or will happen, or never will.
    Unclear(u16),
}

impl Outcome {
    /// Whether the answer is an error that no load explains.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self, Outcome::Unclear(status) if ![503, 504].contains(status))
    }

    pub(super) fn of(answer: &Answer, command: Command) -> Outcome {
        let reservation = || serde_json::from_str::<Reservation>(&answer.text).expect("a reservation");
        let field =
            |name: &str| serde_json::from_value::<Reservation>(answer.json()[name].clone()).expect("a reservation");
        match (command, answer.status) {
            (Command::Reserve(_), 201 | 202) => {
                let shown = reservation();
                let expected = if answer.status == 201 { Status::Ready } else { Status::Waiting };
                assert_eq!(shown.status, expected, "{answer:?}");
                Outcome::Done(Some(shown))
            }
            (Command::Cancel(_) | Command::Delete(_), 204) => Outcome::Done(None),
            (Command::Archive(_) | Command::Restore(_), 200) => Outcome::Done(None),
            (Command::CheckOut(_) | Command::Return(_) | Command::Renew(_), 200) => Outcome::Done(Some(reservation())),
            (Command::Lend { .. }, 201) => Outcome::Done(Some(field("reservation"))),
            (Command::TakeBack { .. }, 200) => match answer.string("outcome").as_str() {
                "returned" => Outcome::Done(Some(field("reservation"))),
                "put-aside" => Outcome::Done(Some(field("ready"))),
                _ => Outcome::Refused(Refusal::WasNotOut),
            },
            (Command::Lose(_) | Command::Undo(_), 200) => Outcome::Done(Some(reservation())),
            (Command::Lend { .. } | Command::Undo(_), 404) if answer.string("code") == "no-such-user" => {
                Outcome::Refused(Refusal::NoReader)
            }
            (_, 401) => Outcome::Refused(Refusal::SignedOut),
            (_, 403) => Outcome::Refused(Refusal::Forbidden),
            (_, 404) => Outcome::Refused(Refusal::NotThere),
            (_, 409) => Outcome::Refused(reason(&answer.clone().problem(409, "conflict").string("code"))),
            // The gateway's own answer: the function has taken more than its ten seconds.
            (_, 500) if answer.header("x-request-id").is_empty() => Outcome::Unclear(504),
            (_, 500..) => Outcome::Unclear(answer.status),
            _ => panic!("{command:?} was answered with {answer:?}"),
        }
    }
}

fn reason(code: &str) -> Refusal {
    match code {
        "already-held" => Refusal::HasItAlready,
        "limit" => Refusal::HasTen,
        "book-archived" => Refusal::NotThere,
        "reader-disabled" => Refusal::NoReader,
        "no-copy-free" => Refusal::NoCopyFree,
        "all-aside" => Refusal::AllAside,
        "ambiguous" => Refusal::Ambiguous,
        "not-this-reader" => Refusal::NotThisReader,
        "nothing-to-undo" => Refusal::NothingToUndo,
        "undo-not-yours" => Refusal::UndoNotYours,
        "undo-too-late" => Refusal::UndoTooLate,
        "already-promised" => Refusal::AlreadyPromised,
        "lost" => Refusal::Is(Status::Lost),
        "undone" => Refusal::Is(Status::Undone),
        "already-reserved" => Refusal::HasItAlready,
        "too-many-reservations" => Refusal::HasTen,
        "others-wait" => Refusal::OthersWait,
        "no-renewals-left" => Refusal::HasRenewedTwice,
        "too-early" => Refusal::TooEarly,
        "book-in-use" => Refusal::InUse,
        "not-ready" => Refusal::Is(Status::Waiting),
        "not-checked-out" => Refusal::Is(Status::Ready),
        "checked-out" => Refusal::Is(Status::CheckedOut),
        "returned" => Refusal::Is(Status::Returned),
        "cancelled" => Refusal::Is(Status::Cancelled),
        "lapsed" => Refusal::Is(Status::Lapsed),
        _ => panic!("the checker expects no refusal {code:?}"),
    }
}
