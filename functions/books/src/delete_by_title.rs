//! `DELETE /books?title=…`.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::{IfMatch, Query};
use shared::tables::library::book::Store;
use shared::tables::library::catalogue::{Order, Selection, TitleMatch};
use shared::values::{Address, Title};
use utoipa::IntoParams;

use crate::{Books, edit, refusal};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// The title, whatever the case and accents.
    #[param(inline)]
    title: Title,
}

/// Deletes the one book of the caller's that has a title.
///
/// # Errors
/// 401 without a live session; 404 if none of the caller's books has the title; 409 if several have; 412 if it is not
/// at the version that `If-Match` names.
#[utoipa::path(delete, path = "/books", tag = "books", operation_id = "deleteBookByTitle",
    params(Params, IfMatch),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "Gone."),
        problems::Invalid, problems::Unauthenticated, problems::NotFound, problems::Conflict, problems::Stale))]
pub(crate) async fn delete_by_title(
    State(books): State<Books>,
    caller: Caller,
    if_match: IfMatch,
    from: Address,
    Query(Params { title }): Query<Params>,
) -> Result<StatusCode> {
    let selection = Selection {
        store: Store::Books,
        author: None,
        owner: Some(caller.id),
        title: TitleMatch::Equal(title.as_str().to_owned()),
        order: Order::Title,
    };
    let found = books.library.list_books(&selection, 1, None).await?;
    let book = match (found.items.first(), found.next) {
        (None, _) => return Err(Error::NotFound("book of yours")),
        (Some(_), Some(_)) => return Err(Error::Conflict("Several of your books have this title: delete by id.")),
        (Some(book), None) => book.id,
    };
    let actor = books.app.actor(caller.id, from);
    let deleted = books.library.delete_book(book, &edit(&caller, &if_match, &actor)).await;
    deleted.map_err(refusal)?;
    Ok(StatusCode::NO_CONTENT)
}
