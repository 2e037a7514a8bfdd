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

const KNOWN: &[Known] = &[];

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
