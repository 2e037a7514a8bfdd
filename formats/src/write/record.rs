//! A book as a record of MARC 21.
//!
//! The texts stand in the fields as they are, without the marks of ISBD. What MARC has no place for (a year before our era,
//! the number of copies) is in 046, 370, 546 and the local field 990.

use crate::bibliographic::OWN;
use crate::draft::Book;
use crate::languages;
use crate::marc::{Field, Record};

/// The most copies that are fields of their own, beyond those with a barcode.
const MOST_COPIES: usize = 100;

pub(super) fn record(book: &Book) -> Record {
    let mut fields = Vec::new();
    let mut control = |tag: &str, text: String| {
        let subfields = vec![('\0', text)];
        fields.push(Field { tag: tag.into(), indicators: [' '; 2], subfields, has_eacc: false });
    };
    let id = super::id(book);
    if !id.is_empty() {
        control("001", id.to_owned());
    }
    control("003", OWN.to_owned());
    control("008", coded(book));
    let mut data = |tag: &str, indicators: [char; 2], subfields: Vec<(char, &str)>| {
        let subfields = subfields.into_iter().map(|(code, text)| (code, text.to_owned())).collect();
        fields.push(Field { tag: tag.into(), indicators, subfields, has_eacc: false });
    };
    let blank = [' '; 2];
    if let Some(isbn) = &book.isbn {
        data("020", blank, vec![('a', isbn)]);
    }
    if let Some(year) = book.publication_year {
        data("046", blank, vec![('k', &year.to_string()), ('2', "edtf")]);
    }
    // The names are in natural order, so the first is entered as a forename is.
    let first = book.author.split("; ").next().unwrap_or(&book.author);
    data("100", ['0', ' '], vec![('a', first)]);
    data("245", ['1', '0'], vec![('a', &book.title), ('c', &book.author)]);
    if let Some(date) = &book.release_date {
        data("264", [' ', '1'], vec![('c', date)]);
    }
    if let Some(pages) = book.pages {
        data("300", blank, vec![('a', &format!("{pages} pages"))]);
    }
    if let Some(country) = &book.country {
        data("370", blank, vec![('g', country)]);
    }
    if let Some(language) = &book.language {
        data("546", blank, vec![('a', language)]);
    }
    for subject in &book.subjects {
        data("653", blank, vec![('a', subject)]);
    }
    let copies = usize::try_from(book.copies.unwrap_or(1)).unwrap_or(1).min(MOST_COPIES).max(book.barcodes.len());
    for copy in 0..copies {
        let mark = book.shelf_mark.as_deref().map(|mark| ('h', mark));
        let barcode = book.barcodes.get(copy).map(|barcode| ('p', barcode.as_str()));
        // A field needs a subfield: the number of the copy.
        let number = (copy + 1).to_string();
        data("852", ['8', ' '], mark.into_iter().chain(barcode).chain([('t', number.as_str())]).collect());
    }
    let number = book.copies.map(|copies| copies.to_string());
    let local = number
        .as_deref()
        .map(|number| ('c', number))
        .into_iter()
        .chain(book.shelf_mark.as_deref().map(|mark| ('s', mark)));
    let local: Vec<(char, &str)> = local.collect();
    if !local.is_empty() {
        data("990", blank, local);
    }
    Record { fields }
}

/// Field 008: dates and language by their places.
fn coded(book: &Book) -> String {
    let four = |year: i32| (1..=9999).contains(&year).then(|| format!("{year:04}"));
    let original = book.publication_year.and_then(four);
    let edition = book.release_date.as_deref().and_then(|date| date.get(..4)).map(str::to_owned);
    let (kind, first, second) = match (edition, original) {
        (Some(edition), Some(original)) if edition != original => ("r", edition, original),
        (Some(year), _) | (None, Some(year)) => ("s", year, "    ".to_owned()),
        (None, None) => ("n", "uuuu".to_owned(), "uuuu".to_owned()),
    };
    let language = book.language.as_deref().and_then(languages::code).unwrap_or("und");
    format!("000000{kind}{first}{second}xx {:17}{language} d", "")
}
