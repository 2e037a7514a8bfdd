//! Checks a JPEG's markers (ITU T.81, B.1) before it is decoded.
//!
//! The decoder (zune-jpeg, as `image` configures it) paints missing pixels grey instead of failing. It passes over all
//! pixels again for each scan; its own limit is 100 scans, for progressive images only, and `image` has no option for
//! it.

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// The most scans of an image. Encoders write about ten; an upload has room for half a million.
const MOST: usize = 32;

/// Refuses a JPEG that ends before its end-of-image marker or has too many scans.
///
/// # Errors
/// The reason, as a sentence for people.
pub(crate) fn check(mut jpeg: &[u8]) -> Result<(), &'static str> {
    const TRUNCATED: &str = "the image is incomplete";
    let mut scans = 0;
    jpeg = jpeg.get(2..).ok_or(TRUNCATED)?;
    loop {
        let marker = jpeg.windows(2).position(|pair| pair[0] == 0xFF && begins_segment(pair[1])).ok_or(TRUNCATED)?;
        match jpeg[marker + 1] {
            END_OF_IMAGE => return Ok(()),
            START_OF_SCAN if scans == MOST => return Err("the image has too many scans"),
            START_OF_SCAN => scans += 1,
            _ => {}
        }
        jpeg = &jpeg[marker + 2..];
        let length = jpeg.first_chunk().map_or(usize::MAX, |length| u16::from_be_bytes(*length).into());
        jpeg = jpeg.get(length..).ok_or(TRUNCATED)?;
    }
}

/// Returns whether a segment follows the marker: it is not a stuffed byte of the pixels, a fill byte or a marker
/// without a segment.
fn begins_segment(code: u8) -> bool {
    !matches!(code, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF)
}
