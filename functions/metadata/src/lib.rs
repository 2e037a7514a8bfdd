//! Looks up a book by its ISBN in the catalogues of others, for whoever types it in.
//!
//! This is the only function that calls anything but AWS. It has no secret, and reads nothing of the library but what it
//! has stored itself.

mod ask;
mod catalogues;
mod look_up;

use std::error::Error;

use axum::extract::FromRef;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::library::metadata::Records;

use crate::ask::Client;
use crate::catalogues::Catalogue;
pub use crate::catalogues::UnknownCatalogue;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Metadata {
    app: App,
    records: Records,
    catalogues: Vec<Catalogue>,
    client: Client,
}

impl Metadata {
    /// Asks the catalogues of the settings. `contact` is the address at which their librarians reach this library.
    ///
    /// # Errors
    /// If the settings name an unknown catalogue, or there is no client for them.
    pub fn new(app: App, contact: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let catalogues = app.settings.metadata_sources.iter().map(|text| Catalogue::of(text));
        let catalogues = catalogues.collect::<Result<_, _>>()?;
        Ok(Metadata { records: app.records(), app, catalogues, client: Client::new(contact)? })
    }
}

impl FromRef<Metadata> for App {
    fn from_ref(metadata: &Metadata) -> App {
        metadata.app.clone()
    }
}

/// Checks the text of one catalogue: `dnb`, `openlibrary`, or `dnb=http://127.0.0.1:8080/{isbn}` for one at another address.
///
/// # Errors
/// If it names no catalogue.
pub fn source(text: &str) -> Result<String, UnknownCatalogue> {
    Catalogue::of(text).map(|_| text.to_owned())
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Metadata> {
    Routes::default().routes(routes!(look_up::look_up))
}

/// Returns the function's router.
pub fn app(metadata: Metadata) -> axum::Router {
    let settings = metadata.app.settings.clone();
    shared::edge::router(routes(), metadata, settings, shared::edge::BODY_LIMIT)
}
