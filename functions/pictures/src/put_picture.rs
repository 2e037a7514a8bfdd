//! `PUT /users/me/picture`.

use axum::extract::State;
use axum::http::StatusCode;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::values::Address;

use crate::Pictures;
use crate::square::square_jpeg;
use crate::upload::{Image, Upload};

/// Sets the caller's picture. The middle of the image becomes a JPEG of 256 × 256 pixels. Nothing else of the file is
/// stored: no metadata (such as where a photo was taken), no further frames of an animation, no hidden data.
///
/// An image has at most 8,000 pixels a side, 40 million pixels in all, and 5 MiB. API Gateway accepts about 4.4 MiB.
///
/// # Errors
/// 400 if the image is damaged or incomplete, or has too many pixels or scans; 401 without a live session; 413 if it
/// has more than 5 MiB; 415 if it is not a JPEG, PNG or WebP; 503 if too many images are waiting.
#[utoipa::path(put, path = "/users/me/picture", tag = "users", operation_id = "putPicture",
    request_body(content((Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp")), description = "The image itself."),
    extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "The picture is set.")))]
pub(crate) async fn put_picture(
    State(pictures): State<Pictures>,
    caller: Caller,
    from: Address,
    upload: Upload,
) -> Result<StatusCode> {
    let picture = upload.drawn(square_jpeg).await?;
    pictures.accounts.set_picture(Some(&picture), &caller.actor(&pictures.app, from)).await?;
    Ok(StatusCode::NO_CONTENT)
}
