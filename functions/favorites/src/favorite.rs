//! A favorite, as clients see it.

use serde::{Deserialize, Serialize};
use shared::runtime::app::App;
use shared::tables::library::book::Book;
use utoipa::ToSchema;

/// A book that a reader bookmarked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Favorite {
    /// The book.
    #[serde(flatten)]
    book: Book,
    /// The URL of the book: in the catalogue or in the archive.
    #[schema(example = "/v1/books/0192f3a4-5b6c-7d8e-9f01-23456789abcd")]
    url: String,
}

impl Favorite {
    /// Returns the favorite with the URL where its book is now.
    pub(crate) fn of(app: &App, book: Book) -> Self {
        let store = if book.archived { "/archive" } else { "" };
        let url = app.settings.url(&format!("{store}/books/{}", book.id));
        Favorite { book, url }
    }
}
