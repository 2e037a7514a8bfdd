//! The tests that fail today, each by its id with the reason. Whoever mends one takes it off the list: a test that passes
//! while it is listed fails, and so does one that fails for another reason.

use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;

/// A failure that is known.
struct Known {
    /// The id of the rule in security.md, and which part of it.
    id: &'static str,
    /// What the test says when it fails.
    fails_with: &'static str,
    /// Why it fails.
    reason: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        id: "RAC1",
        fails_with: "no librarian is left",
        reason: "a librarian's write does not check that its author is still a librarian",
    },
    Known {
        id: "ADM3",
        fails_with: "no librarian is left",
        reason: "an account is deleted without a look at whether another librarian is left",
    },
    Known {
        id: "RAC2",
        fails_with: "one copy is lent twice",
        reason: "the version of a book's lending item starts again at 1 after archive and restore",
    },
    Known {
        id: "RAC3",
        fails_with: "a book of another title is deleted",
        reason: "the deletion is conditional on the version that it read, not on the one that was listed",
    },
    Known {
        id: "RAC4",
        fails_with: "an ended session is alive",
        reason: "the write names the sessions to end, as they were before",
    },
    Known {
        id: "EPO1",
        fails_with: "a session of the old password is alive",
        reason: "opening a session is not conditional on the password that was proved",
    },
    Known {
        id: "RAC5",
        fails_with: "a reservation without a reader",
        reason: "what is written in a reader's name does not check the reader's account",
    },
    Known {
        id: "RAC6",
        fails_with: "one unreadable book stops the others",
        reason: "the scheduled run ends at the first failure",
    },
    Known {
        id: "RAC7",
        fails_with: "a copy is free while a reader waits",
        reason: "only the row about added copies gives them to those who wait",
    },
    Known {
        id: "RAC8",
        fails_with: "the repeated request has another answer",
        reason: "a cancelled transaction is judged although a conflict is among its reasons",
    },
    Known {
        id: "RAC9",
        fails_with: "an event is skipped",
        reason: "the age of the deed is compared, not the time of numbering",
    },
    Known { id: "RAC10", fails_with: "304 for a profile that has changed", reason: "the ETag does not cover the role" },
    Known {
        id: "RAC12",
        fails_with: "dead letters",
        reason: "a row that is twice in a batch makes an invalid transaction",
    },
    Known {
        id: "RAC14-lapsed",
        fails_with: "a lapsed copy keeps its book on the shelf",
        reason: "archiving and deleting do not take note of what has lapsed",
    },
    Known {
        id: "RAC14-ticket",
        fails_with: "a ticket is refused",
        reason: "the SDK repeats the deletion of a ticket, whose first answer was lost",
    },
    Known {
        id: "RAC14-throttle",
        fails_with: "a failure counts twice",
        reason: "the SDK repeats the count of a failure, whose first answer was lost",
    },
    Known {
        id: "RAC14-key",
        fails_with: "the repeated request has another answer",
        reason: "the book is looked for before the Idempotency-Key",
    },
    Known { id: "ERR2", fails_with: "503", reason: "a single write that meets a transaction is not tried again" },
];

/// Whether the failure of that id is known. What shows it in passing is left out as long as it is.
pub(crate) fn is_known(id: &str) -> bool {
    KNOWN.iter().any(|known| known.id == id)
}

/// Runs a test that may be listed: it must fail, in the way that is listed, if it is, and pass if it is not.
pub(crate) async fn known_failure(id: &str, test: impl Future<Output = ()>) {
    let outcome = AssertUnwindSafe(test).catch_unwind().await;
    match (KNOWN.iter().find(|known| known.id == id), outcome) {
        (None, Ok(())) => {}
        (None, Err(panic)) => resume_unwind(panic),
        (Some(known), Err(panic)) if message(&*panic).contains(known.fails_with) => {
            eprintln!("{id} fails as it is known to: {}", known.reason);
        }
        (Some(_), Err(panic)) => panic!("{id} fails in another way than it is known to: {}", message(&*panic)),
        (Some(_), Ok(())) => panic!("{id} passes: take it off the list of known failures"),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default()
}
