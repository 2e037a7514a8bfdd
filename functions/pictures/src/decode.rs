//! Decodes an uploaded image. Nothing of the file is kept but the look of its pixels.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits, RgbImage, Rgba};

use crate::scans;

const QUALITY: u8 = 85;

/// The most pixels of an image, a side and in all. Phones take photos of up to 50 million pixels, and shrink them
/// before they share them.
const LONGEST: u32 = 8_000;
const PIXELS: u64 = 40_000_000;

/// The most bytes of the decoded pixels: [`PIXELS`] of four bytes, or half as many of 16 bits a channel.
const BYTES: u64 = PIXELS * 4;

/// A shorter side above this is scaled down to it by the fast, coarse filter. The slow, fine filter does the rest.
const COARSE: u32 = 1_024;

pub(crate) const TOO_LARGE: &str = "the image should have at most 8000 pixels a side and 40 million pixels in all";
pub(crate) const DAMAGED: &str = "the image is damaged or incomplete";

/// Returns an image upright and on a white background, with a shorter side of at most [`COARSE`] pixels.
///
/// # Errors
/// What is wrong with the image, as a sentence for people. Size and scans are checked before anything large is
/// allocated; damage is found by decoding.
pub(crate) fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, &'static str> {
    if format == ImageFormat::Jpeg {
        scans::check(bytes)?;
    }
    let (image, orientation) = pixels(bytes, format)?;
    let mut image = smaller(opaque(image));
    image.apply_orientation(orientation);
    Ok(image)
}

/// Encodes an image as a JPEG.
pub(crate) fn encode(image: &RgbImage) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(image)?;
    Ok(bytes)
}

/// Returns the pixels of an image, or of the first frame of an animation, and how to turn them (EXIF).
fn pixels(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), &'static str> {
    let detail = |error| if matches!(error, ImageError::Limits(_)) { TOO_LARGE } else { DAMAGED };
    let mut limits = Limits::no_limits();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(LONGEST), Some(LONGEST), Some(BYTES));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    // This reads the header only.
    let mut decoder: Box<dyn ImageDecoder> = if format == ImageFormat::WebP {
        let mut webp = WebPDecoder::new(Cursor::new(bytes)).map_err(detail)?;
        webp.set_limits(limits).map_err(detail)?;
        // A frame may be smaller than the animation. What is around it would be black.
        if webp.has_animation() {
            webp.set_background_color(Rgba([255; 4])).map_err(detail)?;
        }
        Box::new(webp)
    } else {
        Box::new(reader.into_decoder().map_err(detail)?)
    };
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > BYTES {
        return Err(TOO_LARGE);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(detail)?, orientation))
}

/// Returns the image on a white background if it has an alpha channel.
fn opaque(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut image = image.into_rgba8();
    for pixel in image.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0.map(u16::from);
        let on_white = |channel: u16| ((channel * alpha + 255 * (255 - alpha)) / 255).to_le_bytes()[0];
        pixel.0 = [on_white(red), on_white(green), on_white(blue), 255];
    }
    image.into()
}

/// Scales the image down to a shorter side of at most [`COARSE`] pixels. Each new pixel is the average of those that it
/// replaces.
fn smaller(image: DynamicImage) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let short = width.min(height);
    if short <= COARSE {
        return image;
    }
    image.thumbnail_exact(width * COARSE / short, height * COARSE / short)
}
