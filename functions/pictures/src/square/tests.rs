//! Square JPEGs from generated images of every kind.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::{SIDE, square_jpeg};
use crate::decode::{DAMAGED, TOO_LARGE};

const FORMATS: [ImageFormat; 3] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
const RED: Rgb<u8> = Rgb([200, 30, 30]);
const BLUE: Rgb<u8> = Rgb([30, 30, 200]);

/// Returns an image whose upper half is red and whose lower half is blue.
fn flag(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| if y < height / 2 { RED } else { BLUE })
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).expect("it is encoded");
    bytes.into_inner()
}

fn decoded(jpeg: &[u8]) -> RgbImage {
    let image = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).expect("a JPEG").into_rgb8();
    assert_eq!(image.dimensions(), (SIDE, SIDE));
    image
}

#[track_caller]
fn is_about(pixel: Rgb<u8>, expected: Rgb<u8>) {
    let apart = pixel.0.iter().zip(expected.0).map(|(one, other)| one.abs_diff(other)).max();
    assert!(apart <= Some(12), "{pixel:?} is not {expected:?}");
}

#[test]
fn any_shape_becomes_a_square_of_its_middle() {
    for format in FORMATS {
        for (width, height) in [(1, 1), (7_000, 2), (2, 7_000), (300, 200), (256, 256), (1_500, 3_000)] {
            let jpeg = square_jpeg(&encoded(flag(width, height), format), format);
            let square = decoded(&jpeg.unwrap_or_else(|detail| panic!("{format:?} {width}×{height}: {detail}")));
            if height > 2 && width > 2 {
                is_about(*square.get_pixel(128, 20), RED);
                is_about(*square.get_pixel(128, 236), BLUE);
            }
        }
    }
}

#[test]
fn a_photo_taken_sideways_stands_upright() {
    let exif = |orientation: u8| {
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        exif
    };
    for (orientation, top, left) in [(1, RED, None), (3, BLUE, None), (6, RED, Some(BLUE)), (8, RED, Some(RED))] {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
        encoder.set_exif_metadata(exif(orientation)).expect("room for it");
        encoder.encode_image(&flag(600, 400)).expect("it is encoded");
        assert!(Orientation::from_exif(orientation).is_some());
        let square = decoded(&square_jpeg(&bytes, ImageFormat::Jpeg).expect("an image"));
        match left {
            None => is_about(*square.get_pixel(128, 20), top),
            Some(left) => is_about(*square.get_pixel(20, 128), left),
        }
    }
}

#[test]
fn transparent_pixels_become_white() {
    let image = RgbaImage::from_fn(400, 400, |x, _| if x < 200 { Rgba([0, 0, 0, 0]) } else { Rgba([0, 0, 0, 255]) });
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let square = decoded(&square_jpeg(&encoded(image.clone(), format), format).expect("an image"));
        is_about(*square.get_pixel(20, 128), Rgb([255, 255, 255]));
        is_about(*square.get_pixel(236, 128), Rgb([0, 0, 0]));
    }
}

#[test]
fn an_incomplete_image_is_refused() {
    for format in FORMATS {
        let whole = encoded(noise(200, 160), format);
        square_jpeg(&whole, format).expect("an image");
        for tenths in 0..10 {
            let part = &whole[..whole.len() * tenths / 10];
            assert!(square_jpeg(part, format).is_err(), "{tenths} tenths of a {format:?}");
        }
    }
}

#[test]
fn an_image_with_too_many_pixels_is_refused_before_it_is_decoded() {
    let blank = |width, height| {
        let row = image::GrayImage::new(width, 1);
        let mut png = encoded(row, ImageFormat::Png);
        png[20..24].copy_from_slice(&u32::to_be_bytes(height));
        let check = crc(&png[12..29]);
        png[29..33].copy_from_slice(&check.to_be_bytes());
        png
    };
    for (width, height) in [(30_000, 30_000), (8_001, 1), (8_000, 5_001), (1, 8_001), (1, u32::MAX >> 1)] {
        assert_eq!(square_jpeg(&blank(width, height), ImageFormat::Png), Err(TOO_LARGE), "{width}×{height}");
    }
    assert_eq!(square_jpeg(&blank(8_000, 5_000), ImageFormat::Png), Err(DAMAGED));
}

#[test]
fn a_jpeg_of_many_scans_is_refused() {
    let whole = encoded(flag(64, 64), ImageFormat::Jpeg);
    let scan = whole.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan");
    let (head, tail) = (&whole[..scan], &whole[scan..whole.len() - 2]);
    let bomb = [head, &tail.repeat(1_000), &[0xFF, 0xD9]].concat();
    assert_eq!(square_jpeg(&bomb, ImageFormat::Jpeg), Err("the image has too many scans"));
}

#[test]
fn a_damaged_image_never_causes_a_panic() {
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).unwrap_or_default()
    };
    for format in FORMATS {
        let whole = encoded(noise(40, 30), format);
        for _ in 0..300 {
            let mut bytes = whole.clone();
            for _ in 0..=next(4) {
                let at = if next(2) == 0 { next(bytes.len()) } else { next(bytes.len().min(700)) };
                bytes[at] = next(256).to_le_bytes()[0];
            }
            if let Ok(jpeg) = square_jpeg(&bytes, format) {
                decoded(&jpeg);
            }
        }
    }
}

/// Returns an image that no encoder can make small.
fn noise(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let value = (x * 7_919 + y * 104_729).wrapping_mul(2_654_435_761);
        let [red, green, blue, _] = value.to_le_bytes();
        Rgb([red, green, blue])
    })
}

/// Returns the CRC of a PNG chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// Returns an animation of one frame, whose upper left corner is at (64, 64) of a canvas.
fn animation(canvas: u32, frame: u32, alpha: bool) -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).expect("a short chunk").to_le_bytes();
        [name, &length, data, &b"\0"[..data.len() % 2]].concat()
    };
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    let image: DynamicImage = if alpha {
        RgbaImage::from_pixel(frame, frame, Rgba([200, 30, 30, 255])).into()
    } else {
        RgbImage::from_pixel(frame, frame, RED).into()
    };
    // A file is the header, and the chunk of the image.
    let still = encoded(image, ImageFormat::WebP);
    let size = [three(canvas - 1), three(canvas - 1)].concat();
    let frame =
        [three(64 / 2), three(64 / 2), three(frame - 1), three(frame - 1), three(100), vec![0], still[12..].to_vec()];
    let parts = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[vec![if alpha { 0x12 } else { 0x02 }, 0, 0, 0], size].concat()),
        chunk(b"ANIM", &[0, 0, 0, 0, 0, 0]),
        chunk(b"ANMF", &frame.concat()),
    ];
    chunk(b"RIFF", &parts.concat())
}

#[test]
fn fl23_what_is_around_the_frame_of_an_animation_is_white() {
    for alpha in [false, true] {
        let jpeg = square_jpeg(&animation(256, 128, alpha), ImageFormat::WebP);
        let square = decoded(&jpeg.unwrap_or_else(|detail| panic!("alpha {alpha}: {detail}")));
        is_about(*square.get_pixel(128, 128), RED);
        for (x, y) in [(8, 8), (248, 8), (8, 248), (248, 248), (128, 20)] {
            is_about(*square.get_pixel(x, y), Rgb([255, 255, 255]));
        }
    }
}
