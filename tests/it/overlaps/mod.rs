//! Requests that overlap: what a function has read is different when it writes. And calls that DynamoDB refuses or answers
//! in ways that only happen under load.
//!
//! The ids in the names are those of the rules in security.md.

mod accounts;
mod books;
mod borrowers;
mod desk;
mod lending;
mod librarians;
mod limits;
mod old_passwords;
mod rows;
mod sweep;
mod withdrawn;
mod writes;

use std::future::IntoFuture;

use tests::database::Pattern;
use tests::{Answer, Library, Request};

/// Sends a request whose call of that pattern is held; does `others` in the meantime; then lets the call go on. Returns
/// the answer, and what the others came to.
pub(crate) async fn overtaken<T>(
    library: &Library,
    held: Pattern,
    request: Request,
    others: impl Future<Output = T>,
) -> (Answer, T) {
    let mut hold = library.proxy().hold(held);
    let others = async {
        hold.arrived().await;
        let done = others.await;
        hold.release();
        done
    };
    tokio::join!(request.into_future(), others)
}
