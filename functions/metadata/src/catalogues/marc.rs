//! MARCXML, as libraries answer by SRU.

use formats::{Code, Format, Plan, Wishes};
use serde_json::Value;
use shared::tables::library::metadata::CatalogueRecord;
use shared::values::Isbn;

use super::{Unreadable, record};

/// Reads the first record that names the book's own ISBN. A catalogue also finds records in whose subfield 020 $z it stands:
/// these are other editions.
pub(super) fn read(answer: &[u8], isbn: &Isbn) -> Result<Option<CatalogueRecord>, Unreadable> {
    let wishes = Wishes { format: Some(Format::MarcXml), ..Wishes::default() };
    let plan = match Plan::guess(answer, true, &wishes) {
        Ok(plan) => plan,
        Err(problem) if problem.code == Code::NoRecords && is_result(answer) => return Ok(None),
        Err(problem) => return Err(Unreadable(problem.detail)),
    };
    for row in formats::rows(plan, answer) {
        let Some(book) = row.read.as_ref().ok().and_then(|draft| draft.book()) else { continue };
        let others = row.warnings.iter().filter(|warning| warning.code == Code::IsbnTwo);
        let mut named = book.isbn.as_deref().into_iter().chain(others.filter_map(|warning| warning.value.as_deref()));
        if !named.any(|named| named == isbn.as_str()) {
            continue;
        }
        let Ok(Value::Object(mut fields)) = serde_json::to_value(book) else { continue };
        if row.warnings.iter().any(|warning| warning.code == Code::AuthorUnknown) {
            fields.remove("author");
        }
        fields.values_mut().for_each(unescape);
        return Ok(record(isbn, fields));
    }
    Ok(None)
}

/// Some catalogues escape a text once more than XML needs, so that `&` comes as `&amp;amp;`.
fn unescape(value: &mut Value) {
    const ENTITIES: [(&str, &str); 5] =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    match value {
        Value::String(text) => *text = ENTITIES.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to)),
        Value::Array(values) => values.iter_mut().for_each(unescape),
        _ => {}
    }
}

/// SRU's answer to a query that finds nothing has no record (<https://www.loc.gov/standards/sru/sru-1-1.html>).
fn is_result(answer: &[u8]) -> bool {
    String::from_utf8_lossy(answer).contains("searchRetrieveResponse")
}
