//! Monitors, which watch while the WebSocket API says that they are gone, or fails.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use tests::{Library, Person, Socket};
use tokio::time::sleep;

use super::account::Account;
use super::ledger::{Got, Ledger};
use super::rest::text;

/// A monitor that has heard nothing for this time connects again: its connection may have been forgotten.
const SILENCE: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(20);

/// Watches until it is over. A socket brings each event once at most.
pub(super) async fn watches(librarian: &mut Account, ledger: &Ledger, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let ticket = |person: &Person| person.ask(Method::POST, "/live/tickets");
        let Got::Done(ticket) = librarian.ask(ledger, "ask for a ticket", ticket).await else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        // A ticket is for half a minute, and clocks differ by more.
        let Ok(mut socket) = Socket::open(&ticket.string("url"), None).await else { continue };
        let mut seen = BTreeSet::new();
        while !is_over.load(Ordering::Relaxed)
            && let Some(event) = socket.event_within(SILENCE).await
        {
            if !seen.insert(event["id"].as_u64()) {
                ledger.wrong(format!("a monitor got this event twice: {event}"));
            }
        }
    }
}

/// Checks that a monitor gets the next event, and that those who are gone are forgotten then.
pub(super) async fn at_rest(library: &Library, ledger: &Ledger, admin: &Person) {
    let mut socket = admin.watches().await;
    let book = admin.adds("Watched", "A. Monitor").await;
    while let Some(event) = socket.event_within(PATIENCE).await {
        if event["book"]["id"] != book {
            continue;
        }
        library.local().drained().await;
        let rows = library.dynamodb().scan("carrel-connections").await;
        let connections = rows.iter().filter(|row| text(&row["pk"]["S"]) == "connections").count();
        if connections != 1 {
            ledger.wrong(format!("at rest: one monitor is connected, and the table has {connections}"));
        }
        return;
    }
    ledger.wrong("at rest: a monitor does not get an event".to_owned());
}
