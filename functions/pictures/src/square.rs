//! Turns an uploaded image into the square JPEG of a user.

use image::ImageFormat;
use image::imageops::FilterType;

use crate::decode::{DAMAGED, decode, encode};

/// The width and height of a picture.
pub(crate) const SIDE: u32 = 256;

/// Returns the middle of an image as a square JPEG.
///
/// # Errors
/// What is wrong with the image, as a sentence for people.
pub(crate) fn square_jpeg(bytes: &[u8], format: ImageFormat) -> Result<Vec<u8>, &'static str> {
    let image = decode(bytes, format)?;
    let short = image.width().min(image.height());
    let square = image.crop_imm((image.width() - short) / 2, (image.height() - short) / 2, short, short);
    let square = square.resize_exact(SIDE, SIDE, FilterType::Lanczos3).into_rgb8();
    encode(&square).map_err(|_| DAMAGED)
}

#[cfg(test)]
mod tests;
