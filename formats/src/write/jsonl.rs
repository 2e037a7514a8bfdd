//! JSON Lines: a book a line, with the fields of the API.

use serde_json::{Map, Value};

use crate::draft::Book;

/// Adds the line of a book.
pub fn book(page: &mut String, book: &Book) {
    let mut fields = Map::new();
    let id = super::id(book);
    if !id.is_empty() {
        fields.insert("id".into(), id.into());
    }
    if let Ok(Value::Object(others)) = serde_json::to_value(book) {
        fields.extend(others.into_iter().filter(|(key, _)| key != "source"));
    }
    page.push_str(&Value::Object(fields).to_string());
    page.push('\n');
}
