//! Readers and librarians at once: what they ask for, and what they were answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tests::{Library, Person};
use tokio::time::sleep;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was answered, perhaps with a rule that refuses it.
    Answered,
    /// The library had too much to do, and said when to come again.
    Refused,
    /// It was answered as it should never be, with this status.
    Wrong(u16),
    /// It was not answered.
    Lost,
}

/// A reader.
struct Reader {
    person: Mutex<Arc<Person>>,
    /// What the reader has reserved, which the next such step cancels.
    reservation: Mutex<Option<String>>,
    /// The book that the reader has added, which the next such step deletes.
    book: Mutex<Option<String>>,
}

/// All of them.
pub(super) struct Crowd {
    http: Client,
    url: String,
    readers: Vec<Reader>,
    admin: Reader,
    books: Vec<String>,
    words: Vec<String>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader {
    fn new(person: Person) -> Self {
        Reader { person: Mutex::new(Arc::new(person)), reservation: Mutex::default(), book: Mutex::default() }
    }
}

impl Crowd {
    /// Brings so many readers into a library that has `books`, which are found by `words`.
    pub(super) async fn of(
        library: &Library,
        admin: Person,
        readers: usize,
        books: Vec<String>,
        words: Vec<String>,
    ) -> Self {
        let mut all = Vec::new();
        for _ in 0..readers {
            all.push(Reader::new(library.newcomer().await));
        }
        let (http, url) = (tests::client(None), library.url().to_owned());
        Crowd { http, url, readers: all, admin: Reader::new(admin), books, words }
    }

    /// Returns a reader by number.
    pub(super) fn reader(&self, number: usize) -> Arc<Person> {
        Arc::clone(&lock(&self.readers[number % self.readers.len()].person))
    }

    pub(super) fn book(&self, number: usize) -> &str {
        &self.books[number % self.books.len()]
    }

    /// Returns the librarian.
    pub(super) fn admin(&self) -> Arc<Person> {
        Arc::clone(&lock(&self.admin.person))
    }

    /// Refreshes everybody's tokens, again and again: they are valid for ten minutes.
    pub(super) async fn stay_signed_in(&self) {
        loop {
            sleep(Duration::from_secs(240)).await;
            for reader in self.readers.iter().chain([&self.admin]) {
                let person = Arc::clone(&lock(&reader.person));
                // What is refused, or lost, is sent again: the old token is valid for ten minutes.
                for _ in 0..60 {
                    let refresh = json!({"refreshToken": person.refresh_token});
                    match person.post("/auth/refresh-token", refresh).tried().await {
                        Ok(answer) if answer.status == 200 => {
                            *lock(&reader.person) = Arc::new(person.with_tokens(&answer));
                            break;
                        }
                        _ => sleep(Duration::from_secs(1)).await,
                    }
                }
                sleep(Duration::from_millis(50)).await;
            }
        }
    }

    fn ask(&self, reader: Option<&Reader>, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).timeout(PATIENCE);
        match reader.and_then(|reader| lock(&reader.person).access_token.clone()) {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// Makes a request: of a hundred, 80 read and 20 write. Returns what became of it.
    pub(super) async fn act(&self, chance: &mut Rng) -> Fate {
        let reader = &self.readers[chance.usize(..self.readers.len())];
        let book = &self.books[chance.usize(..self.books.len())];
        let word = &self.words[chance.usize(..self.words.len())];
        let read = |reader: Option<&Reader>, path: &str| self.send(self.ask(reader, Method::GET, path));
        match chance.u32(..100) {
            ..30 => read(None, &format!("/books/{book}")).await,
            30..42 => read(None, &format!("/books?titlePrefix={}", chance.lowercase())).await,
            42..50 => read(None, "/books?sort=-createdAt").await,
            50..64 => read(None, &format!("/search?q={word}")).await,
            64..67 => read(None, &format!("/search/suggest?q={}", word.chars().take(4).collect::<String>())).await,
            67..72 => read(Some(reader), "/users/me").await,
            72..76 => read(Some(reader), "/favorites").await,
            76..80 => read(None, &format!("/books/{book}/availability")).await,
            80..87 => self.send(self.ask(Some(reader), Method::POST, &format!("/favorites/{book}"))).await,
            87..92 => self.send(self.ask(Some(reader), Method::DELETE, &format!("/favorites/{book}"))).await,
            92..96 => {
                let change = json!({"pages": chance.u32(1..2_000)}).to_string();
                let request = self.ask(Some(&self.admin), Method::PATCH, &format!("/books/{book}"));
                self.send(request.header(CONTENT_TYPE, "application/json").body(change)).await
            }
            96..98 => {
                let path = format!("/books/{book}/reservations");
                self.toggle(reader, &reader.reservation, "/reservations", &path, None).await
            }
            _ => {
                let new = json!({"title": format!("{word} anew"), "author": word});
                self.toggle(reader, &reader.book, "/books", "/books", Some(new)).await
            }
        }
    }

    /// Deletes what the reader has, or makes it.
    async fn toggle(
        &self,
        reader: &Reader,
        has: &Mutex<Option<String>>,
        at: &str,
        make: &str,
        new: Option<Value>,
    ) -> Fate {
        let there = lock(has).take();
        match there {
            Some(id) => {
                let fate = self.send(self.ask(Some(reader), Method::DELETE, &format!("{at}/{id}"))).await;
                if fate != Fate::Answered {
                    *lock(has) = Some(id);
                }
                fate
            }
            None => {
                let mut request = self.ask(Some(reader), Method::POST, make);
                if let Some(new) = new {
                    request = request.header(CONTENT_TYPE, "application/json").body(new.to_string());
                }
                let (fate, body) = self.answer(request).await;
                let made: Option<Value> = serde_json::from_slice(&body).ok();
                if let Some(id) = made.as_ref().and_then(|made| made["id"].as_str()).filter(|_| fate == Fate::Answered)
                {
                    *lock(has) = Some(id.to_owned());
                }
                fate
            }
        }
    }

    async fn send(&self, request: RequestBuilder) -> Fate {
        self.answer(request).await.0
    }

    async fn answer(&self, request: RequestBuilder) -> (Fate, Vec<u8>) {
        let Ok(answer) = request.send().await else { return (Fate::Lost, Vec::new()) };
        let (status, may_come_again) = (answer.status().as_u16(), answer.headers().contains_key(RETRY_AFTER));
        let Ok(body) = answer.bytes().await else { return (Fate::Lost, Vec::new()) };
        let fate = match status {
            429 | 503 if may_come_again => Fate::Refused,
            // A book is gone, or reserved already, or the reader has enough of them.
            200..=299 | 404 | 409 => Fate::Answered,
            status => Fate::Wrong(status),
        };
        (fate, body.to_vec())
    }
}
