//! Pictures of users.

use std::io::Cursor;

use futures_util::future::join_all;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use tests::{Answer, Library, Person};

const KINDS: [(ImageFormat, &str); 3] =
    [(ImageFormat::Jpeg, "image/jpeg"), (ImageFormat::Png, "image/png"), (ImageFormat::WebP, "image/webp")];
/// A PNG whose header declares 30,000 × 30,000 pixels of four bytes.
const BOMB: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0\x66\x27\xf8\xba\
    \0\0\0\x11IDATx\x9cc`\x18\x05\xa3`\x14\x0cw\0\0\x03\xe8\0\x01\xb3\xa6\xd3F\0\0\0\0IEND\xaeB`\x82";
const GREEN: Rgb<u8> = Rgb([40, 160, 80]);
const PLUM: Rgb<u8> = Rgb([120, 40, 110]);

pub(crate) fn plain(width: u32, height: u32, colour: Rgb<u8>) -> DynamicImage {
    RgbImage::from_pixel(width, height, colour).into()
}

pub(crate) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("the image is encoded");
    bytes.into_inner()
}

async fn puts(reader: &Person, kind: &str, image: impl Into<reqwest::Body>) -> Answer {
    reader.ask(Method::PUT, "/users/me/picture").body(kind, image).await
}

/// Uploads a picture and a cover, and deletes them.
pub(crate) async fn upload_and_delete_pictures(library: &Library) {
    let reader = library.reader().await;
    let book = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    for _ in 0..2 {
        crate::covers::puts(&reader, &book, crate::covers::cover()).await.expect(200);
        reader.delete(&format!("{book}/cover")).await.expect(200);
    }
    crate::covers::puts(&reader, &book, crate::covers::cover()).await.expect(200);
    reader.delete(&book).await.expect(204);
    puts(&reader, "image/png", encoded(&plain(8, 8, GREEN), ImageFormat::Png)).await.expect(204);
    picture(&reader, &reader).await.expect(200);
    reader.delete("/users/me/picture").await.expect(204);
}

async fn picture(person: &Person, of: &Person) -> Answer {
    person.get(&format!("/users/{}/picture", of.id)).await
}

/// Asserts that the answer is a JPEG of 256 × 256 pixels. Returns its pixels.
#[track_caller]
fn pixels_of(answer: &Answer) -> RgbImage {
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/jpeg"), "{}", answer.text);
    let image = image::load_from_memory_with_format(&answer.bytes, ImageFormat::Jpeg).expect("a JPEG").into_rgb8();
    assert_eq!(image.dimensions(), (256, 256));
    image
}

/// Asserts that the answer is a picture of that colour.
#[track_caller]
fn assert_plain(answer: &Answer, colour: Rgb<u8>) {
    for pixel in pixels_of(answer).pixels() {
        let apart = pixel.0.iter().zip(colour.0).map(|(one, other)| one.abs_diff(other)).max();
        assert!(apart <= Some(8), "{pixel:?} is not {colour:?}");
    }
}

#[tokio::test]
async fn every_accepted_format_becomes_a_picture_that_everyone_can_see() {
    let library = Library::start().await;
    let (reader, other, stranger) = (library.reader().await, library.reader().await, library.stranger());
    for ((format, kind), colour) in KINDS.into_iter().zip([GREEN, PLUM, GREEN]) {
        puts(&reader, kind, encoded(&plain(700, 500, colour), format)).await.expect(204);
        for person in [&reader, &other, &stranger] {
            assert_plain(&picture(person, &reader).await, colour);
        }
    }
    let profile = reader.get("/users/me").await.expect(200).string("picture");
    assert_eq!(profile, format!("/v1/users/{}/picture", reader.id));
}

#[tokio::test]
async fn only_the_pixels_of_an_image_are_stored() {
    // EXIF that says where a photo was taken: a GPS directory with the latitude's reference.
    const EXIF: &[u8] =
        b"MM\0*\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0";
    let library = Library::start().await;
    let reader = library.reader().await;
    let mut photo = Vec::new();
    let mut encoder = JpegEncoder::new(&mut photo);
    encoder.set_exif_metadata(EXIF.to_vec()).expect("the metadata fits");
    encoder.encode_image(&plain(400, 400, GREEN)).expect("the image is encoded");
    // A page behind the image, which an old browser might show.
    photo.extend(b"<script>alert(1)</script>");
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(has(&photo, b"Exif") && has(&photo, EXIF));

    puts(&reader, "image/jpeg", photo).await.expect(204);
    let stored = picture(&reader, &reader).await;
    assert_plain(&stored, GREEN);
    for part in [&b"Exif"[..], b"MM\0*", b"<script>", b"\xFF\xE1"] {
        assert!(!has(&stored.bytes, part), "{part:?}");
    }
}

#[tokio::test]
async fn an_unchanged_picture_is_not_sent_again() {
    let library = Library::start().await;
    let (reader, stranger) = (library.reader().await, library.stranger());
    puts(&reader, "image/png", encoded(&plain(300, 300, GREEN), ImageFormat::Png)).await.expect(204);
    let path = format!("/users/{}/picture", reader.id);
    let first = stranger.get(&path).await.expect(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");
    for (name, value) in [
        ("cache-control", "public, max-age=300"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(first.header(name), value);
    }
    let again = stranger.get(&path).header("if-none-match", &tag).await.expect(304);
    assert!(again.bytes.is_empty());
    for name in ["etag", "cache-control", "content-type", "cross-origin-resource-policy"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    puts(&reader, "image/png", encoded(&plain(300, 300, PLUM), ImageFormat::Png)).await.expect(204);
    assert_plain(&stranger.get(&path).header("if-none-match", &tag).await, PLUM);
}

#[tokio::test]
async fn a_user_without_a_picture_has_the_default_picture() {
    let library = Library::start().await;
    let (reader, other, stranger) = (library.reader().await, library.reader().await, library.stranger());
    let default_picture = picture(&stranger, &reader).await;
    assert!(pixels_of(&default_picture).pixels().collect::<std::collections::HashSet<_>>().len() > 1);
    let tag = default_picture.header("etag").to_owned();
    stranger.get(&format!("/users/{}/picture", other.id)).header("if-none-match", &tag).await.expect(304);
    // An unknown user has the same picture, so that a picture does not reveal whether an account exists.
    let of_unknown = stranger.get("/users/0192f3a4-5b6c-7d8e-9f01-23456789abcd/picture").await.expect(200);
    assert_eq!((of_unknown.header("etag"), &of_unknown.bytes), (tag.as_str(), &default_picture.bytes));
    stranger.get("/users/kindred/picture").await.invalid("{userId}");
}

#[tokio::test]
async fn deleting_a_picture_is_idempotent() {
    let library = Library::start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let image = encoded(&plain(300, 300, GREEN), ImageFormat::WebP);
    for person in [&reader, &other] {
        puts(person, "image/webp", image.clone()).await.expect(204);
    }
    reader.delete("/users/me/picture").await.expect(204);
    reader.delete("/users/me/picture").await.expect(204);
    let default_picture = picture(&reader, &library.reader().await).await;
    assert_eq!(picture(&reader, &reader).await.bytes, default_picture.bytes);
    assert_plain(&picture(&reader, &other).await, GREEN);
}

#[tokio::test]
async fn only_a_signed_in_user_uploads_or_deletes_a_picture() {
    let library = Library::start().await;
    let stranger = library.stranger();
    let image = encoded(&plain(300, 300, GREEN), ImageFormat::Png);
    puts(&stranger, "image/png", image).await.problem(401, "unauthenticated");
    // The session is checked before the body is read.
    puts(&stranger, "text/plain", "x".repeat(1 << 20)).await.problem(401, "unauthenticated");
    stranger.delete("/users/me/picture").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn upl1_a_file_that_is_not_a_whole_image_is_refused_and_not_stored() {
    let library = Library::behind_gateway().await;
    let reader = library.reader().await;
    let whole = KINDS.map(|(format, _)| encoded(&plain(300, 300, PLUM), format));
    let [jpeg, png, webp] = &whole;
    puts(&reader, "image/png", encoded(&plain(300, 300, GREEN), ImageFormat::Png)).await.expect(204);
    let before = picture(&reader, &reader).await;

    let html = b"<html><script>alert(1)</script></html>";
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
    let invalid: Vec<(&str, Vec<u8>)> = vec![
        ("image/jpeg", [&jpeg[..20], html].concat()),
        ("image/jpeg", [b"\xFF\xD8\xFF\xE0", &b"GIF89a/*"[..], html].concat()),
        ("image/png", [b"\x89PNG\r\n\x1A\n", &html[..]].concat()),
        ("image/webp", [b"RIFF\x40\0\0\0WEBP", &html[..]].concat()),
        ("image/jpeg", jpeg[..jpeg.len() / 2].to_vec()),
        ("image/jpeg", jpeg[..jpeg.len() - 2].to_vec()),
        ("image/png", png[..png.len() / 2].to_vec()),
        ("image/webp", webp[..webp.len() / 2].to_vec()),
        ("image/png", BOMB.to_vec()),
        ("image/png", encoded(&plain(8_001, 1, PLUM), ImageFormat::Png)),
    ];
    for (number, (kind, body)) in invalid.into_iter().enumerate() {
        let answer = puts(&reader, kind, body).await;
        assert_eq!(answer.status, 400, "number {number}: {}", answer.text);
        answer.invalid("");
    }
    // The bytes say what a file is, not its name or its type.
    for body in [&svg[..], html, b"GIF89a\x01\0\x01\0\0\0\0;", b"RIFF", b""] {
        puts(&reader, "image/png", body.to_vec()).await.refused(415, "image-expected");
    }
    for kind in ["image/svg+xml", "image/gif", "image/avif", "image/*", "text/html", "application/json", ""] {
        let answer = puts(&reader, kind, png.clone()).await.problem(415, "unsupported-media-type");
        assert!(answer.text.contains("image/jpeg, image/png or image/webp"), "{}", answer.text);
    }
    reader.ask(Method::PUT, "/users/me/picture").await.problem(415, "unsupported-media-type");
    let large = |size: usize| [&png[..], &vec![0; size - png.len()]].concat();
    // Lambda's limit and API Gateway's, in API Gateway's own words, which nobody can change.
    for size in [5 << 20, 11 << 20] {
        puts(&reader, "image/png", large(size)).await.expect(413);
    }
    assert_eq!(picture(&library.stranger(), &reader).await.bytes, before.bytes);
}

#[tokio::test]
async fn an_image_of_more_than_four_megabytes_is_accepted() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let mut image = encoded(&plain(300, 300, GREEN), ImageFormat::Png);
    // The bytes behind the end of a PNG are ignored.
    image.resize((44 << 20) / 10, 0);
    puts(&reader, "image/png", image).await.expect(204);
    assert_plain(&picture(&reader, &reader).await, GREEN);
    // Other operations accept only small bodies.
    reader.ask(Method::PATCH, "/users/me").body("application/json", "x".repeat(70_000)).await.problem(413, "too-large");
}

#[tokio::test]
async fn eight_parallel_photos_of_24_megapixels_are_accepted() {
    let library = Library::start().await;
    let photo = encoded(&plain(6_000, 4_000, PLUM), ImageFormat::Jpeg);
    let readers = join_all((0..8).map(|_| library.reader())).await;
    for answer in join_all(readers.iter().map(|reader| puts(reader, "image/jpeg", photo.clone()))).await {
        answer.expect(204);
    }
    for reader in &readers {
        assert_plain(&picture(reader, reader).await, PLUM);
    }
}

#[tokio::test]
async fn the_bytes_of_an_image_decide_what_it_is() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let kinds = KINDS.into_iter().zip([GREEN, PLUM, GREEN]);
    for ((format, _), colour) in kinds {
        for (_, said) in KINDS {
            puts(&reader, said, encoded(&plain(300, 300, colour), format)).await.expect(204);
            assert_plain(&picture(&reader, &reader).await, colour);
        }
    }
}
