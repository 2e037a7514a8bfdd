//! `PUT /users/me/picture`.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use image::ImageFormat;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::extract::whole_body;
use shared::edge::headers::media_type;
use shared::edge::refusals::{Invalid, Refusal, TooLarge, UnsupportedMediaType};
use shared::edge::refuses::Refuses;
use shared::tables::accounts::pictures::Picture;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Users;
use crate::avatar::square_jpeg;
use crate::image_jobs::ImageJobs;

/// The most bytes of an image: 5 MiB.
///
/// API Gateway accepts less. It puts the body into Lambda's event in base64, and an event has at most 6 MiB in all,
/// which leaves about 4.4 MiB for the image. A larger image gets the gateway's own 413.
pub(crate) const LIMIT: usize = 5 << 20;

/// Shared by all requests of the process. In the local runner there are several at a time.
static IMAGE_JOBS: LazyLock<ImageJobs> = LazyLock::new(ImageJobs::default);

/// An image as it was uploaded.
pub(crate) struct Upload {
    format: ImageFormat,
    bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        // The second and third names are those of old programs, and of Internet Explorer.
        let format = match media_type(request.headers()).as_deref() {
            Some("image/jpeg" | "image/jpg" | "image/pjpeg") => ImageFormat::Jpeg,
            Some("image/png" | "image/x-png") => ImageFormat::Png,
            Some("image/webp") => ImageFormat::WebP,
            _ => return Err(UnsupportedMediaType::Image.into()),
        };
        Ok(Upload { format, bytes: whole_body(request, state).await? })
    }
}

impl Refuses for Upload {
    fn refusals() -> Vec<Refusal> {
        let of_type = [UnsupportedMediaType::Image.refusal(), UnsupportedMediaType::Encoded.refusal()];
        [vec![Invalid::Input.refusal(), TooLarge::Body.refusal()], of_type.into()].concat()
    }
}

/// An image.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Image(#[expect(dead_code, reason = "it stands for its schema")] Vec<u8>);

/// Sets the caller's picture. The middle of the image becomes a JPEG of 256 × 256 pixels. Nothing else of the file is
/// stored: no metadata (such as where a photo was taken), no further frames of an animation, no hidden data.
///
/// An image has at most 8,000 pixels a side, 40 million pixels in all, and 5 MiB. API Gateway accepts about 4.4 MiB.
///
/// # Errors
/// 400 if the image is damaged, incomplete, not of the type in `Content-Type`, or has too many pixels or scans; 401
/// without a live session; 413 if it has more than 5 MiB; 415 if it is not a JPEG, PNG or WebP; 503 if too many images
/// are waiting.
#[utoipa::path(put, path = "/users/me/picture", tag = "users", operation_id = "putPicture",
    request_body(content((Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp")), description = "The image itself."),
    extensions(("x-access" = json!("user"))),
    responses((status = 204, description = "The picture is set.")))]
pub(crate) async fn put_picture(
    State(users): State<Users>,
    caller: Caller,
    from: Address,
    Upload { format, bytes }: Upload,
) -> Result<StatusCode> {
    let jpeg = IMAGE_JOBS.run(move || square_jpeg(&bytes, format)).await?;
    let picture = Picture::new(jpeg.map_err(|detail| Error::invalid("", detail))?);
    let actor = caller.actor(&users.app, from);
    users.accounts.set_picture(Some(&picture), &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
