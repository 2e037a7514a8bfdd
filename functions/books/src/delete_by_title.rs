//! `DELETE /books?title=…`.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Precondition, Query};
use shared::edge::refusals::{Conflict, NotFound};
use shared::values::{Address, Title};
use utoipa::IntoParams;

use crate::Books;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// The title. Letter case and accents do not matter.
    #[param(inline)]
    title: Title,
}

/// Deletes the one book of the caller that has a title.
///
/// # Errors
/// 401 without a live session; 404 if no book of the caller in the catalogue has the title; 409 if several books of the
/// caller have it, or while copies are reserved or checked out; 412 if the book is not at the version in `If-Match`.
#[utoipa::path(delete, path = "/books", tag = "books", operation_id = "deleteBookByTitle",
    params(Params, Precondition),
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([NotFound::BookOfYours, Conflict::SeveralBooks, Conflict::BookInUse]))),
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete_by_title(
    State(books): State<Books>,
    caller: Caller,
    precondition: Precondition,
    from: Address,
    Query(Params { title }): Query<Params>,
) -> Result<StatusCode> {
    let actor = caller.actor(&books.app, from);
    books.library.delete_book_by_title(title.as_str(), &caller.edit(precondition.versions(), &actor)).await?;
    Ok(StatusCode::NO_CONTENT)
}
