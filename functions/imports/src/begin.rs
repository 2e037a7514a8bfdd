//! `POST /imports`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use formats::Format;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::Forbidden;
use shared::tables::journal::Actor;
use shared::tables::library::imports::duplicates::OnDuplicate;
use shared::tables::library::imports::{self, Import, Shelf, Wishes};
use shared::values::{Address, ImportId, Name};
use utoipa::ToSchema;

use crate::Imports;

/// An import as a client begins it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewImport {
    /// What to call it: the name of the file.
    #[schema(example = "goodreads_library_export.csv")]
    name: Option<Name>,
    /// The format, if it is not to be found by the first part.
    format: Option<FileFormat>,
    /// The encoding by a label that browsers know, if it is not to be guessed.
    #[schema(example = "windows-1252")]
    encoding: Option<Name>,
    /// For a table: which column is which field.
    #[schema(example = json!({"title": "Titel"}))]
    columns: Option<BTreeMap<String, Name>>,
    /// Whether only to say what would happen.
    dry_run: Option<bool>,
    /// What becomes of rows that the library has: they are skipped, if nothing is said.
    on_duplicate: Option<OnDuplicate>,
    /// `favorites`: no book is added. The books of the library that the rows name by their ISBN become favorites. Every reader may do
    /// that.
    shelf: Option<Shelf>,
    /// Whether rows that lack a title or an author are filled with what catalogues say about their ISBN. A part then names the ISBNs
    /// to look up first, with `GET /metadata/{isbn}`.
    enrich: Option<bool>,
}

/// A format that is read. `members` is a table of readers, and the others have books.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileFormat {
    Goodreads,
    StoryGraph,
    LibraryThing,
    Calibre,
    BookWyrm,
    Csv,
    Isbn,
    Members,
    Jsonl,
    Marc,
    MarcXml,
}

impl FileFormat {
    fn word(self) -> &'static str {
        let format = match self {
            FileFormat::Goodreads => Format::Goodreads,
            FileFormat::StoryGraph => Format::StoryGraph,
            FileFormat::LibraryThing => Format::LibraryThing,
            FileFormat::Calibre => Format::Calibre,
            FileFormat::BookWyrm => Format::BookWyrm,
            FileFormat::Csv => Format::Csv,
            FileFormat::Isbn => Format::Isbns,
            FileFormat::Members => Format::Members,
            FileFormat::Jsonl => Format::JsonLines,
            FileFormat::Marc => Format::Marc,
            FileFormat::MarcXml => Format::MarcXml,
        };
        format.word()
    }
}

/// The most columns that are named.
const MOST_COLUMNS: usize = 30;

/// Begins an import. Then send the file, part by part.
///
/// An import can be read for 90 days. A dry run adds nothing, and does not know what earlier parts would have added.
///
/// # Errors
/// 400 if the body is not valid; 401 without a live session; 403 if only librarians may add books in this library, or bring in readers.
#[utoipa::path(post, path = "/imports", tag = "files", operation_id = "beginImport", request_body = NewImport,
    extensions(("x-access" = json!("writer")), ("x-refusals" = json!([Forbidden::LibrariansAddBooks, Forbidden::LibrariansOnly]))),
    responses((status = 201, description = "It takes parts.", body = Import, headers(("Location" = String, description = "The URL of the import.")))))]
pub(crate) async fn begin(
    State(imports): State<Imports>,
    caller: Caller,
    from: Address,
    Body(new): Body<NewImport>,
) -> Result<Response> {
    let actor = importer(&imports, &caller, from, new.shelf)?;
    if let Some(FileFormat::Members) = new.format {
        caller.require_admin()?;
    }
    let text = |name: Option<Name>| name.map(|name| name.as_str().to_owned());
    let wishes = Wishes {
        format: new.format.map(|format| format.word().to_owned()),
        encoding: text(new.encoding),
        columns: new
            .columns
            .unwrap_or_default()
            .into_iter()
            .map(|(field, name)| (field, name.as_str().to_owned()))
            .collect(),
    };
    // DynamoDB takes no attribute without a name.
    if wishes.columns.len() > MOST_COLUMNS || wishes.columns.keys().any(|field| !(1..=40).contains(&field.len())) {
        let detail = format!("should have at most {MOST_COLUMNS} fields, whose names have 1 to 40 letters");
        return Err(Error::invalid("/columns", detail));
    }
    if new.shelf.is_some() && new.on_duplicate.is_some_and(|what| what != OnDuplicate::Skip) {
        return Err(Error::invalid("/onDuplicate", "should be skip if no book is added"));
    }
    let enrich = new.enrich.unwrap_or_default();
    if new.shelf.is_some() && enrich {
        return Err(Error::invalid("/enrich", "should be false if no book is added"));
    }
    let id = ImportId::new(actor.at, imports.app.random());
    let new = imports::NewImport {
        name: new.name,
        wishes,
        dry_run: new.dry_run.unwrap_or_default(),
        on_duplicate: new.on_duplicate.unwrap_or_default(),
        shelf: new.shelf,
        enrich,
    };
    let import = imports.library.begin_import(id, new, &actor).await?;
    let location = [(header::LOCATION, imports.app.settings.url(&format!("/imports/{id}")))];
    Ok((StatusCode::CREATED, location, Json(import)).into_response())
}

/// Returns the caller as the actor of an import: of one that adds books, or of one to a list of their own, which everybody may have.
///
/// # Errors
/// 403 if it adds books, and only librarians may.
pub(crate) fn importer(imports: &Imports, caller: &Caller, from: Address, shelf: Option<Shelf>) -> Result<Actor> {
    if shelf.is_some() || !imports.app.settings.admins_only_writes {
        return Ok(caller.actor(&imports.app, from));
    }
    if !caller.is_admin() {
        return Err(Forbidden::LibrariansAddBooks.into());
    }
    caller.librarian(&imports.app, from)
}
