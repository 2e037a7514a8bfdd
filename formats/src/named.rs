//! Tables whose columns name the fields of a book: those of a spreadsheet, and the library's own CSV.

use crate::draft::Book;
use crate::problem::{Code, Problem};
use crate::table::Cells;
use crate::text::Notes;
use crate::{fields, isbn, names};

/// The fields, each with the names that columns have for it. A client can name others.
pub(crate) const FIELDS: &[(&str, &[&str])] = &[
    ("title", &["title", "titel", "titre", "título", "titulo", "titolo", "book title", "name"]),
    ("author", &["author", "authors", "autor", "auteur", "autore", "verfasser", "verfasserin", "author name"]),
    ("isbn", &["isbn", "isbn13", "isbn-13", "isbn 13", "isbn_13", "isbn10", "isbn-10", "isbn_10", "ean"]),
    (
        "publicationYear",
        &[
            "publicationyear",
            "publication year",
            "year",
            "year published",
            "jahr",
            "erscheinungsjahr",
            "année",
            "año",
            "anno",
        ],
    ),
    ("country", &["country", "land", "pays", "país", "paese"]),
    ("language", &["language", "languages", "sprache", "langue", "idioma", "lingua"]),
    ("pages", &["pages", "page count", "number of pages", "seiten", "páginas", "pagine"]),
    ("releaseDate", &["releasedate", "release date", "publication date", "erscheinungsdatum"]),
    ("shelfMark", &["shelfmark", "shelf mark", "call number", "signatur", "standort", "cote", "signatura"]),
    ("subjects", &["subjects", "subject", "keywords", "schlagwörter", "schlagworte", "sujets", "materias"]),
    ("copies", &["copies", "number of copies", "exemplare", "exemplaires", "ejemplares"]),
    ("barcodes", &["barcodes", "barcode", "strichcode", "code-barres"]),
    ("id", &["id"]),
];

/// The one column of a list of ISBNs that has no header.
pub(crate) const LIST: &str = "isbn";

pub(crate) fn book(notes: &mut Notes, cells: &Cells<'_>) -> Result<Book, Problem> {
    let is_own = cells.table.is_own;
    notes.verbatim = is_own;
    let id = Some(cells.get("id")).filter(|id| !id.is_empty() && is_own);
    // A subject of the library may have a semicolon; then each stands on a line of its own.
    let subjects = cells.get("subjects");
    let by = if is_own && cells.has_lines("subjects") { '\n' } else { ';' };
    let author = cells.get("author");
    let author =
        if is_own { vec![author.to_owned()] } else { author.split(';').map(|name| name.trim().to_owned()).collect() };
    Ok(Book {
        source: id.map(|id| format!("carrel#{id}")),
        title: fields::title(notes, cells.get("title")),
        author: names::author(notes, author),
        isbn: isbn::first(notes, [cells.get("isbn")]),
        publication_year: fields::year(notes, cells.get("publicationYear")),
        country: notes.optional("/country", 100, cells.get("country")),
        language: fields::language(notes, cells.get("language")),
        pages: fields::pages_noted(notes, cells.get("pages")),
        release_date: fields::release_date(notes, cells.get("releaseDate"), cells.table.day_first),
        shelf_mark: fields::shelf_mark(notes, cells.get("shelfMark")),
        subjects: fields::subjects(notes, subjects.split(by)),
        copies: if is_own { cells.get("copies").parse().ok() } else { fields::copies(notes, cells.get("copies")) },
        barcodes: fields::barcodes(notes, cells.get("barcodes")),
    })
}

/// Reads a line of a list of ISBNs. It has no title, so only a look-up can make a book of it.
///
/// # Errors
/// If it is no ISBN.
pub(crate) fn listed(notes: &mut Notes, cells: &Cells<'_>) -> Result<Book, Problem> {
    let text = cells.get(LIST);
    let Some(isbn) = isbn::first(notes, [text]) else {
        return Err(Problem::at("/isbn", Code::IsbnBad, "is no ISBN").of(text));
    };
    let why = "is an ISBN alone: its title must be looked up";
    notes.without_title(Problem::at("/title", Code::TitleMissing, why).of(&isbn));
    Ok(Book { isbn: Some(isbn), author: names::UNKNOWN.to_owned(), ..Book::default() })
}
