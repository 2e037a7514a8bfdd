//! The first readers and loans, so that a newcomer sees a library at work: old books, books that are out, one of them
//! overdue, a queue, a book that waits on the shelf, and one to fetch.
//!
//! They are added through the API, four weeks ago: the library's clock is set back, and goes forward from step to step
//! until it is right again. So the log, the letters and the due days are those of four weeks.

use std::collections::HashMap;

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::runtime::app::Clock;

use crate::api::Api;
use crate::error::{Error, Result};
use crate::runner::Local;

/// The password of the first readers.
pub const READERS_PASSWORD: &str = "a quiet reading room";

/// First name, last name and card. The address is the first name at `example.com`.
const READERS: [(&str, &str, &str); 4] = [
    ("Ada", "Lovelace", "20410077"),
    ("Grace", "Hopper", "20410085"),
    ("Alan", "Turing", "20410093"),
    ("Emmy", "Noether", "20410101"),
];

/// The mark that says that a start has begun to add them. A start that is killed meanwhile leaves what it had.
const MARK: &str = "first readers";

/// When the library opened, in hours ago.
const OPENED: i64 = 28 * 24;

/// What happened then, in order, so many hours ago.
const STORY: &[(i64, &[Step])] = &[
    (27 * 24, &[Step::Archive("Almagest"), Step::Archive("Castle Rackrent"), Step::Archive("Either/Or")]),
    (25 * 24, &[Step::Lend("Wuthering Heights", 2)]),
    // Due within the next hour.
    (21 * 24 - 1, &[Step::Lend("Moby-Dick", 1)]),
    (20 * 24, &[Step::Lend("Dracula", 3)]),
    (12 * 24, &[Step::Lend("Frankenstein", 0), Step::Lend("Middlemarch", 0), Step::Lend("The Odyssey", 1)]),
    (9 * 24, &[Step::Return("The Odyssey")]),
    (5 * 24, &[Step::Reserve("Frankenstein", 1), Step::Reserve("Frankenstein", 3)]),
    (24, &[Step::Reserve("The Tale of Genji", 0), Step::Reserve("Persuasion", 2)]),
    (20, &[Step::PutAside("The Tale of Genji")]),
];

/// A step, with the title of a book and the number of a reader.
enum Step {
    Archive(&'static str),
    Lend(&'static str, usize),
    Return(&'static str),
    Reserve(&'static str, usize),
    PutAside(&'static str),
}

impl Local {
    /// Adds the first books to an empty library, and then the first readers and what they did. A library that has books, or
    /// had these, stays as it is. `clock` is the library's; email and password are those of the administrator.
    ///
    /// # Errors
    /// If the library refuses a step.
    pub async fn begin(&self, clock: &Clock, email: &str, password: &str) -> Result<()> {
        let begun = self.records().mark(MARK).map_err(Error::first_start)?.is_some();
        if begun || self.has_first_books()? {
            return self.add_catalogue(email, password).await.map(drop);
        }
        let mut hours_ago = 0;
        let mut go_to = |hours| {
            clock.advance(SignedDuration::from_hours(hours_ago - hours));
            hours_ago = hours;
        };
        go_to(OPENED);
        let happened = self.happens(&mut go_to, email, password).await;
        go_to(0);
        happened
    }

    /// Returns the email addresses of the first readers, if the library began with them.
    ///
    /// # Errors
    /// If the records cannot be read.
    pub fn first_readers(&self) -> Result<Vec<String>> {
        let begun = self.records().mark(MARK).map_err(Error::first_start)?.is_some();
        Ok(READERS.iter().filter(|_| begun).map(|(first, ..)| address(first)).collect())
    }

    async fn happens(&self, go_to: &mut impl FnMut(i64), email: &str, password: &str) -> Result<()> {
        if self.add_catalogue(email, password).await? == 0 {
            return Ok(());
        }
        self.records().set_mark(MARK, "begun").map_err(Error::first_start)?;
        let desk = Api::sign_in(self.gateway(), email, password).await?;
        let name = json!({"firstName": "John", "lastName": "Doe"});
        desk.done(Method::PATCH, "/users/me", Some(&name)).await?;
        let mut readers = Vec::new();
        for (first, last, card) in READERS {
            let address = address(first);
            let reader = json!({"email": address, "password": READERS_PASSWORD, "firstName": first, "lastName": last});
            let registered = Api::stranger(self.gateway()).done(Method::POST, "/auth/register", Some(&reader)).await?;
            let id = text(&registered["user"]["id"]);
            desk.done(Method::PATCH, &format!("/users/{id}"), Some(&json!({"approved": true}))).await?;
            desk.done(Method::PUT, &format!("/users/{id}/card"), Some(&json!({"card": card}))).await?;
            readers.push((address, id));
        }
        let mut reservations = HashMap::new();
        for (hours_ago, steps) in STORY {
            go_to(*hours_ago);
            // The tokens of the step before have expired.
            let desk = Api::sign_in(self.gateway(), email, password).await?;
            for step in *steps {
                let book = format!("/books/{}", desk.book(step.title()).await?);
                match step {
                    Step::Archive(_) => {
                        desk.done(Method::POST, &format!("{book}/archive"), None).await?;
                    }
                    Step::Lend(title, reader) => {
                        let loan = json!({"book": &book["/books/".len()..], "reader": readers[*reader].1});
                        let lent = desk.done(Method::POST, "/loans", Some(&loan)).await?;
                        reservations.insert(*title, text(&lent["reservation"]["id"]));
                    }
                    Step::Reserve(title, reader) => {
                        let reader = Api::sign_in(self.gateway(), &readers[*reader].0, READERS_PASSWORD).await?;
                        let reserved = reader.done(Method::POST, &format!("{book}/reservations"), None).await?;
                        reservations.insert(*title, text(&reserved["id"]));
                    }
                    Step::Return(title) => {
                        desk.done(Method::POST, &format!("/reservations/{}/return", reservations[title]), None).await?;
                    }
                    Step::PutAside(title) => {
                        let path = format!("/reservations/{}/put-aside", reservations[title]);
                        desk.done(Method::POST, &path, None).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Step {
    fn title(&self) -> &'static str {
        match self {
            Step::Archive(title) | Step::Return(title) | Step::PutAside(title) => title,
            Step::Lend(title, _) | Step::Reserve(title, _) => title,
        }
    }
}

impl Api<'_> {
    /// Returns the id of the book with that title.
    async fn book(&self, title: &str) -> Result<String> {
        let query = serde_urlencoded::to_string([("title", title)]).map_err(Error::first_start)?;
        let page = self.done(Method::GET, &format!("/books?{query}"), None).await?;
        Ok(text(&page["items"][0]["id"]))
    }
}

/// Returns the email address of the reader with that first name.
fn address(first_name: &str) -> String {
    format!("{}@example.com", first_name.to_lowercase())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
