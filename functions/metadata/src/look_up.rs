//! `GET /metadata/{isbn}`.

use axum::Json;
use axum::extract::State;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::{Forbidden, NotFound, Unavailable};
use shared::runtime::log::chain;
use shared::tables::library::metadata::CatalogueRecord;
use shared::values::Isbn;

use crate::Metadata;

/// Looks up a book by its ISBN in the catalogues of others.
///
/// The answer is a draft for whoever adds the book: nothing is added. The catalogues are asked one after another until one has
/// the book with its title and its author. What one of them answered is stored for 30 days, and that none has the book for a
/// day. A library chooses its catalogues (the parameter `MetadataSources`), and by default has none.
///
/// # Errors
/// 400 for an invalid ISBN; 401 without a live session; 403 if only librarians may add books in this library; 404 if no
/// catalogue has the book, or the library asks none; 503 if no catalogue answered.
#[utoipa::path(get, path = "/metadata/{isbn}", tag = "books", operation_id = "lookUp",
    params(("isbn" = Isbn, Path, description = "ISBN-10 or ISBN-13, with or without hyphens.")),
    extensions(("x-access" = json!("writer")),
        ("x-refusals" = json!([Forbidden::LibrariansAddBooks, NotFound::LookUpOff, NotFound::Record, Unavailable::CataloguesAway]))),
    responses((status = 200, description = "What a catalogue says about the book.", body = CatalogueRecord)))]
pub(crate) async fn look_up(
    State(metadata): State<Metadata>,
    caller: Caller,
    Path(isbn): Path<Isbn>,
) -> Result<Json<CatalogueRecord>> {
    let app = &metadata.app;
    if app.settings.admins_only_writes && !caller.is_admin() {
        return Err(Forbidden::LibrariansAddBooks.into());
    }
    if metadata.catalogues.is_empty() {
        return Err(NotFound::LookUpOff.into());
    }
    let known = metadata.records.find(&isbn, app.now()).await?;
    let found = match known {
        Some(found) => found,
        None => ask_all(&metadata, &isbn).await?,
    };
    found.map(Json).ok_or_else(|| NotFound::Record.into())
}

/// Asks the catalogues until one has the book with its author, and stores the outcome. A catalogue that did not answer may have
/// it, so then only what was found is stored, never that there is nothing; and not for long, if another may know the author.
async fn ask_all(metadata: &Metadata, isbn: &Isbn) -> Result<Option<CatalogueRecord>> {
    let mut found: Option<CatalogueRecord> = None;
    let (mut answers, mut all_answered) = (0, true);
    for catalogue in &metadata.catalogues {
        match catalogue.ask(&metadata.client, isbn).await {
            Ok(record) => {
                answers += 1;
                let is_whole = record.as_ref().is_some_and(CatalogueRecord::is_whole);
                if is_whole || found.is_none() {
                    found = record;
                }
                if is_whole {
                    break;
                }
            }
            Err(why) => {
                all_answered = false;
                tracing::warn!(catalogue = catalogue.name(), error = %chain(&why), "a catalogue did not answer");
            }
        }
    }
    if answers == 0 {
        return Err(Unavailable::CataloguesAway.into());
    }
    if all_answered || found.is_some() {
        // What was found is answered, whether or not it can be stored.
        if let Err(fault) = metadata.records.store(isbn, found.as_ref(), all_answered, metadata.app.now()).await {
            tracing::warn!(error = %chain(&fault), "what a catalogue answered was not stored");
        }
    }
    Ok(found)
}
