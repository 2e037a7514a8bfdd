//! What can be wrong with a file or with one of its rows.

use serde::Serialize;

/// Declares the codes. Programs tell problems apart by them.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal,)*) => {
        /// The code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Code {
            $($(#[doc = $doc])* #[serde(rename = $word)] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// Returns the word of the code.
            pub fn word(self) -> &'static str {
                match self { $(Code::$name => $word,)* }
            }
        }
    };
}

codes! {
    /// The author does not fit; whole names were kept.
    AuthorCut = "author-cut",
    /// Nothing names an author.
    AuthorUnknown = "author-unknown",
    /// The author is a statement, not a name.
    AuthorUnsure = "author-unsure",
    /// Bytes are not valid in the encoding.
    BadBytes = "bad-bytes",
    /// The line is not JSON.
    BadJson = "bad-json",
    /// A barcode is not 4 to 32 letters and digits.
    BarcodeBad = "barcode-bad",
    /// A card's number was read as a number by a spreadsheet.
    CardMangled = "card-mangled",
    /// A card's number is not 4 to 32 letters and digits.
    CardShort = "card-short",
    /// The columns name no title.
    ColumnsUnknown = "columns-unknown",
    /// Control characters were removed.
    ControlRemoved = "control-removed",
    /// The number of copies cannot be read.
    CopiesUnsure = "copies-unsure",
    /// A date is no date, or its day and month cannot be told apart.
    DateUnsure = "date-unsure",
    /// The text is in the East Asian set of MARC-8.
    Eacc = "eacc",
    /// An email address is not one.
    EmailBad = "email-bad",
    /// A group's name is not 1 to 20 small letters, digits and hyphens.
    GroupUnknown = "group-unknown",
    /// The number is no ISBN.
    IsbnBad = "isbn-bad",
    /// The last digit of an ISBN is wrong.
    IsbnCheckDigit = "isbn-check-digit",
    /// An ISBN was read as a number by a spreadsheet.
    IsbnMangled = "isbn-mangled",
    /// There are two ISBNs; the first was taken.
    IsbnTwo = "isbn-two",
    /// A zero was put in front of the nine digits of an ISBN.
    IsbnZeroAdded = "isbn-zero-added",
    /// There are several languages; the first was taken.
    LanguageSeveral = "language-several",
    /// The record is no ISO 2709.
    MarcBad = "marc-bad",
    /// The directory of a record is wrong; the delimiters were followed.
    MarcDirectory = "marc-directory",
    /// A record is in another encoding than its leader says.
    MarcEncoding = "marc-encoding",
    /// The leader's length is wrong; the terminator was followed.
    MarcLength = "marc-length",
    /// A field lacks its indicators or delimiters.
    MarcField = "marc-field",
    /// A member has no name.
    NameMissing = "name-missing",
    /// The file has no records.
    NoRecords = "no-records",
    /// A line of JSON is no object.
    NotAnObject = "not-an-object",
    /// A member has no card, no email address and no id.
    NothingIdentifies = "nothing-identifies",
    /// The number of pages cannot be read.
    PagesUnsure = "pages-unsure",
    /// A part ends within a record.
    PartCutsRecord = "part-cuts-record",
    /// A quotation mark is never closed.
    QuoteOpen = "quote-open",
    /// A record is too long.
    RecordTooLong = "record-too-long",
    /// A series was removed from the title.
    SeriesRemoved = "series-removed",
    /// A shelf mark does not fit.
    ShelfMarkBad = "shelf-mark-bad",
    /// There are several shelf marks; the first was taken.
    ShelfMarkSeveral = "shelf-mark-several",
    /// There are more subjects than a book has, or longer ones.
    SubjectsCut = "subjects-cut",
    /// A text does not fit, and was cut at a word.
    TextCut = "text-cut",
    /// The title does not fit, and was cut at a word.
    TitleCut = "title-cut",
    /// There is no title.
    TitleMissing = "title-missing",
    /// A record has more cells than there are columns.
    TooManyCells = "too-many-cells",
    /// A record is UNIMARC.
    Unimarc = "unimarc",
    /// A field is not known.
    UnknownField = "unknown-field",
    /// The file is in another format, or in none that is read.
    WrongFormat = "wrong-format",
    /// A field has a value of another type.
    WrongType = "wrong-type",
    /// The record is no XML.
    XmlBad = "xml-bad",
    /// The file declares a document type, and with it entities.
    XmlDoctype = "xml-doctype",
    /// An entity is not known.
    XmlEntity = "xml-entity",
    /// The year is no year.
    YearUnsure = "year-unsure",
}

/// The longest detail of a problem, in bytes. It may name the columns of a table.
const LONGEST_DETAIL: usize = 4_000;
/// The longest value that a problem repeats, in characters.
const LONGEST_VALUE: usize = 100;

/// One problem, in words for people and with a code for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which problem it is.
    pub code: Code,
    /// The field, as a JSON pointer.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub pointer: &'static str,
    /// What is wrong, or what was done.
    pub detail: String,
    /// The value as it came, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Problem {
    /// Makes a problem of a whole record.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        detail.truncate(detail.floor_char_boundary(LONGEST_DETAIL));
        Problem { code, pointer: "", detail, value: None }
    }

    /// Makes a problem of a field.
    pub fn at(pointer: &'static str, code: Code, detail: impl Into<String>) -> Self {
        Problem { pointer, ..Problem::new(code, detail) }
    }

    /// Adds the value.
    #[must_use]
    pub fn of(self, value: &str) -> Self {
        let start: String = value.chars().take(LONGEST_VALUE).collect();
        let cut = if start.len() < value.len() { "…" } else { "" };
        Problem { value: Some(start + cut), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_stands_in_the_manual() {
        let manual = include_str!("../../docs/files.md");
        for code in Code::ALL {
            assert!(manual.contains(&format!("`{}`", code.word())), "{}", code.word());
        }
    }
}
