//! Between a book of the library and a book of a file.

use shared::tables::library::book::{Book, Details};

/// Returns a book as files have it. Its id is what names it in the library that wrote the file.
pub(crate) fn written(book: &Book) -> formats::draft::Book {
    let Details {
        title,
        author,
        isbn,
        publication_year,
        country,
        language,
        pages,
        release_date,
        shelf_mark,
        subjects,
        copies,
    } = &book.details;
    formats::draft::Book {
        source: Some(format!("carrel#{}", book.id)),
        title: title.as_str().to_owned(),
        author: author.as_str().to_owned(),
        isbn: isbn.as_ref().map(ToString::to_string),
        publication_year: publication_year.map(|year| year.get()),
        country: country.as_ref().map(|country| country.as_str().to_owned()),
        language: language.as_ref().map(|language| language.as_str().to_owned()),
        pages: pages.map(|pages| pages.get().unsigned_abs()),
        release_date: release_date.map(|day| day.to_string()),
        shelf_mark: shelf_mark.as_ref().map(|mark| mark.as_str().to_owned()),
        subjects: subjects.iter().flat_map(|subjects| subjects.iter()).map(str::to_owned).collect(),
        copies: Some(copies.get().unsigned_abs()),
        barcodes: Vec::new(),
    }
}
