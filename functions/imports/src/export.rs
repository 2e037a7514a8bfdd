//! `GET /exports/books`.

use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use formats::write;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use shared::edge::caller::{Caller, CatalogReader};
use shared::edge::error::{Error, Result};
use shared::edge::extract::Query;
use shared::edge::page::{cursor, position};
use shared::edge::refusals::TooMany;
use shared::runtime::app::App;
use shared::tables::library::book::{Book, Store};
use shared::tables::library::exports::{Position, Whose};
use shared::values::{Address, Bounded};
use utoipa::{IntoParams, ToSchema};

use crate::Imports;
use crate::draft::written;

/// The number of books that a page has at most.
type Limit = Bounded<1, 1_000>;

/// The limit of a request that names none.
const MOST: Limit = Limit::of::<1_000>();

/// A page ends before it has more bytes. Lambda's answers have at most 6 MiB as JSON, which needs two bytes for some of ours.
const MOST_BYTES: usize = 2 << 20;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Export {
    /// The format; `csv` where none is named.
    #[param(inline, nullable = false)]
    format: Option<Format>,
    /// `me`: only the caller's own books.
    #[param(inline, nullable = false)]
    owner: Option<Owner>,
    /// `true`: the books of the archive.
    #[param(nullable = false)]
    archived: Option<bool>,
    /// The number of books that the page has at most. The default is 1,000.
    #[param(inline, required = false, nullable = false)]
    limit: Option<Limit>,
    /// The position after the page before, as its `Link` has it.
    #[param(nullable = false)]
    cursor: Option<String>,
}

#[derive(Deserialize, ToSchema, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Format {
    Csv,
    Jsonl,
    Marc,
    MarcXml,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Owner {
    Me,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Marc => "marc",
            Format::MarcXml => "marcxml",
        }
    }

    /// Returns the media type, and the name of the file.
    fn file(self) -> (&'static str, &'static str) {
        match self {
            Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"books.csv\""),
            Format::Jsonl => ("application/jsonl", "attachment; filename=\"books.jsonl\""),
            Format::Marc => ("application/marc", "attachment; filename=\"books.mrc\""),
            Format::MarcXml => ("application/marcxml+xml", "attachment; filename=\"books.xml\""),
        }
    }

    /// Returns what stands before the first book, and what stands after the last.
    fn ends(self) -> (String, &'static str) {
        match self {
            Format::Csv => (write::csv::first(), ""),
            Format::Jsonl | Format::Marc => (String::new(), ""),
            Format::MarcXml => (write::marcxml::first().to_owned(), write::marcxml::last()),
        }
    }

    fn book(self, book: &Book) -> Vec<u8> {
        let book = written(book);
        let mut text = String::new();
        match self {
            Format::Csv => write::csv::book(&mut text, &book),
            Format::Jsonl => write::jsonl::book(&mut text, &book),
            Format::MarcXml => write::marcxml::book(&mut text, &book),
            Format::Marc => {
                let mut record = Vec::new();
                write::marc::book(&mut record, &book);
                return record;
            }
        }
        text.into_bytes()
    }
}

/// Returns books as a file, a page at a time.
///
/// The pages after one another are the file: only the first one has the header of a CSV, and only the last one the end of an XML.
/// Follow `Link`; the last page has no `Link`. A page has up to 1,000 books, the oldest first. If books change meanwhile, the file
/// still has each book once.
///
/// - `csv`: UTF-8 with a byte order mark. A text that a spreadsheet would compute has a `'` in front, which an import takes off.
/// - `jsonl`: a book a line, with the fields of `POST /books`.
/// - `marc`: MARC 21 (ISO 2709) in UTF-8.
/// - `marcxml`: MARC 21 as XML.
///
/// # Errors
/// 400 if a parameter is unknown or invalid; 401 for `owner=me` without a live session; 429 after 120 pages in a minute.
#[utoipa::path(get, path = "/exports/books", tag = "files", operation_id = "exportBooks",
    params(Export),
    extensions(("x-access" = json!("reader")), ("x-refusals" = json!([TooMany::Requests]))),
    responses((status = 200, description = "A page of the file.",
        content((String = "text/csv"), (String = "application/jsonl"), (String = "application/marc"), (String = "application/marcxml+xml")),
        headers(("Link" = String, description = "The next page."),
            ("Content-Disposition" = String, description = "A name for the file.")))))]
pub(crate) async fn export(
    State(imports): State<Imports>,
    _: CatalogReader,
    from: Address,
    Query(wanted): Query<Export>,
    request: Request,
) -> Result<Response> {
    let caller = match wanted.owner {
        Some(Owner::Me) => Some(Caller::from_request_parts(&mut request.into_parts().0, &imports).await?.id),
        None => None,
    };
    let (format, archived) = (wanted.format.unwrap_or(Format::Csv), wanted.archived.unwrap_or(false));
    let url = list_url(&imports.app, format, caller.is_some(), archived);
    let name = caller.map_or_else(|| url.clone(), |caller| format!("{url} of {caller}"));
    let after: Option<Position> = wanted.cursor.as_deref().map(|cursor| position(&name, cursor)).transpose()?;

    let whose = caller.map_or(Whose::Everybody, Whose::Of);
    let store = if archived { Store::Archive } else { Store::Books };
    imports.library.count_export(caller, &from, imports.app.now()).await?;
    let limit = wanted.limit.unwrap_or(MOST).get().unsigned_abs() as usize;
    let found = imports.library.export_books(store, whose, limit, after).await?;

    let (first, last) = format.ends();
    let mut page = if after.is_none() { first.into_bytes() } else { Vec::new() };
    let mut next = found.next;
    let mut before = after;
    for book in found.items {
        let record = format.book(&book);
        if page.len() + record.len() > MOST_BYTES && before != after {
            next = before;
            break;
        }
        page.extend(record);
        before = Some(Position::after(book.id));
    }
    if next.is_none() {
        page.extend(last.bytes());
    }
    let mut headers = HeaderMap::new();
    let (media_type, file) = format.file();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(file));
    if let Some(next) = next {
        let limit = wanted.limit.map(|limit| format!("&limit={}", limit.get())).unwrap_or_default();
        let link = format!("<{url}{limit}&cursor={}>; rel=\"next\"", cursor(&name, &next));
        headers.insert(LINK, HeaderValue::try_from(link).map_err(|error| Error::Internal(error.into()))?);
    }
    Ok((headers, page).into_response())
}

/// Returns the path of the list, with its parameters.
fn list_url(app: &App, format: Format, is_own: bool, archived: bool) -> String {
    let owner = if is_own { "&owner=me" } else { "" };
    let archived = if archived { "&archived=true" } else { "" };
    app.settings.url(&format!("/exports/books?format={}{owner}{archived}", format.word()))
}
