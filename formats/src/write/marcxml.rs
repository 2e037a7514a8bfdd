//! MARC 21 as XML.

use quick_xml::escape::escape;

use crate::draft::Book;

/// Returns what stands before the first record.
pub fn first() -> &'static str {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<collection xmlns=\"http://www.loc.gov/MARC21/slim\">\n"
}

/// Returns what stands after the last record.
pub fn last() -> &'static str {
    "</collection>\n"
}

/// Adds the record of a book.
pub fn book(page: &mut String, book: &Book) {
    page.push_str("<record><leader>00000nam a2200000 i 4500</leader>");
    for field in super::record::record(book).fields {
        let tag = &field.tag;
        if let [('\0', text)] = field.subfields.as_slice() {
            page.push_str(&format!("<controlfield tag=\"{tag}\">{}</controlfield>", plain(text)));
            continue;
        }
        let [first, second] = field.indicators;
        page.push_str(&format!("<datafield tag=\"{tag}\" ind1=\"{first}\" ind2=\"{second}\">"));
        for (code, text) in &field.subfields {
            page.push_str(&format!("<subfield code=\"{code}\">{}</subfield>", plain(text)));
        }
        page.push_str("</datafield>");
    }
    page.push_str("</record>\n");
}

/// Returns a text as XML has it. Two code points that are no characters have no form there, and become U+FFFD.
fn plain(text: &str) -> String {
    escape(text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")).into_owned()
}
