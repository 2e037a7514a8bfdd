//! `GET /users/{userId}/picture`. For everybody, without an API key: an `<img>` sends no headers of ours.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::Response;
use shared::edge::error::Result;
use shared::edge::extract::{IfNoneMatch, Path};
use shared::edge::with_etag;
use shared::values::UserId;

use crate::Users;
use crate::put_picture::Image;
use crate::silhouette::SILHOUETTE;

/// Gets a user's picture: a JPEG of 256 × 256 pixels. Who has given none gets the default picture, and so does an id
/// that is nobody's: who is registered is not told here.
///
/// A new picture may take five minutes to be seen: a page with fifty faces shall not ask fifty times whenever it is
/// opened. Who has just set their own can ask past their cache (`fetch` with `cache: "reload"`).
///
/// # Errors
/// 400 for what is no id.
#[utoipa::path(get, path = "/users/{userId}/picture", tag = "users", operation_id = "getPicture",
    params(("userId" = UserId, Path), IfNoneMatch), extensions(("x-access" = json!("public"))),
    responses(
        (status = 200, description = "The picture.", body = Image, content_type = "image/jpeg",
            headers(("ETag" = String, description = "Names these very bytes."))),
        (status = 304, description = "You have it as it is.")))]
pub(crate) async fn get_picture(
    State(users): State<Users>,
    Path(id): Path<UserId>,
    known: IfNoneMatch,
) -> Result<Response> {
    let picture = users.accounts.get_picture(id).await?.unwrap_or_else(|| SILHOUETTE.clone());
    let headers = [
        (CONTENT_TYPE, "image/jpeg"),
        (CACHE_CONTROL, "public, max-age=300"),
        // A website is another site than the API, and a page that isolates itself could show no picture otherwise.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    Ok(with_etag((headers, picture.bytes), picture.tag, Some(&known)))
}
