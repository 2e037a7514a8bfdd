//! Open Library's Books API.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::tables::library::metadata::CatalogueRecord;
use shared::values::Isbn;
use std::collections::HashMap;

use super::{Unreadable, record};

/// An edition (<https://openlibrary.org/dev/docs/api/books>, `jscmd=data`).
#[derive(Deserialize)]
struct Edition {
    title: String,
    #[serde(default)]
    subtitle: String,
    #[serde(default)]
    authors: Vec<Named>,
    #[serde(default)]
    identifiers: HashMap<String, Vec<String>>,
    #[serde(default)]
    publish_date: String,
    number_of_pages: Option<u32>,
    #[serde(default)]
    subjects: Vec<Named>,
}

/// Something that has a name, where Open Library says it.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

/// How many subjects a book has at most.
const SUBJECTS: usize = 20;

/// Reads the edition. One that names only other ISBNs is another edition.
pub(super) fn read(answer: &[u8], isbn: &Isbn) -> Result<Option<CatalogueRecord>, Unreadable> {
    let editions: HashMap<String, Edition> =
        serde_json::from_slice(answer).map_err(|error| Unreadable(error.to_string()))?;
    let Some(edition) = editions.into_values().next() else { return Ok(None) };
    let numbers = ["isbn_13", "isbn_10"].into_iter().filter_map(|kind| edition.identifiers.get(kind)).flatten();
    if !numbers.into_iter().any(|number| number.parse::<Isbn>().is_ok_and(|number| number == *isbn)) {
        return Ok(None);
    }
    Ok(record(isbn, fields(edition)))
}

fn fields(edition: Edition) -> Map<String, Value> {
    let names = |named: Vec<Named>| -> Vec<String> {
        named.into_iter().map(|Named { name }| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    let title = [edition.title.trim(), edition.subtitle.trim()].into_iter().filter(|part| !part.is_empty());
    let mut subjects = names(edition.subjects);
    subjects.truncate(SUBJECTS);
    let fields = json!({
        "title": title.collect::<Vec<_>>().join(": "),
        "author": names(edition.authors).join("; "),
        "publicationYear": year(&edition.publish_date),
        "pages": edition.number_of_pages,
        "subjects": subjects,
    });
    let Value::Object(fields) = fields else { return Map::new() };
    fields
}

/// Returns the year of a date as people write it: `Jun 1994`, `1994-06-01`, `June 12, 1994`.
fn year(date: &str) -> Option<i32> {
    let numbers = date.split(|letter: char| !letter.is_ascii_digit()).filter(|number| number.len() == 4);
    numbers.filter_map(|number| number.parse().ok()).next()
}
