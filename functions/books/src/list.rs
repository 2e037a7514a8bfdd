//! `GET /books` and `GET /archive/books`.

use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::edge::caller::{Caller, CatalogReader};
use shared::edge::error::{Error, Result};
use shared::edge::page::{Listing, Page, foreign_cursor};
use shared::tables::library::book::{Book, Store};
use shared::tables::library::catalogue::{self, Order, Position, Selection, TitleMatch};
use shared::values::{Author, Barcode, Isbn, Name, Title, UserId, fold};
use utoipa::{IntoParams, ToSchema};

use crate::Books;

#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only books of this title, whatever the case and accents.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Title>,
    /// Only books whose title begins so, whatever the case and accents.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    title_prefix: Option<Name>,
    /// Only books by this author, whatever the case and accents.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Author>,
    /// Only the book with this ISBN, in either spelling.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    isbn: Option<Isbn>,
    /// Only the book whose copy has this barcode.
    #[param(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    barcode: Option<Barcode>,
    /// `me`: only the caller's own books.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
    /// The order; by title where none is named.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<Sort>,
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum Owner {
    Me,
}

#[derive(Deserialize, Serialize, ToSchema, Clone, Copy, PartialEq)]
enum Sort {
    #[serde(rename = "title")]
    Title,
    #[serde(rename = "-createdAt")]
    Newest,
}

/// Lists books.
///
/// `title` and `author` are whole titles and names; `GET /search` finds books by words of them. Filters hold together:
/// `author` and `title` give the books of that title by that author. A page has fewer than
/// `limit` books where `author` and `owner` go together; `nextCursor` tells whether there is more.
///
/// # Errors
/// 400 if a parameter is unknown or invalid, for `titlePrefix` without a letter, and for `titlePrefix` with
/// `sort=-createdAt`; 401 for `owner=me` without a live session.
#[utoipa::path(get, path = "/books", tag = "books", operation_id = "listBooks",
    params(Listing<Filter, Position>), extensions(("x-access" = json!("reader"))),
    responses((status = 200, description = "A page of books.", body = Page<Book>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list(
    State(books): State<Books>,
    _: CatalogReader,
    listing: Listing<Filter, Position>,
    request: Request,
) -> Result<Response> {
    page(&books, Store::Books, listing, request).await
}

/// Lists the old books, asked for in the same ways.
///
/// # Errors
/// As of `GET /books`.
#[utoipa::path(get, path = "/archive/books", tag = "archive", operation_id = "listArchivedBooks",
    params(Listing<Filter, Position>), extensions(("x-access" = json!("reader"))),
    responses((status = 200, description = "A page of books.", body = Page<Book>, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_archived(
    State(books): State<Books>,
    _: CatalogReader,
    listing: Listing<Filter, Position>,
    request: Request,
) -> Result<Response> {
    page(&books, Store::Archive, listing, request).await
}

async fn page(books: &Books, store: Store, listing: Listing<Filter, Position>, request: Request) -> Result<Response> {
    let (listing, owner) = match listing.filter.owner {
        Some(Owner::Me) => {
            let caller = Caller::from_request_parts(&mut request.into_parts().0, books).await?;
            (listing.of(caller.id), Some(caller.id))
        }
        None => (listing, None),
    };
    let filter = &listing.filter;
    let selection = selection(store, filter, owner)?;
    let after = listing.after()?;
    if after.as_ref().is_some_and(|position| !selection.has(position)) {
        return Err(foreign_cursor());
    }
    let found = match (&filter.barcode, &filter.isbn) {
        (Some(barcode), _) => Some(books.library.get_book_by_barcode(barcode, store).await?),
        (None, Some(isbn)) => Some(books.library.get_book_by_isbn(isbn, store).await?),
        (None, None) => None,
    };
    if let Some(found) = found {
        let has_isbn = |book: &Book| filter.isbn.is_none() || filter.isbn == book.details.isbn;
        let is_meant = |book: &Book| has_isbn(book) && catalogue::contains(&selection, book);
        return Ok(listing.page(found.into_iter().filter(is_meant).collect(), None));
    }
    let found = books.library.list_books(&selection, listing.limit, after).await?;
    Ok(listing.page(found.items, found.next))
}

fn selection(store: Store, filter: &Filter, owner: Option<UserId>) -> Result<Selection> {
    let title = match (&filter.title, &filter.title_prefix) {
        (Some(_), Some(_)) => return Err(Error::invalid("?titlePrefix", "goes without title")),
        (Some(title), None) => TitleMatch::Equal(title.as_str().to_owned()),
        (None, Some(prefix)) if fold(prefix.as_str()).is_empty() => {
            return Err(Error::invalid("?titlePrefix", "should have a letter, a digit or a sign"));
        }
        (None, Some(prefix)) => TitleMatch::Prefix(prefix.as_str().to_owned()),
        (None, None) => TitleMatch::Any,
    };
    let order = if filter.sort == Some(Sort::Newest) { Order::Newest } else { Order::Title };
    if order == Order::Newest && matches!(title, TitleMatch::Prefix(_)) {
        return Err(Error::invalid("?sort", "should be title with titlePrefix: such lists are sorted by title only"));
    }
    Ok(Selection {
        store,
        author: filter.author.as_ref().map(|author| author.as_str().to_owned()),
        owner,
        title,
        order,
    })
}
