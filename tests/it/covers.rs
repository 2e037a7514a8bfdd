//! Covers of books.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use reqwest::Method;
use serde_json::json;
use tests::{Answer, Library, Person};

use crate::pictures::{encoded, plain};

const RED: Rgb<u8> = Rgb([190, 40, 40]);
const BLUE: Rgb<u8> = Rgb([40, 60, 170]);

/// Returns a small cover.
pub(crate) fn cover() -> Vec<u8> {
    encoded(&plain(40, 60, RED), ImageFormat::Png)
}

/// Sends an image as the cover of `/books/{bookId}`.
pub(crate) async fn puts(person: &Person, book: &str, image: Vec<u8>) -> Answer {
    person.ask(Method::PUT, &format!("{book}/cover")).body("image/png", image).await
}

async fn a_book(reader: &Person) -> String {
    format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await)
}

/// Returns the pixels of the cover that everybody sees.
async fn seen(library: &Library, book: &str) -> RgbImage {
    let answer = library.stranger().get(&format!("{book}/cover")).await.expect(200);
    assert_eq!(answer.header("content-type"), "image/jpeg");
    image::load_from_memory_with_format(&answer.bytes, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
}

#[track_caller]
fn is_about(pixel: &Rgb<u8>, expected: Rgb<u8>) {
    let apart = pixel.0.iter().zip(expected.0).map(|(one, other)| one.abs_diff(other)).max();
    assert!(apart <= Some(12), "{pixel:?} is not {expected:?}");
}

#[tokio::test]
async fn a_book_has_the_cover_that_its_owner_or_a_librarian_gives_it() {
    let library = Library::start().await;
    let (owner, other, admin) = (library.reader().await, library.reader().await, library.admin().await);
    let book = a_book(&owner).await;
    library.stranger().get(&format!("{book}/cover")).await.refused(404, "no-cover");
    puts(&other, &book, cover()).await.refused(403, "not-your-book");
    puts(&library.stranger(), &book, cover()).await.problem(401, "unauthenticated");

    let changed = puts(&owner, &book, encoded(&plain(400, 600, RED), ImageFormat::Png)).await.expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let pixels = seen(&library, &book).await;
    assert_eq!(pixels.dimensions(), (320, 480));
    is_about(pixels.get_pixel(160, 240), RED);

    puts(&admin, &book, encoded(&plain(200, 200, BLUE), ImageFormat::Png)).await.expect(200);
    is_about(seen(&library, &book).await.get_pixel(100, 100), BLUE);

    other.delete(&format!("{book}/cover")).await.refused(403, "not-your-book");
    let without = owner.delete(&format!("{book}/cover")).await.expect(200);
    assert!(without.json().get("cover").is_none(), "{}", without.text);
    // Idempotent: the second removal writes no version.
    assert_eq!(owner.delete(&format!("{book}/cover")).await.expect(200).header("etag"), without.header("etag"));
    library.stranger().get(&format!("{book}/cover")).await.refused(404, "no-cover");
}

#[tokio::test]
async fn each_answer_with_a_book_names_the_version_of_its_cover() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let tag = puts(&reader, &book, cover()).await.expect(200).string("cover");
    assert_eq!(reader.get(&book).await.expect(200).string("cover"), tag);
    let id = book.trim_start_matches("/books/");
    reader.post(&format!("/favorites/{id}"), json!({})).await.expect(201);
    for list in ["/books?owner=me", "/favorites"] {
        let page = reader.get(list).await.expect(200);
        assert!(page.text.contains(&tag), "{list}: {}", page.text);
    }
    library.local().drained().await;
    assert!(reader.get("/search?q=kindred").await.expect(200).text.contains(&tag));
    // It stays while the book is changed, archived and restored, and a client cannot set it.
    assert_eq!(reader.patch(&book, json!({"pages": 264})).await.expect(200).string("cover"), tag);
    let new = json!({"title": "Kindred", "author": "Octavia E. Butler"});
    assert_eq!(reader.put(&book, new).await.expect(200).string("cover"), tag);
    reader.patch(&book, json!({"cover": "0123456789abcdef01234567"})).await.invalid("/cover");
    let archived = reader.ask(Method::POST, &format!("{book}/archive")).await.expect(200);
    assert_eq!(archived.string("cover"), tag);
    puts(&reader, &book, cover()).await.refused(404, "no-such-book");
    seen(&library, &book).await;
    let restored = reader.ask(Method::POST, &format!("/archive{book}/restore")).await.expect(200);
    assert_eq!(restored.string("cover"), tag);
}

#[tokio::test]
async fn a_cover_at_the_address_with_its_version_is_stored_for_a_year() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let tag = puts(&reader, &book, cover()).await.expect(200).string("cover");
    let stranger = library.stranger();
    let named = format!("{book}/cover?version={tag}");
    for (address, stored) in [
        (named.clone(), "public, max-age=31536000, immutable"),
        (format!("{book}/cover"), "public, max-age=300"),
        // An address of before leads to the cover of now, and is not kept.
        (format!("{book}/cover?version=0123456789abcdef01234567"), "public, max-age=300"),
    ] {
        let answer = stranger.get(&address).await.expect(200);
        assert_eq!(answer.header("cache-control"), stored, "{address}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(answer.header("etag"), format!("\"{tag}\""));
    }
    let again = stranger.get(&named).header("if-none-match", &format!("\"{tag}\"")).await.expect(304);
    assert!(again.bytes.is_empty());
    stranger.get(&format!("{book}/cover?v={tag}")).await.invalid("?v");
}

