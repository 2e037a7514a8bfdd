//! Panics of handlers. A panic ends its request with a 500, and the request's log line has its location.

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
    /// The last panic of a handler on this thread.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Answers with a 500 if the handler panics.
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

/// Installs a panic hook that records the panics of handlers for the log line of their request. The previous hook gets
/// all other panics.
pub(super) fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let inside = INSIDE.get();
            if inside {
                PANIC.set(Some(describe(panic)));
            }
            // Without a log, for example in most tests, the request's line would be lost.
            if !inside || !tracing::enabled!(tracing::Level::ERROR) {
                previous(panic);
            }
        }));
    });
}

/// Returns the location and the message of a panic, up to the first quote: quoted values may come from a client.
fn describe(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = panic.payload_as_str().unwrap_or("no message");
    let public = message.split(['"', '\'', '`']).next().unwrap_or_default();
    let ellipsis = if public.len() < message.len() { "…" } else { "" };
    format!("panicked at {place}: {public}{ellipsis}")
}
