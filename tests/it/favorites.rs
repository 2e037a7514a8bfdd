//! A reader's favorites.

use serde_json::json;
use tests::{Library, unique};

#[tokio::test]
async fn a_reader_adds_lists_and_removes_a_favorite() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    assert_eq!(reader.get("/favorites").await.expect(200).json(), json!({"items": []}));

    let added = reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    assert_eq!(added.json()["title"], "Kindred");
    assert_eq!(added.header("location"), format!("/v1/favorites/{book}"));
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), [book.as_str()]);

    reader.delete(&format!("/favorites/{book}")).await.expect(204);
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), [""; 0]);
}

#[tokio::test]
async fn adding_a_favorite_twice_adds_it_once() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    reader.post(&format!("/favorites/{book}"), json!({})).await.expect(200);
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), [book]);
}

#[tokio::test]
async fn removing_a_favorite_is_idempotent() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    reader.delete(&format!("/favorites/{book}")).await.expect(204);
    reader.delete(&format!("/favorites/{book}")).await.expect(204);
}

#[tokio::test]
async fn favorites_are_listed_newest_first_in_pages() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let mut books = Vec::new();
    for number in 0..7 {
        let book = reader.adds(&format!("Volume {number}"), "A. N. Author").await;
        reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
        books.insert(0, book);
    }
    let mut seen = Vec::new();
    let mut path = "/favorites?limit=3".to_owned();
    for _ in 0..3 {
        let page = reader.get(&path).await.expect(200);
        seen.extend(page.each("id"));
        let json = page.json();
        let Some(cursor) = json["nextCursor"].as_str() else { break };
        assert_eq!(page.header("link"), format!("</v1/favorites?limit=3&cursor={cursor}>; rel=\"next\""));
        path = format!("/favorites?limit=3&cursor={cursor}");
    }
    assert_eq!(seen, books);
}

#[tokio::test]
async fn a_deleted_book_is_no_longer_a_favorite() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [stays, goes] = [reader.adds("Stays", "A").await, reader.adds("Goes", "A").await];
    for book in [&stays, &goes] {
        reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    }
    reader.delete(&format!("/books/{goes}")).await.expect(204);
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), [stays]);
    reader.post(&format!("/favorites/{goes}"), json!({})).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_reader_sees_and_changes_only_their_own_favorites() {
    let library = Library::start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    let book = one.adds(&unique("Kindred "), "Octavia E. Butler").await;
    one.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    assert_eq!(other.get("/favorites").await.expect(200).each("id"), [""; 0]);
    other.delete(&format!("/favorites/{book}")).await.expect(204);
    assert_eq!(one.get("/favorites").await.expect(200).each("id"), [book.as_str()]);

    // A cursor is invalid in another reader's list.
    let another = one.adds("Dawn", "Octavia E. Butler").await;
    one.post(&format!("/favorites/{another}"), json!({})).await.expect(201);
    let cursor = one.get("/favorites?limit=1").await.expect(200).string("nextCursor");
    other.get(&format!("/favorites?limit=1&cursor={cursor}")).await.invalid("?cursor");
}

#[tokio::test]
async fn invalid_requests_for_favorites_are_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    reader.post("/favorites/0192f3a4-5b6c-7d8e-9f01-23456789abcd", json!({})).await.problem(404, "not-found");
    reader.post("/favorites/kindred", json!({})).await.invalid("{bookId}");
    reader.delete("/favorites/kindred").await.invalid("{bookId}");
    for limit in ["0", "-1", "101", "1000000000", "99999999999999999999", "ten", ""] {
        reader.get(&format!("/favorites?limit={limit}")).await.invalid("?limit");
    }
    reader.get("/favorites?cursor=x").await.invalid("?cursor");
    reader.get("/favorites?order=title").await.invalid("?order");
    reader.get("/favorites?limit=1&limit=2").await.invalid("?limit");
    library.stranger().get("/favorites").await.problem(401, "unauthenticated");
}

/// Adds so many favorites of new books. Returns the ids, the newest first.
async fn favorites(reader: &tests::Person, count: usize) -> Vec<String> {
    let mut books = Vec::new();
    for number in 0..count {
        let book = reader.adds(&format!("Volume {number}"), "A. N. Author").await;
        reader.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
        books.insert(0, book);
    }
    books
}

#[tokio::test]
async fn fl11_a_page_of_favorites_has_items_while_there_are_any() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let books = favorites(&reader, 7).await;
    for book in &books[..4] {
        reader.delete(&format!("/books/{book}")).await.expect(204);
    }
    // The newest four are deleted. Two to a page, the first page is read on.
    let page = reader.get("/favorites?limit=2").await.expect(200);
    assert_eq!(page.each("id"), books[4..6]);
    let cursor = page.string("nextCursor");
    let last = reader.get(&format!("/favorites?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(last.each("id"), books[6..]);
    assert!(last.json()["nextCursor"].is_null());
    for book in &books[4..] {
        reader.delete(&format!("/books/{book}")).await.expect(204);
    }
    assert_eq!(reader.get("/favorites?limit=2").await.expect(200).json(), json!({"items": []}));
}

#[tokio::test]
async fn fl11_an_archived_favorite_is_shown_as_archived_with_a_link_that_opens() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let books = favorites(&reader, 2).await;
    reader.ask(reqwest::Method::POST, &format!("/books/{}/archive", books[0])).await.expect(200);
    let listed = reader.get("/favorites").await.expect(200).json();
    for (item, archived) in listed["items"].as_array().expect("a list").iter().zip([true, false]) {
        assert_eq!(item["archived"] == true, archived, "{item}");
        let path = item["url"].as_str().expect("a link").strip_prefix("/v1").expect("the stage");
        assert_eq!(reader.get(path).await.expect(200).json()["id"], item["id"]);
    }
}

#[tokio::test]
async fn the_location_of_a_favorite_leads_to_it() {
    let library = Library::start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let path = format!("/favorites/{book}");
    reader.get(&path).await.refused(404, "no-such-favorite");
    let added = reader.post(&path, json!({})).await.expect(201);
    let location = added.header("location").strip_prefix("/v1").expect("the stage").to_owned();
    assert_eq!(reader.get(&location).await.expect(200).json(), added.json());
    other.get(&location).await.refused(404, "no-such-favorite");
    reader.ask(reqwest::Method::POST, &format!("/books/{book}/archive")).await.expect(200);
    assert_eq!(reader.get(&location).await.expect(200).json()["archived"], true);
    reader.ask(reqwest::Method::POST, &format!("/archive/books/{book}/restore")).await.expect(200);
    reader.delete(&format!("/books/{book}")).await.expect(204);
    reader.get(&location).await.refused(404, "no-such-favorite");
}
