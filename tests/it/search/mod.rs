//! Books found by words.

mod crashes;
mod keeping;
mod kills;
mod paging;
mod spellings;
mod words;

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, Library, Setup};

/// A library with a small catalogue of titles that are hard to find.
pub(crate) struct Catalogue {
    pub(crate) library: Library,
    /// The ids of the books, by their keys in the file.
    ids: HashMap<String, String>,
}

/// Returns a request's path with this query.
fn asked(path: &str, query: &[(&str, &str)]) -> String {
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| {
            let byte = |byte: u8| match byte {
                b'a'..=b'z' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            };
            let value: String = value.bytes().map(byte).collect();
            format!("{name}={value}")
        })
        .collect();
    format!("{path}?{}", query.join("&"))
}

impl Catalogue {
    /// Starts a library that has the catalogue.
    async fn start() -> Catalogue {
        Catalogue::start_with(Library::own()).await
    }

    pub(crate) async fn start_with(setup: Setup) -> Catalogue {
        let library = setup.start().await;
        let owner = library.reader().await;
        let lines = include_str!("catalogue.jsonl").lines();
        let mut books: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("a book")).collect();
        let keys: Vec<String> =
            books.iter_mut().map(|book| book["key"].take().as_str().unwrap_or_default().to_owned()).collect();
        for book in &mut books {
            book.as_object_mut().expect("an object").remove("key");
        }
        let added = join_all(books.into_iter().map(|book| async { owner.post("/books", book).await })).await;
        let ids = keys.into_iter().zip(added).map(|(key, added)| (key, added.expect(201).string("id"))).collect();
        library.local().drained().await;
        Catalogue { library, ids }
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.library.stranger().get(&asked(path, query)).await
    }

    /// Returns the keys of the books that are found, and the whole answer.
    async fn answer(&self, query: &[(&str, &str)]) -> (Vec<String>, Value) {
        let answer = self.get("/search", query).await.expect(200);
        let by_id: HashMap<&str, &str> = self.ids.iter().map(|(key, id)| (id.as_str(), key.as_str())).collect();
        let keys = answer.each("id").iter().map(|id| by_id.get(id.as_str()).unwrap_or(&"?").to_string()).collect();
        (keys, answer.json())
    }

    /// Returns the keys of the books that a text finds, none of its words changed.
    async fn finds(&self, text: &str) -> Vec<String> {
        let (keys, answer) = self.answer(&[("q", text)]).await;
        assert_eq!((&answer["corrected"], &answer["leftOut"]), (&json!(null), &json!(null)), "{text}: {answer}");
        keys
    }

    /// Asserts that each text finds the book first, none of its words changed.
    async fn finds_first(&self, book: &str, texts: &[&str]) {
        for text in texts {
            let found = self.finds(text).await;
            assert_eq!(found.first().map(String::as_str), Some(book), "{text}: {found:?}");
        }
    }

    /// Returns the suggestions for a beginning.
    async fn suggested(&self, text: &str) -> Vec<String> {
        let answer = self.get("/search/suggest", &[("q", text)]).await.expect(200).json();
        let items = answer["items"].as_array().expect("items").iter();
        items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
    }
}
