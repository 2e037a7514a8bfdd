//! What a JPEG's markers (ITU T.81, B.1) tell before anything is decoded.
//!
//! The decoder paints grey whatever is missing, and goes over all pixels again for each scan of a progressive image.

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// The most scans. Encoders write about ten; five megabytes would have room for half a million.
const MOST: usize = 32;

/// Refuses what ends before its end-of-image marker, and what has too many scans.
///
/// # Errors
/// What is wrong, for a person to read.
pub(crate) fn check(mut jpeg: &[u8]) -> Result<(), &'static str> {
    const TRUNCATED: &str = "the image is not whole";
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

/// Neither a byte of the pixels, nor filling, nor a marker that stands alone.
fn begins_segment(code: u8) -> bool {
    !matches!(code, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF)
}
