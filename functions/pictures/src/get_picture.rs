//! `GET /users/{userId}/picture`. Public and without an API key: an `<img>` cannot send an `X-Api-Key` header.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::Response;
use shared::edge::error::Result;
use shared::edge::extract::{IfNoneMatch, Path};
use shared::edge::with_etag;
use shared::values::UserId;

use crate::Pictures;
use crate::default_picture::DEFAULT_PICTURE;
use crate::upload::Image;

/// Returns a user's picture: a JPEG of 256 × 256 pixels. A user without a picture has the default picture. An unknown
/// id has it too, so that the answer does not show who is registered.
///
/// Browsers and caches store a picture for five minutes, so that a page with fifty pictures does not send fifty
/// requests each time it is opened. After setting a new picture, a client can bypass its own cache (`fetch` with
/// `cache: "reload"`).
///
/// # Errors
/// 400 if `userId` is not an id.
#[utoipa::path(get, path = "/users/{userId}/picture", tag = "users", operation_id = "getPicture",
    params(("userId" = UserId, Path), IfNoneMatch), extensions(("x-access" = json!("public"))),
    responses(
        (status = 200, description = "The picture.", body = Image, content_type = "image/jpeg",
            headers(("ETag" = String, description = "Identifies these bytes."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn get_picture(
    State(pictures): State<Pictures>,
    Path(id): Path<UserId>,
    known: IfNoneMatch,
) -> Result<Response> {
    let picture = pictures.accounts.get_picture(id).await?.unwrap_or_else(|| DEFAULT_PICTURE.clone());
    let headers = [
        (CONTENT_TYPE, "image/jpeg"),
        (CACHE_CONTROL, "public, max-age=300"),
        // The website is on another site than the API: without this header, an isolated page (COEP) cannot show the
        // picture.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    Ok(with_etag((headers, picture.bytes), picture.tag, Some(&known)))
}
