//! `PUT /users/me/picture`.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use image::ImageFormat;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::whole_body;
use shared::edge::refusals::{Invalid, Refusal, TooLarge, Unauthenticated, UnsupportedMediaType};
use shared::edge::refuses::Refuses;
use shared::tables::accounts::pictures::Picture;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Users;
use crate::portrait::portrait;
use crate::studio::Studio;

/// The most bytes that an image may have: 5 MiB.
///
/// API Gateway lets fewer through. It puts the body into Lambda's event in base64, and that event may have 6 MiB in all,
/// which leaves some 4.4 MiB for the image. Anything larger gets the gateway's own 413.
pub(crate) const LIMIT: usize = 5 << 20;

/// One for all requests: on a laptop they share a process.
static STUDIO: LazyLock<Studio> = LazyLock::new(Studio::default);

/// An image, as sent.
pub(crate) struct Upload {
    format: ImageFormat,
    bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let format = match kind.trim().to_ascii_lowercase().as_str() {
            "image/jpeg" => ImageFormat::Jpeg,
            "image/png" => ImageFormat::Png,
            "image/webp" => ImageFormat::WebP,
            _ => return Err(UnsupportedMediaType::Image.into()),
        };
        Ok(Upload { format, bytes: whole_body(request, state).await? })
    }
}

impl Refuses for Upload {
    fn refusals() -> Vec<Refusal> {
        vec![Invalid::Input.refusal(), TooLarge::Body.refusal(), UnsupportedMediaType::Image.refusal()]
    }
}

/// An image.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Image(#[expect(dead_code, reason = "it stands for its schema")] Vec<u8>);

/// Sets the caller's picture. The middle of the image becomes a JPEG of 256 × 256 pixels; nothing else of it is kept, be
/// it metadata (where a photo was taken), further frames of an animation, or what was hidden in the file.
///
/// An image has at most 8,000 pixels a side, 40 million in all, and 5 MiB; of those, some 4.4 MiB get through the gateway.
///
/// # Errors
/// 400 for what is no whole image of the type that it says it is, or has too many pixels; 401 without a live session.
#[utoipa::path(put, path = "/users/me/picture", tag = "users", operation_id = "putPicture",
    request_body(content((Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp")), description = "The image itself."),
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone]))),
    responses((status = 204, description = "It is the caller's picture now.")))]
pub(crate) async fn put_picture(
    State(users): State<Users>,
    caller: Caller,
    from: Address,
    Upload { format, bytes }: Upload,
) -> Result<StatusCode> {
    let portrait = STUDIO.work(move || portrait(&bytes, format)).await?;
    let picture = Picture::new(portrait.map_err(|detail| Error::invalid("", detail))?);
    let actor = users.app.actor(caller.id, from);
    users.accounts.set_picture(Some(&picture), &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
