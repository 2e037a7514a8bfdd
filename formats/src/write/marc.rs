//! MARC 21 in its exchange format (ISO 2709), in UTF-8.

use crate::draft::Book;
use crate::marc::{FIELD_END, RECORD_END, SUBFIELD};

/// The most that the five digits of a length can say.
const MOST: usize = 99_999;

/// Adds the record of a book.
pub fn book(page: &mut Vec<u8>, book: &Book) {
    let mut directory = String::new();
    let mut data: Vec<u8> = Vec::new();
    for field in super::record::record(book).fields {
        let start = data.len();
        if !field.tag.starts_with("00") {
            data.extend(field.indicators.iter().map(|indicator| *indicator as u8));
        }
        for (code, text) in &field.subfields {
            if *code != '\0' {
                data.extend([SUBFIELD, *code as u8]);
            }
            data.extend(text.bytes().filter(|byte| ![SUBFIELD, FIELD_END, RECORD_END].contains(byte)));
        }
        data.push(FIELD_END);
        let length = (data.len() - start).min(9_999);
        directory.push_str(&format!("{}{length:04}{:05}", field.tag, start.min(MOST)));
    }
    let base = 24 + directory.len() + 1;
    // A record of thousands of copies is longer than its numbers can say. Its ends are still right.
    let length = (base + data.len() + 1).min(MOST);
    page.extend(format!("{length:05}nam a22{:05} i 4500{directory}", base.min(MOST)).bytes());
    page.push(FIELD_END);
    page.extend(data);
    page.push(RECORD_END);
}
