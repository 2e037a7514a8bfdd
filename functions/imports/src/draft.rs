//! Between a book of the library and a book of a file.

use sha2::{Digest, Sha256};
use shared::tables::library::book::{Book, Details, NewBook};
use shared::tables::library::imports::rows::{MOST_BARCODES, NewRow};
use shared::values::{Barcode, fold};

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

/// The longest name of a source that stands in a key as it is.
const LONGEST_SOURCE: usize = 200;

/// Returns the digest of a text, in hexadecimal.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the name of a source, shortened if it does not fit into a key. What is shortened begins with `kind`.
pub(crate) fn fitting(source: &str, kind: &str) -> String {
    if source.len() <= LONGEST_SOURCE { source.to_owned() } else { format!("{kind}{}", digest(source)) }
}

/// Returns the row of a book of a file. `formats` has cut the texts to the library's limits; what the library takes all the same
/// says its own parser, as for `POST /books`.
///
/// # Errors
/// What is wrong with the book.
pub(crate) fn row(number: u64, mut book: formats::draft::Book) -> Result<NewRow, String> {
    let source = source(&book);
    let own = book.source.as_deref().and_then(|source| source.strip_prefix("carrel#")?.parse().ok());
    let mut barcodes: Vec<Barcode> = Vec::new();
    for barcode in book.barcodes.drain(..).filter_map(|barcode| barcode.parse().ok()) {
        if !barcodes.contains(&barcode) && barcodes.len() < MOST_BARCODES {
            barcodes.push(barcode);
        }
    }
    book.source = None;
    // Without a number, there are as many copies as barcodes, and one at least.
    book.copies = book.copies.or_else(|| u32::try_from(barcodes.len().max(1)).ok());
    let book = serde_json::to_value(&book).map_err(|error| error.to_string())?;
    let new: NewBook = serde_json::from_value(book).map_err(|error| error.to_string())?;
    Ok(NewRow { row: number, details: Details::from(new), source, own, barcodes })
}

/// Returns what names a book where it comes from or, if nothing does, its title and first author.
pub(crate) fn source(book: &formats::draft::Book) -> String {
    match &book.source {
        Some(source) => fitting(source, "long#"),
        None => {
            let first = book.author.split("; ").next().unwrap_or_default();
            format!("print#{}", digest(&format!("{}\n{}", fold(&book.title), fold(first))))
        }
    }
}
