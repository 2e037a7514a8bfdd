//! What a client uploads: the bytes of an image, which become a JPEG of ours.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use image::ImageFormat;
use shared::edge::error::{Error, Result};
use shared::edge::extract::whole_body;
use shared::edge::headers::media_type;
use shared::edge::refusals::{Invalid, Refusal, TooLarge, UnsupportedMediaType};
use shared::edge::refuses::Refuses;
use shared::tables::picture::Picture;
use utoipa::ToSchema;

use crate::image_jobs::ImageJobs;

/// The most bytes of an image: 5 MiB.
///
/// API Gateway accepts less. It puts the body into Lambda's event in base64, and an event has at most 6 MiB in all,
/// which leaves about 4.4 MiB for the image. A larger image gets the gateway's own 413.
pub(crate) const LIMIT: usize = 5 << 20;

/// Shared by all requests of the process. In the local runner there are several at a time.
static IMAGE_JOBS: LazyLock<ImageJobs> = LazyLock::new(ImageJobs::default);

/// An image as it was uploaded. Its bytes say what it is: programs name a PNG `.jpg`, and send it so.
pub(crate) struct Upload {
    format: ImageFormat,
    bytes: Bytes,
}

impl Upload {
    /// Turns the image into a JPEG.
    ///
    /// # Errors
    /// 400 with the sentence of `draw`; 503 if too many images are waiting.
    pub(crate) async fn drawn(self, draw: fn(&[u8], ImageFormat) -> Result<Vec<u8>, &'static str>) -> Result<Picture> {
        let Upload { format, bytes } = self;
        let jpeg = IMAGE_JOBS.run(move || draw(&bytes, format)).await?;
        Ok(Picture::new(jpeg.map_err(|detail| Error::invalid("", detail))?))
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        // Other types do not pass the gateway as bytes. The last three names are those of old programs, and of Internet
        // Explorer.
        match media_type(request.headers()).as_deref() {
            Some("image/jpeg" | "image/png" | "image/webp" | "image/jpg" | "image/pjpeg" | "image/x-png") => {}
            _ => return Err(UnsupportedMediaType::Image.into()),
        }
        let bytes = whole_body(request, state).await?;
        match image::guess_format(&bytes) {
            Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok(Upload { format, bytes }),
            _ => Err(UnsupportedMediaType::Image.into()),
        }
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
