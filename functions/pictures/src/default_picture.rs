//! The default picture: a head and shoulders, drawn once per process at the first request.

use std::sync::LazyLock;

use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};
use shared::tables::picture::Picture;

use crate::decode::encode;
use crate::square::SIDE;

const BACKGROUND: Rgb<u8> = Rgb([226, 229, 234]);
const FIGURE: Rgb<u8> = Rgb([160, 168, 180]);

/// The picture of a user who has not set one.
pub(crate) static DEFAULT_PICTURE: LazyLock<Picture> = LazyLock::new(|| {
    // Drawn at twice the size: scaling it down smooths the edges.
    let drawn = RgbImage::from_fn(SIDE * 2, SIDE * 2, |x, y| if is_figure(x, y) { FIGURE } else { BACKGROUND });
    let smooth = resize(&drawn, SIDE, SIDE, FilterType::Triangle);
    Picture::new(encode(&smooth).unwrap_or_default())
});

/// Returns whether a point is in the head, a circle, or in the shoulders, an ellipse that the lower edge cuts.
fn is_figure(x: u32, y: u32) -> bool {
    let side = f64::from(SIDE * 2);
    let (x, y) = (f64::from(x) / side - 0.5, f64::from(y) / side);
    let head = x.hypot(y - 0.39) < 0.18;
    let shoulders = (x / 0.34).hypot((y - 1.0) / 0.36) < 1.0;
    head || shoulders
}
