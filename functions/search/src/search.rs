//! `GET /search` and `GET /archive/search`.

use axum::extract;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::edge::caller::CatalogReader;
use shared::edge::error::{Error, Result};
use shared::edge::page::{Listing, foreign_cursor};
use shared::tables::library::book::{Book, Store};
use shared::values::{Author, Name, Text, Year};
use shared::words::{Clause, Filter as Narrow};
use utoipa::{IntoParams, ToSchema};

use crate::State;
use crate::find::{Found, Position, find};

/// What a reader types.
pub(crate) type Typed = Text<400>;

#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Words of the title, the author and the subjects, or an ISBN.
    #[param(inline)]
    q: Typed,
    /// Only books in this language, whatever the case and accents.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Name>,
    /// Only books first published in this year.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<Year>,
    /// Only books whose author has these words.
    #[param(inline, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Author>,
}

/// A word that was replaced by one that the library has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Correction {
    /// The word as it was typed, in small letters and without accents.
    #[schema(example = "carrol")]
    pub(crate) typed: String,
    /// The word that was looked for, as the first book has it.
    #[schema(example = "Carol")]
    pub(crate) searched: String,
}

/// What a search did otherwise than it was told.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Remarks {
    /// Words that were replaced by others one slip apart, because nothing is found as it was typed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) corrected: Vec<Correction>,
    /// Words that were left out, because no book has all words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) left_out: Vec<String>,
    /// What is wrong with the ISBN that was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "the check digit should be 9")]
    pub(crate) isbn: Option<String>,
}

/// A page of what was found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Results {
    /// The books, the best first.
    items: Vec<Book>,
    /// Send it as `cursor` for the next page. Absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
    #[serde(flatten)]
    remarks: Remarks,
}

/// Finds books by words.
///
/// A book has all words, each in its title, its author or its subjects, whatever the case and accents. There are no
/// operators. Where no book has them, a word is replaced by one that is one slip apart (`corrected`), or is left out
/// (`leftOut`). A page may have fewer books than `limit`; `nextCursor` tells whether there is more.
///
/// # Errors
/// 400 if a parameter is unknown or invalid, or `q` has no letter and no digit.
#[utoipa::path(get, path = "/search", tag = "search", operation_id = "search",
    params(Listing<Filter, Position>), extensions(("x-access" = json!("reader"))),
    responses((status = 200, description = "A page of books.", body = Results, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn search(
    extract::State(state): extract::State<State>,
    _: CatalogReader,
    listing: Listing<Filter, Position>,
) -> Result<Response> {
    page(&state, Store::Books, &listing).await
}

/// Finds old books by words, in the same way.
///
/// # Errors
/// As of `GET /search`.
#[utoipa::path(get, path = "/archive/search", tag = "archive", operation_id = "searchArchive",
    params(Listing<Filter, Position>), extensions(("x-access" = json!("reader"))),
    responses((status = 200, description = "A page of books.", body = Results, headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn search_archive(
    extract::State(state): extract::State<State>,
    _: CatalogReader,
    listing: Listing<Filter, Position>,
) -> Result<Response> {
    page(&state, Store::Archive, &listing).await
}

async fn page(state: &State, store: Store, listing: &Listing<Filter, Position>) -> Result<Response> {
    let Filter { q, language, year, author } = &listing.filter;
    let author = author.as_ref().map(|author| Clause::all(author.as_str()));
    if author.as_ref().is_some_and(Vec::is_empty) {
        return Err(Error::invalid("?author", "should have a letter or a digit"));
    }
    let narrow = Narrow {
        language: language.as_ref().map(|language| language.as_str().to_owned()),
        year: year.map(Year::get),
        author: author.unwrap_or_default(),
    };
    let after = listing.after()?;
    if after.as_ref().is_some_and(|position| !position.fits(q.as_str())) {
        return Err(foreign_cursor());
    }
    match find(state, store, q.as_str(), narrow, listing.limit, after).await? {
        Some(Found { books, remarks, next }) => Ok(listing.page_with(books, next, remarks)),
        None => Err(Error::invalid("?q", "should have a letter or a digit")),
    }
}
