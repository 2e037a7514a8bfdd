//! The catalogues that can be asked, and how the answer of each is read.

mod marc;
mod open_library;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::tables::library::metadata::CatalogueRecord;
use shared::values::{Isbn, Subjects};

use crate::ask::{Client, Silence};

/// A catalogue that can be asked, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    known: &'static Known,
    /// `{isbn}` stands for the number.
    address: String,
}

/// A kind of catalogue.
#[derive(Debug)]
struct Known {
    name: &'static str,
    address: &'static str,
    accept: &'static str,
    read: fn(&[u8], &Isbn) -> Result<Option<CatalogueRecord>, Unreadable>,
}

/// The answer is not what the catalogue's interface says.
#[derive(Debug, thiserror::Error)]
#[error("the answer cannot be read: {0}")]
pub(crate) struct Unreadable(pub(crate) String);

const KNOWN: [Known; 2] = [
    // German National Library, SRU (https://www.dnb.de/sru): `NUM` is the index of ISBNs, and the answer is MARCXML.
    Known {
        name: "dnb",
        address: "https://services.dnb.de/sru/dnb?version=1.1&operation=searchRetrieve&maximumRecords=10&recordSchema=MARC21-xml&query=NUM%3D{isbn}",
        accept: "application/xml",
        read: marc::read,
    },
    // Open Library, Books API (https://openlibrary.org/dev/docs/api/books): of its calls the one that has the names of authors.
    Known {
        name: "openlibrary",
        address: "https://openlibrary.org/api/books?format=json&jscmd=data&bibkeys=ISBN:{isbn}",
        accept: "application/json",
        read: open_library::read,
    },
];

/// A name that stands for no catalogue.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} names no catalogue: dnb and openlibrary are known")]
pub struct UnknownCatalogue(String);

/// Why a catalogue said nothing about a book.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Silent(#[from] Silence),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Catalogue {
    /// Reads a name of the parameter: `dnb`, `openlibrary`. `dnb=http://127.0.0.1:8080/{isbn}` is one at another address, for
    /// tests and for a mirror; the template's parameter takes names only.
    ///
    /// # Errors
    /// If the name is unknown.
    pub(crate) fn of(text: &str) -> Result<Self, UnknownCatalogue> {
        let (name, address) = text.split_once('=').map_or((text, None), |(name, address)| (name, Some(address)));
        let known = KNOWN.iter().find(|known| known.name == name);
        let known = known.ok_or_else(|| UnknownCatalogue(text.to_owned()))?;
        Ok(Catalogue { known, address: address.unwrap_or(known.address).to_owned() })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.known.name
    }

    /// Asks for a book. `None`: the catalogue does not have it, or only another edition.
    pub(crate) async fn ask(&self, client: &Client, isbn: &Isbn) -> Result<Option<CatalogueRecord>, Failed> {
        let address = self.address.replace("{isbn}", isbn.as_str());
        let answer = client.get(&address, self.known.accept).await?;
        if answer.is_empty() {
            return Ok(None);
        }
        Ok((self.known.read)(&answer, isbn)?.map(|record| CatalogueRecord { source: self.name().to_owned(), ..record }))
    }
}

/// Makes a record of what a catalogue says. What does not fit the library's rules is left out; without a title nothing is left.
fn record(isbn: &Isbn, mut fields: Map<String, Value>) -> Option<CatalogueRecord> {
    fn take<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Option<T> {
        serde_json::from_value(fields.remove(name)?).ok()
    }
    Some(CatalogueRecord {
        isbn: isbn.clone(),
        source: String::new(),
        title: take(&mut fields, "title")?,
        author: take(&mut fields, "author"),
        publication_year: take(&mut fields, "publicationYear"),
        country: take(&mut fields, "country"),
        language: take(&mut fields, "language"),
        pages: take(&mut fields, "pages"),
        release_date: take(&mut fields, "releaseDate"),
        subjects: take(&mut fields, "subjects").filter(|subjects: &Subjects| !subjects.is_empty()),
    })
}
