//! A panic of a handler ends its request with a 500, whose log line says where it was.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::pin::pin;
use std::sync::Once;
use std::task::Poll;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::edge::error::Error;

thread_local! {
    /// Whether this thread polls a handler.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// The panic that this thread unwinds from.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Answers with a 500 when what is inside panics.
pub(super) async fn catch_panics(request: Request, next: Next) -> Response {
    let mut inside = pin!(next.run(request));
    poll_fn(|context| {
        let outer = INSIDE.replace(true);
        let polled = panic::catch_unwind(AssertUnwindSafe(|| inside.as_mut().poll(context)));
        INSIDE.set(outer);
        polled.unwrap_or_else(|_| {
            let what = PANIC.take().unwrap_or_else(|| "a handler panicked".to_owned());
            Poll::Ready(Error::Internal(what.into()).into_response())
        })
    })
    .await
}

/// Has the panics of handlers recorded for their request's log line. All others go where they went before.
pub(super) fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let elsewhere = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let inside = INSIDE.get();
            if inside {
                PANIC.set(Some(describe(panic)));
            }
            // Without a log, as in most tests, the request's line is lost.
            if !inside || !tracing::enabled!(tracing::Level::ERROR) {
                elsewhere(panic);
            }
        }));
    });
}

/// Where it was and what it says, without what may come from a client: messages show values in quotes.
fn describe(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = panic.payload_as_str().unwrap_or("no message");
    let said = message.split(['"', '\'', '`']).next().unwrap_or_default();
    let ellipsis = if said.len() < message.len() { "…" } else { "" };
    format!("panicked at {place}: {said}{ellipsis}")
}
