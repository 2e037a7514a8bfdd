//! `GET /books/{bookId}/cover`. Without a session and without an API key: an `<img>` can send neither.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::Response;
use serde::Deserialize;
use shared::edge::error::Result;
use shared::edge::extract::{IfNoneMatch, Path, Query};
use shared::edge::refusals::NotFound;
use shared::edge::with_etag;
use shared::values::BookId;
use utoipa::IntoParams;

use crate::Pictures;
use crate::upload::Image;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// The `cover` of the book.
    #[param(nullable = false)]
    version: Option<String>,
}

/// Returns the cover of a book: a JPEG of at most 320 × 480 pixels.
///
/// With the book's `cover` as `version`, browsers and caches store the answer for a year: another cover has another
/// address. Where only members read the catalogue, `version` must be the book's: whoever knows it has seen the book.
///
/// # Errors
/// 400 if `bookId` is not an id; 404 if the book has no cover, or is not there.
#[utoipa::path(get, path = "/books/{bookId}/cover", tag = "books", operation_id = "getCover",
    params(("bookId" = BookId, Path), Parameters, IfNoneMatch), extensions(("x-access" = json!("public")), ("x-refusals" = json!([NotFound::Cover]))),
    responses(
        (status = 200, description = "The cover.", body = Image, content_type = "image/jpeg",
            headers(("ETag" = String, description = "Identifies these bytes."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn get_cover(
    State(pictures): State<Pictures>,
    Path(id): Path<BookId>,
    Query(parameters): Query<Parameters>,
    known: IfNoneMatch,
) -> Result<Response> {
    let cover = pictures.library.get_cover(id).await?.ok_or(NotFound::Cover)?;
    let is_named = parameters.version.as_ref() == Some(&cover.tag);
    if pictures.app.settings.members_only_reads && !is_named {
        return Err(NotFound::Cover.into());
    }
    let headers = [
        (CONTENT_TYPE, "image/jpeg"),
        (CACHE_CONTROL, if is_named { "public, max-age=31536000, immutable" } else { "public, max-age=300" }),
        // The website is on another site than the API: without this header, an isolated page (COEP) cannot show the
        // cover.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    Ok(with_etag((headers, cover.bytes), cover.tag, Some(&known)))
}
