//! The list of known failures: the tests that fail today, with their ids and reasons. A listed test must fail as the list
//! says. If it passes, or fails in another way, the test run fails, so a correction also removes the entry.

use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;

/// A known failure.
struct Known {
    /// The id of the requirement in SECURITY.md, and the part of it.
    id: &'static str,
    /// A part of the message with which the test fails.
    fails_with: &'static str,
    /// The cause.
    reason: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        id: "ADM3",
        fails_with: "no librarian is left",
        reason: "the deletion of an account does not check that another librarian is left",
    },
    Known {
        id: "RAC2",
        fails_with: "one copy is lent twice",
        reason: "the version of a book's lending item starts again at 1 after archive and restore",
    },
    Known {
        id: "RAC3",
        fails_with: "a book of another title is deleted",
        reason: "the deletion is conditional on the version that it read, not on the listed version",
    },
    Known {
        id: "RAC4",
        fails_with: "an ended session is alive",
        reason: "the write ends the sessions that were read, not those that exist when it is made",
    },
    Known {
        id: "EPO1",
        fails_with: "a session of the old password is alive",
        reason: "opening a session is not conditional on the password that was verified",
    },
    Known {
        id: "RAC5",
        fails_with: "a reservation without a reader",
        reason: "a reader's write does not check that the account still exists",
    },
    Known {
        id: "RAC6",
        fails_with: "one unreadable book stops the others",
        reason: "the sweep ends at the first failure",
    },
    Known {
        id: "RAC7",
        fails_with: "a copy is free while a reader waits",
        reason: "only the row of the added copies gives them to waiting readers",
    },
    Known {
        id: "RAC8",
        fails_with: "the repeated request has another answer",
        reason: "a cancelled transaction counts as refused although a conflict is among its reasons",
    },
    Known { id: "RAC10", fails_with: "304 for a profile that has changed", reason: "the ETag does not cover the role" },
    Known {
        id: "RAC14-lapsed",
        fails_with: "a lapsed copy keeps its book on the shelf",
        reason: "archiving and deleting do not record lapsed copies first",
    },
    Known {
        id: "RAC14-key",
        fails_with: "the repeated request has another answer",
        reason: "the book is read before the idempotency key",
    },
    Known { id: "ERR2", fails_with: "503", reason: "a single write that conflicts with a transaction is not retried" },
];

/// Returns whether the failure of that id is known. Other tests leave out whatever would also show it.
pub(crate) fn is_known(id: &str) -> bool {
    KNOWN.iter().any(|known| known.id == id)
}

/// Runs a test that may be in the list. A listed test must fail as the list says, any other test must pass.
pub(crate) async fn known_failure(id: &str, test: impl Future<Output = ()>) {
    let outcome = AssertUnwindSafe(test).catch_unwind().await;
    match (KNOWN.iter().find(|known| known.id == id), outcome) {
        (None, Ok(())) => {}
        (None, Err(panic)) => resume_unwind(panic),
        (Some(known), Err(panic)) if message(&*panic).contains(known.fails_with) => {
            eprintln!("{id} fails as expected: {}", known.reason);
        }
        (Some(_), Err(panic)) => panic!("{id} fails, but not as expected: {}", message(&*panic)),
        (Some(_), Ok(())) => panic!("{id} passes: remove it from the list of known failures"),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default()
}
