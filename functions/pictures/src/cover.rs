//! Turns an uploaded image into the JPEG of a cover.

use image::ImageFormat;
use image::imageops::FilterType;

use crate::decode::{DAMAGED, decode, encode};

/// The most pixels of a cover. Pages show it 160 wide, on screens of two pixels a point.
pub(crate) const WIDTH: u32 = 320;
pub(crate) const HEIGHT: u32 = 480;

/// The fewest pixels of a side. Catalogues send an image of one pixel for a cover that they do not have.
const FEWEST: u32 = 32;

/// Returns an image as a JPEG of at most [`WIDTH`] × [`HEIGHT`] pixels, in its own proportions. A small image stays small.
///
/// # Errors
/// What is wrong with the image, as a sentence for people.
pub(crate) fn cover_jpeg(bytes: &[u8], format: ImageFormat) -> Result<Vec<u8>, &'static str> {
    let image = decode(bytes, format)?;
    if image.width().min(image.height()) < FEWEST {
        return Err("the cover should have at least 32 pixels a side");
    }
    let fits = image.width() <= WIDTH && image.height() <= HEIGHT;
    let fitted = if fits { image } else { image.resize(WIDTH, HEIGHT, FilterType::Lanczos3) };
    encode(&fitted.into_rgb8()).map_err(|_| DAMAGED)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

    use super::{HEIGHT, WIDTH, cover_jpeg};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let image = DynamicImage::from(RgbImage::from_pixel(width, height, Rgb([40, 90, 160])));
        image.write_to(&mut bytes, ImageFormat::Png).expect("it is encoded");
        bytes.into_inner()
    }

    #[test]
    fn a_cover_keeps_its_proportions_and_fits_into_320_by_480() {
        for (from, to) in [
            ((600, 900), (320, 480)),
            ((1_000, 1_000), (320, 320)),
            ((500, 3_000), (80, 480)),
            ((4_000, 32), (320, 3)),
            ((200, 300), (200, 300)),
            ((2_000, 3_000), (320, 480)),
        ] {
            let jpeg = cover_jpeg(&png(from.0, from.1), ImageFormat::Png).expect("a cover");
            let cover = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).expect("a JPEG");
            assert_eq!((cover.width(), cover.height()), to, "{from:?}");
        }
    }

    /// An item of DynamoDB has at most 400 KB.
    #[test]
    fn a_cover_that_no_encoder_can_make_small_fits_into_an_item() {
        let mut random = 0x2545_F491_4F6C_DD1D_u64;
        let noise = RgbImage::from_fn(WIDTH, HEIGHT, |_, _| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let [.., red, green, blue] = random.to_le_bytes();
            Rgb([red, green, blue])
        });
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(noise).write_to(&mut bytes, ImageFormat::Png).expect("it is encoded");
        let cover = cover_jpeg(&bytes.into_inner(), ImageFormat::Png).expect("a cover");
        assert!(cover.len() < 350_000, "{}", cover.len());
    }

    #[test]
    fn im70_an_image_that_stands_for_no_cover_is_refused() {
        for (width, height) in [(1, 1), (31, 400), (400, 31)] {
            assert_eq!(
                cover_jpeg(&png(width, height), ImageFormat::Png),
                Err("the cover should have at least 32 pixels a side")
            );
        }
    }
}
