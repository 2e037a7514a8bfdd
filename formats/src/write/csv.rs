//! CSV for spreadsheets: UTF-8 with a byte order mark, lines that end in CR LF, and no text that is computed.

use std::borrow::Cow;

use crate::draft::Book;

/// The columns.
pub const HEADER: [&str; 13] = [
    "id",
    "title",
    "author",
    "isbn",
    "publicationYear",
    "country",
    "language",
    "pages",
    "releaseDate",
    "shelfMark",
    "subjects",
    "copies",
    "barcodes",
];

/// Returns what begins the first page: the byte order mark, without which Excel reads another encoding, and the header.
pub fn first() -> String {
    format!("\u{feff}{}\r\n", HEADER.join(","))
}

/// Adds the line of a book.
pub fn book(page: &mut String, book: &Book) {
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let year = book.publication_year.map(|year| year.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| guarded(text.as_deref().unwrap_or_default()).into_owned();
    let cells = [
        guarded(super::id(book)).into_owned(),
        guarded(&book.title).into_owned(),
        guarded(&book.author).into_owned(),
        text(&book.isbn),
        // Numbers are never guarded: -380 is a year.
        year,
        text(&book.country),
        text(&book.language),
        number(book.pages),
        text(&book.release_date),
        text(&book.shelf_mark),
        guarded(&subjects(&book.subjects)).into_owned(),
        number(book.copies),
        guarded(&book.barcodes.join("; ")).into_owned(),
    ];
    line(page, &cells);
}

/// Adds a line. Texts of others are [`guarded`] before.
pub fn line(page: &mut String, cells: &[impl AsRef<str>]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            page.push(',');
        }
        push(page, cell.as_ref());
    }
    page.push_str("\r\n");
}

/// Joins subjects. Where one has a semicolon, each has a line of its own.
fn subjects(subjects: &[String]) -> String {
    if subjects.iter().any(|subject| subject.contains(';')) {
        return subjects.iter().map(|subject| format!("{subject}\n")).collect();
    }
    subjects.join("; ")
}

fn push(page: &mut String, cell: &str) {
    let is_plain = !cell.contains([',', '"', '\r', '\n', ';', '\t', '|']) && cell.trim() == cell;
    if is_plain {
        page.push_str(cell);
    } else {
        page.push('"');
        page.push_str(&cell.replace('"', "\"\""));
        page.push('"');
    }
}

/// Returns whether a spreadsheet computes a text that begins so, or would after `'` was taken off.
fn is_computed(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// Returns a text that no spreadsheet computes: with a `'` in front if it needs one.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_computed(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Returns the text of a cell that was guarded.
pub(crate) fn without_guard(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_computed(text)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::{guarded, without_guard};

    #[test]
    fn xp1_a_guard_comes_off_as_it_was_put_on() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("-30-: The End", "'-30-: The End"),
            ("@Sea", "'@Sea"),
            ("+1", "'+1"),
            ("'Tis", "'Tis"),
            ("'=kept", "''=kept"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("''=x", "'''=x"),
            ("Plain", "Plain"),
            ("", ""),
            ("'", "'"),
        ] {
            assert_eq!(guarded(text), cell);
            assert_eq!(without_guard(cell), text);
        }
    }
}
