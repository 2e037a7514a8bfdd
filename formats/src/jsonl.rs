//! JSON Lines: a book a line, as the API takes it.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::draft::Book;
use crate::problem::{Code, Problem};
use crate::text::Notes;
use crate::{dates, fields, isbn, names};

/// What an exported book says about itself in the library that it comes from.
const OF_THE_LIBRARY: [&str; 4] = ["owner", "createdAt", "updatedAt", "archived"];

/// An object whose keys are all different.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Object, M::Error> {
                let mut entries: Vec<(String, Value)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    // A book has a dozen keys. An object with more than 100 is no book: it is refused before its keys are compared.
                    if entries.len() >= 100 {
                        return Err(de::Error::custom("more than 100 keys"));
                    }
                    if entries.iter().any(|(other, _)| *other == key) {
                        return Err(de::Error::custom(format_args!("the key {key} stands twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

pub(crate) fn book(notes: &mut Notes, line: &str) -> Result<Book, Problem> {
    let line = line.trim_start_matches('\u{feff}').trim();
    if !line.starts_with('{') {
        let is_json = serde_json::from_str::<de::IgnoredAny>(line).is_ok();
        let (code, detail) = if is_json { (Code::NotAnObject, "is no object") } else { (Code::BadJson, "is no JSON") };
        return Err(Problem::new(code, detail).of(line));
    }
    let Object(entries) =
        serde_json::from_str(line).map_err(|wrong| Problem::new(Code::BadJson, format!("is no JSON: {wrong}")))?;
    notes.verbatim = true;
    let mut book = Book::default();
    let mut author = String::new();
    let mut title = String::new();
    for (key, value) in entries {
        if value.is_null() {
            continue;
        }
        match key.as_str() {
            "title" => title = text("/title", value)?,
            "author" => author = text("/author", value)?,
            "isbn" => book.isbn = isbn::first(notes, [text("/isbn", value)?.as_str()]),
            "publicationYear" => {
                let year = number("/publicationYear", &value)?;
                book.publication_year = fields::year(notes, &year.to_string());
            }
            "country" => book.country = notes.optional("/country", 100, &text("/country", value)?),
            "language" => book.language = notes.optional("/language", 100, &text("/language", value)?),
            "pages" => {
                let pages = number("/pages", &value)?;
                book.pages = fields::pages_noted(notes, &pages.max(0).to_string());
            }
            "releaseDate" => {
                let date = text("/releaseDate", value)?;
                book.release_date = dates::day(&date, None);
                if book.release_date.is_none() {
                    fields::release_date(notes, &date, None);
                }
            }
            "shelfMark" => book.shelf_mark = fields::shelf_mark(notes, &text("/shelfMark", value)?),
            "subjects" => {
                let subjects = texts("/subjects", value)?;
                book.subjects = fields::subjects(notes, subjects.iter().map(String::as_str));
            }
            "copies" => {
                let copies = number("/copies", &value)?;
                // The library's own books may have no copy left.
                book.copies = if copies == 0 { Some(0) } else { fields::copies(notes, &copies.to_string()) };
            }
            "barcodes" => {
                let barcodes = texts("/barcodes", value)?;
                book.barcodes = fields::barcodes(notes, &barcodes.join(";"));
            }
            "id" => book.source = Some(format!("carrel#{}", text("/id", value)?)),
            _ if OF_THE_LIBRARY.contains(&key.as_str()) => {}
            _ => return Err(Problem::new(Code::UnknownField, format!("the field {key} is not known")).of(&key)),
        }
    }
    book.title = fields::title(notes, &title);
    book.author = names::author(notes, [author]);
    Ok(book)
}

fn wrong(pointer: &'static str, what: &str, value: &Value) -> Problem {
    Problem::at(pointer, Code::WrongType, format!("should be {what}")).of(&value.to_string())
}

fn text(pointer: &'static str, value: Value) -> Result<String, Problem> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(wrong(pointer, "text", &other)),
    }
}

fn texts(pointer: &'static str, value: Value) -> Result<Vec<String>, Problem> {
    match value {
        Value::Array(values) => values.into_iter().map(|value| text(pointer, value)).collect(),
        other => Err(wrong(pointer, "a list of texts", &other)),
    }
}

fn number(pointer: &'static str, value: &Value) -> Result<i64, Problem> {
    value.as_i64().ok_or_else(|| wrong(pointer, "a whole number", value))
}
