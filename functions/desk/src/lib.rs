//! The desk: books are lent to whoever stands there, and taken back, by the library's own rules.

mod explain;
mod get_rules;
mod lend;
mod numbers;
mod preview_rules;
mod put_rules;
mod rules;
mod take_back;

use axum::extract::FromRef;
use shared::edge::error::{Error, Result};
use shared::edge::refusals::NotFound;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::Library;
use shared::tables::library::codes::BookOfCode;
use shared::values::{BookId, Code};

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Desk {
    app: App,
    library: Library,
}

impl Desk {
    /// Returns the state on the tables of `app`.
    fn new(app: App) -> Self {
        Desk { library: app.library(), app }
    }

    /// Returns the book that the desk means: by its id or by a code that was scanned.
    ///
    /// # Errors
    /// 400 if it is neither or both; 404 if no book has the code.
    async fn book(&self, book: Option<BookId>, code: Option<&Code>) -> Result<BookOfCode> {
        match (book, code) {
            (Some(book), None) => Ok(BookOfCode { book, barcode: None }),
            (None, Some(code)) => {
                let found = self.library.book_of_code(code).await?;
                Ok(found.ok_or(NotFound::Code)?)
            }
            (None, None) => Err(Error::invalid("/code", "is missing, and so is /book; send one of them")),
            (Some(_), Some(_)) => Err(Error::invalid("/book", "should not be sent with /code; send one of them")),
        }
    }
}

impl FromRef<Desk> for App {
    fn from_ref(state: &Desk) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Desk> {
    Routes::default()
        .routes(routes!(numbers::numbers))
        .routes(routes!(lend::lend))
        .routes(routes!(take_back::take_back))
        .routes(routes!(get_rules::get_rules, put_rules::put_rules).body_limit(rules::LIMIT))
        .routes(routes!(preview_rules::preview_rules).body_limit(rules::LIMIT))
}

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    shared::edge::router(routes(), Desk::new(app), settings, shared::edge::BODY_LIMIT)
}
