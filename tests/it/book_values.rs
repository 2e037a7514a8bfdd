//! Unusual but valid values of books are stored unchanged.

use serde_json::json;
use tests::Library;

use crate::books::assert_unchanged;

#[tokio::test]
async fn in5_unusual_text_is_stored_unchanged() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let titles = [
        "👩‍👩‍👧‍👦 Families 🏳️‍🌈",
        "שיר השירים",
        "ألف ليلة وليلة",
        "\u{202e}backwards\u{202c}",
        "源氏物語",
        "รามเกียรติ์",
        "नदी के द्वीप",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́O",
        "\u{301}",
        "…",
        "?",
        "<script>alert(1)</script>",
        "'; DROP TABLE books; --",
        "{{7*7}} ${7*7} %s %n \\ / \" ' ` null undefined",
        "C++ & Rust: 100% #1 = a?b",
        "\u{10ffff}",
        &"龍".repeat(500),
        &"😀".repeat(500),
        &"\u{fdfa}".repeat(500),
    ];
    for title in titles {
        let text = |most: usize| "\u{fdfa}".repeat(most);
        let book = json!({"title": title, "author": text(200), "country": text(100), "language": text(100)});
        let created = reader.post("/books", book).await.expect(201);
        let path = format!("/books/{}", created.string("id"));
        assert_unchanged(&reader, &created).await;
        assert_eq!(created.string("title"), title);
        assert_eq!(created.string("author"), text(200));

        let query =
            [("owner", "me"), ("title", title)].map(|(name, value)| format!("{name}={}", encode(value))).join("&");
        assert_eq!(reader.get(&format!("/books?{query}")).await.expect(200).each("title"), [title]);
        reader.patch(&path, json!({"author": title.chars().take(200).collect::<String>()})).await.expect(200);
        reader.delete(&format!("/books?title={}", encode(title))).await.expect(204);
        reader.get(&path).await.problem(404, "not-found");
    }
}

/// Percent-encodes every byte of `text`.
fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn in5_the_smallest_and_largest_values_are_accepted() {
    let library = Library::start().await;
    let reader = library.reader().await;
    for (field, value) in [
        ("publicationYear", json!(-9_999)),
        ("publicationYear", json!(-1_700)),
        ("publicationYear", json!(0)),
        ("publicationYear", json!(9_999)),
        ("pages", json!(1)),
        ("pages", json!(100_000)),
        ("copies", json!(1)),
        ("copies", json!(10_000)),
        ("releaseDate", json!("0000-01-01")),
        ("releaseDate", json!("9999-12-31")),
        ("releaseDate", json!("2024-02-29")),
        ("title", json!("a")),
        ("author", json!("a".repeat(200))),
        ("country", json!("a".repeat(100))),
        ("isbn", json!(null)),
    ] {
        let created = reader.post("/books", json!({"title": "Dawn", "author": "A", field: value})).await.expect(201);
        assert_eq!(created.json()[field], value);
        assert_unchanged(&reader, &created).await;
    }
}

#[tokio::test]
async fn text_is_trimmed() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let padded = format!("  {}\u{3000}", "a".repeat(500));
    let book = reader.post("/books", json!({"title": padded, "author": " Octavia  E. Butler\u{a0}"})).await.expect(201);
    assert_eq!(book.string("title"), "a".repeat(500));
    assert_eq!(book.string("author"), "Octavia  E. Butler");
}