#[tokio::test]
async fn where_only_members_read_the_catalogue_a_cover_needs_its_version() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let tag = puts(&reader, &book, cover()).await.expect(200).string("cover");
    let stranger = library.stranger();
    stranger.get(&format!("{book}/cover")).await.refused(404, "no-cover");
    stranger.get(&format!("{book}/cover?version=0123456789abcdef01234567")).await.refused(404, "no-cover");
    // An <img> sends no session. Whoever knows the version has read the book.
    stranger.get(&format!("{book}/cover?version={tag}")).await.expect(200);
}

#[tokio::test]
async fn the_cover_of_a_deleted_book_is_deleted_with_it() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    puts(&reader, &book, cover()).await.expect(200);
    reader.delete(&book).await.expect(204);
    library.stranger().get(&format!("{book}/cover")).await.refused(404, "no-cover");
    let items = library.dynamodb().scan("carrel-library").await;
    assert!(!items.iter().any(|item| item["pk"]["S"].as_str().is_some_and(|key| key.starts_with("cover#"))));
}

#[tokio::test]
async fn a_cover_is_set_at_the_version_in_if_match_only() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let path = format!("{book}/cover");
    let stale = reader.ask(Method::PUT, &path).header("if-match", "\"7\"").body("image/png", cover());
    stale.await.refused(412, "stale");
    reader.delete(&path).header("if-match", "\"7\"").await.refused(412, "stale");
    let fresh = reader.ask(Method::PUT, &path).header("if-match", "\"1\"").body("image/png", cover());
    fresh.await.expect(200);
    reader.delete(&path).header("if-match", "\"2\"").await.expect(200);
}

#[tokio::test]
async fn parallel_covers_leave_one_whole_cover_that_its_book_names() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let covers = (1..=8).map(|shade| encoded(&plain(40, 60, Rgb([shade * 25, 40, 40])), ImageFormat::Png));
    let all = futures_util::future::join_all(covers.map(|cover| puts(&reader, &book, cover))).await;
    for answer in all {
        // A write that finds no gap among the others says so.
        assert!([200, 503].contains(&answer.status), "{}", answer.text);
    }
    let tag = reader.get(&book).await.expect(200).string("cover");
    let shown = library.stranger().get(&format!("{book}/cover?version={tag}")).await.expect(200);
    assert_eq!(shown.header("cache-control"), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn im68_a_cover_for_print_is_no_negative() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let cmyk = include_bytes!("cover-cmyk.jpg").to_vec();
    reader.ask(Method::PUT, &format!("{book}/cover")).body("image/jpeg", cmyk).await.expect(200);
    let pixels = seen(&library, &book).await;
    let [red, green, blue] = pixels.get_pixel(pixels.width() / 2, pixels.height() / 2).0;
    assert!(red > 120 && red > green.saturating_add(50) && red > blue.saturating_add(50), "{red} {green} {blue}");
}

#[tokio::test]
async fn im69_what_is_transparent_on_a_cover_is_white() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let image: DynamicImage = RgbaImage::from_pixel(40, 60, Rgba([0, 0, 0, 0])).into();
    puts(&reader, &book, encoded(&image, ImageFormat::Png)).await.expect(200);
    is_about(seen(&library, &book).await.get_pixel(20, 30), Rgb([255, 255, 255]));
}

#[tokio::test]
async fn im70_im72_im73_what_is_no_cover_is_refused_and_the_old_one_stays() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    let tag = puts(&reader, &book, cover()).await.expect(200).string("cover");
    let path = format!("{book}/cover");
    let dot = encoded(&plain(1, 1, RED), ImageFormat::Png);
    let answer = puts(&reader, &book, dot).await;
    assert!(answer.text.contains("at least 32 pixels a side"), "{}", answer.text);
    answer.invalid("");
    // A GIF, and an error page that a script stored as a cover.
    for (kind, body) in [("image/gif", &b"GIF89a\x01\0\x01\0\0\0\0;"[..]), ("image/jpeg", b"<html>Not found</html>")] {
        reader.ask(Method::PUT, &path).body(kind, body.to_vec()).await.refused(415, "image-expected");
    }
    // A header of 50,000 × 50,000 pixels.
    let mut huge = encoded(&plain(40, 60, RED), ImageFormat::Png);
    huge[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    puts(&reader, &book, huge).await.invalid("");
    assert_eq!(reader.get(&book).await.expect(200).string("cover"), tag);
    seen(&library, &book).await;
}

#[tokio::test]
async fn an_image_for_a_book_of_others_is_not_decoded() {
    let library = Library::start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let book = a_book(&reader).await;
    let broken = cover()[..60].to_vec();
    puts(&reader, &book, broken.clone()).await.invalid("");
    puts(&other, &book, broken.clone()).await.refused(403, "not-your-book");
    puts(&reader, &format!("/books/{}", uuid::Uuid::from_u128(7)), broken).await.refused(404, "no-such-book");
}

#[tokio::test]
async fn im71_im74_a_cover_photographed_sideways_stands_upright() {
    const TURNED: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = a_book(&reader).await;
    // Its left half is blue. Turned to the right by 90°, that is the upper half.
    let lying = RgbImage::from_fn(300, 200, |x, _| if x < 150 { BLUE } else { RED });
    let mut photo = Vec::new();
    let mut encoder = JpegEncoder::new(&mut photo);
    encoder.set_exif_metadata(TURNED.to_vec()).expect("the metadata fits");
    encoder.encode_image(&lying).expect("the image is encoded");
    // IM71 as well: this JPEG is sent as a PNG.
    puts(&reader, &book, photo).await.expect(200);
    let pixels = seen(&library, &book).await;
    assert_eq!(pixels.dimensions(), (200, 300));
    is_about(pixels.get_pixel(100, 40), BLUE);
    is_about(pixels.get_pixel(100, 260), RED);
}
