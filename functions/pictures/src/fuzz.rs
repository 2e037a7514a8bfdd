//! Images, changed at random: [docs/reliability.md](../../../docs/reliability.md#fuzzing).

use std::io::Cursor;

use fuzzer::{Random, Target, changed_bytes, fuzz};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use crate::cover::{HEIGHT, WIDTH, cover_jpeg};
use crate::decode::{DAMAGED, TOO_LARGE};
use crate::square::{SIDE, square_jpeg};

/// A small image of each kind that is accepted. `fuzzer/corpus` has kinds that our encoders do not write.
fn seeds() -> Vec<Vec<u8>> {
    let image = |width, height| {
        DynamicImage::from(RgbaImage::from_fn(width, height, |x, y| {
            let [red, green, blue, alpha] = (x * 7_919 + y * 104_729).wrapping_mul(2_654_435_761).to_le_bytes();
            Rgba([red, green, blue, alpha])
        }))
    };
    let encoded = |image: DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).expect("it is encoded");
        bytes.into_inner()
    };
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 30).encode_image(&image(40, 33).into_luma8()).expect("it is encoded");
    vec![
        jpeg,
        encoded(image(33, 40).into_rgb8().into(), ImageFormat::Jpeg),
        encoded(image(33, 40), ImageFormat::Png),
        encoded(image(40, 33).into_rgb16().into(), ImageFormat::Png),
        encoded(image(33, 33).into_luma_alpha8().into(), ImageFormat::Png),
        encoded(image(40, 33), ImageFormat::WebP),
    ]
}

/// The size of what was drawn, or what is wrong with the image.
type Drawn = Result<(u32, u32), &'static str>;

/// Draws an image, as a user's picture or as a cover, and checks what comes out. Returns its format, and its size or what is wrong.
fn drawn(bytes: &[u8]) -> Option<(String, Drawn)> {
    let format = image::guess_format(bytes).ok()?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return None;
    }
    let mut random = Random::of(bytes);
    let is_cover = random.below(2) == 0;
    // Whoever changes a PNG changes its sums as well. Without that, nothing behind them would be reached.
    let with_sums = (format == ImageFormat::Png && random.below(4) > 0).then(|| with_sums(bytes));
    let bytes = with_sums.as_deref().unwrap_or(bytes);
    let drawn = if is_cover { cover_jpeg(bytes, format) } else { square_jpeg(bytes, format) };
    let known = [
        DAMAGED,
        TOO_LARGE,
        "the image is incomplete",
        "the image has too many scans",
        "the cover should have at least 32 pixels a side",
    ];
    let size = drawn.map(|jpeg| {
        // An item of DynamoDB has at most 400 KB.
        assert!(jpeg.len() < 350_000, "{} bytes", jpeg.len());
        let image = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).expect("a JPEG");
        (image.width(), image.height())
    });
    match size {
        Ok((width, height)) if is_cover => assert!(width <= WIDTH && height <= HEIGHT, "{width} x {height}"),
        Ok(size) => assert_eq!(size, (SIDE, SIDE)),
        Err(detail) => assert!(known.contains(&detail), "{detail}"),
    }
    // A size for each pixel would be too many answers.
    Some((format!("{format:?} {is_cover}"), size.map(|(width, height)| (width / 64, height / 64))))
}

/// Returns a PNG whose chunks have the right sums.
fn with_sums(bytes: &[u8]) -> Vec<u8> {
    let mut png = bytes.to_vec();
    let mut at = 8;
    while let Some(length) = png.get(at..at + 4).and_then(|length| <[u8; 4]>::try_from(length).ok()) {
        let end =
            at.saturating_add(8).saturating_add(usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX));
        let Some(sum) = png.get(at + 4..end).map(sum) else { break };
        let Some(place) = png.get_mut(end..end + 4) else { break };
        place.copy_from_slice(&sum.to_be_bytes());
        at = end + 4;
    }
    png
}

/// Returns the CRC of a PNG chunk (ISO 3309).
fn sum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[test]
fn fuzz_pictures() {
    fuzz(&Target { name: "pictures", cases: 200, change: changed_bytes, seeds: seeds() }, drawn);
}
