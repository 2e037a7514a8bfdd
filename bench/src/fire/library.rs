//! What everything must be once nothing fails and nothing is on its way: what the whole library has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use shared::runtime::app::Clock;
use tests::Person;
use tests::database::Client;

use super::ledger::{Ledger, Times};
use super::rest::{all, read, text};

/// Checks that each copy is with one reader, or free and nobody waits.
pub(crate) async fn copies_are_somewhere(ledger: &Ledger, admin: &Person, books: &[String]) {
    for book in books {
        let held = all(admin, &format!("/books/{book}/reservations?")).await;
        let count = |status: &str| held.iter().filter(|held| held["status"] == status).count() as u64;
        let available = read(admin, &format!("/books/{book}/availability")).await.expect(200).json();
        let [copies, free] = ["copies", "free"].map(|name| available[name].as_u64().unwrap_or_default());
        let (taken, waiting) = (count("checkedOut") + count("ready"), count("waiting"));
        if taken + free != copies || free > 0 && waiting > 0 {
            ledger.wrong(format!(
                "at rest: {book} has {copies} copies: {taken} taken, {free} free, {waiting} readers wait"
            ));
        }
    }
}

/// Checks that the events are numbered 1, 2, 3, … Returns how many there are.
pub(crate) async fn no_event_is_missing(ledger: &Ledger, admin: &Person) -> u64 {
    let mut last = 0;
    loop {
        let page = read(admin, &format!("/events?after={last}&limit=100")).await.expect(200).json();
        let page = page["items"].as_array().cloned().unwrap_or_default();
        if page.is_empty() {
            return last;
        }
        for event in page {
            let id = event["id"].as_u64().unwrap_or_default();
            if id != last + 1 {
                ledger.wrong(format!("at rest: event {id} comes after event {last}"));
            }
            last = id;
        }
    }
}

/// What the journal says of letters, by the ids of their rows.
#[derive(Default)]
pub(crate) struct Letters {
    pub(crate) sent: BTreeSet<String>,
    /// It is unknown whether they were: they wait for an operator.
    pub(crate) uncertain: BTreeSet<String>,
    /// They welcome somebody, and were not sent.
    pub(crate) lost: BTreeSet<String>,
    /// Those of them that a function has claimed: if it was killed, they are sent when the claim ends.
    pub(crate) claimed: BTreeSet<String>,
    /// They were not due, or nobody wants them.
    pub(crate) unsent: BTreeSet<String>,
}

/// Returns whether every row of the journal has been handled: it is in the log, and whom it welcomes is written to. With `or_claimed`
/// it is enough that a function has claimed the letter.
pub(crate) async fn is_handled(database: &Client, or_claimed: bool) -> bool {
    let rows = database.scan("carrel-journal").await;
    let is_row = |row: &&Value| text(&row["pk"]["S"]).starts_with("entry#");
    let is_written = |row: &Value| !welcomes(row) || !row["mail"].is_null() || or_claimed && is_claimed(row);
    rows.iter().filter(is_row).all(|row| !row["month"].is_null() && is_written(row))
}

/// Whether a row has a letter that is always sent.
fn welcomes(row: &Value) -> bool {
    row["what"]["S"] == "user.registered" && !row["letter"].is_null()
}

/// Whether a function has claimed the letter of a row, and may still send it.
fn is_claimed(row: &Value) -> bool {
    let until: Option<i64> = row["claimedUntil"]["N"].as_str().and_then(|second| second.parse().ok());
    until.is_some_and(|until| until > Clock::system().now().as_second())
}

/// Checks that the journal has each acknowledged action, and none twice. Returns what it says of letters.
pub(crate) async fn journal_is_complete(ledger: &Ledger, database: &Client) -> Letters {
    let mut rows: BTreeMap<(String, String), u64> = BTreeMap::new();
    let (mut letters, mut numbers) = (Letters::default(), BTreeSet::new());
    for row in database.scan("carrel-journal").await {
        let of = |name: &str| text(&row[name]["S"]).to_owned();
        let Some(id) = text(&row["pk"]["S"]).strip_prefix("entry#") else { continue };
        *rows.entry((of("who"), of("what"))).or_default() += 1;
        if let Some(number) = row["number"]["N"].as_str().filter(|number| !numbers.insert((*number).to_owned())) {
            ledger.wrong(format!("at rest: two events have the number {number}"));
        }
        if row["letter"] != Value::Null {
            let letters = match text(&row["mail"]["S"]) {
                "sent" => &mut letters.sent,
                "uncertain" => &mut letters.uncertain,
                _ => &mut letters.unsent,
            };
            letters.insert(id.to_owned());
        }
        if welcomes(&row) && row["mail"].is_null() {
            letters.lost.insert(id.to_owned());
            if is_claimed(&row) {
                letters.claimed.insert(id.to_owned());
            }
        }
    }
    for ((who, action), Times { least, most }) in ledger.deeds() {
        let times = rows.get(&(who.clone(), action.to_owned())).copied().unwrap_or_default();
        if !(least..=most).contains(&times) {
            ledger.wrong(format!("at rest: {who} has {action} {times} times, and should {least} to {most} times"));
        }
    }
    letters
}
