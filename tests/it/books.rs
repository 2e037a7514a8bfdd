//! Single books: adding, getting and deleting them, and who may do so.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::{JoinAll, join_all};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, Person, Request, unique};

/// Returns a book with all fields except the ISBN.
pub(crate) fn kindred() -> Value {
    json!({
        "title": "Kindred", "author": "Octavia E. Butler", "publicationYear": 1979, "country": "United States",
        "language": "English", "pages": 264, "releaseDate": "1979-06-01", "copies": 3,
    })
}

/// Returns an ISBN that no other test uses, with 10 and with 13 digits.
pub(crate) fn unique_isbn() -> [String; 2] {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        AtomicU32::new(now.subsec_nanos())
    });
    let nine = format!("{:09}", NEXT.fetch_add(1, Ordering::Relaxed) % 1_000_000_000);
    let digits = |text: &str| text.bytes().map(|digit| u32::from(digit - b'0')).collect::<Vec<_>>();
    let ten: u32 = digits(&nine).iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let ten = match (11 - ten % 11) % 11 {
        10 => format!("{nine}X"),
        check => format!("{nine}{check}"),
    };
    let thirteen: u32 = digits(&format!("978{nine}"))
        .iter()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    [ten, format!("978{nine}{}", (10 - thirteen % 10) % 10)]
}

/// Returns [`kindred`] with that ISBN.
pub(crate) fn with_isbn(isbn: &str) -> Value {
    let mut book = kindred();
    book["isbn"] = json!(isbn);
    book
}

/// Sends all requests in parallel.
pub(crate) fn send_all(requests: impl IntoIterator<Item = Request>) -> JoinAll<<Request as IntoFuture>::IntoFuture> {
    join_all(requests.into_iter().map(IntoFuture::into_future))
}

/// Counts the answers with that status.
pub(crate) fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Asserts that the book is still as `before` showed it.
pub(crate) async fn assert_unchanged(person: &Person, before: &Answer) {
    let now = person.get(&format!("/books/{}", before.string("id"))).await.expect(200);
    assert_eq!(now.json(), before.json());
    assert_eq!(now.header("etag"), before.header("etag"));
}

#[tokio::test]
async fn a_new_book_is_returned_with_all_its_fields() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [_, isbn] = unique_isbn();
    let created = reader.post("/books", with_isbn(&isbn)).await.expect(201);
    let id = created.string("id");
    assert_eq!(created.header("location"), format!("/v1/books/{id}"));
    assert_eq!(created.header("etag"), "\"1\"");

    let mut whole = with_isbn(&isbn);
    whole["id"] = json!(id);
    whole["owner"] = json!(reader.id);
    whole["createdAt"] = json!(created.string("createdAt"));
    whole["updatedAt"] = whole["createdAt"].clone();
    assert_eq!(created.json(), whole);

    let found = library.stranger().get(&format!("/books/{id}")).await.expect(200);
    assert_eq!(found.json(), whole);
    assert_eq!(found.header("etag"), "\"1\"");
    assert_eq!(found.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn a_title_and_an_author_are_enough_for_a_book_of_one_copy() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book =
        reader.post("/books", json!({"title": "Kindred", "author": "Octavia E. Butler"})).await.expect(201).json();
    let fields: Vec<_> = book.as_object().into_iter().flat_map(|book| book.keys()).collect();
    assert_eq!(fields, ["author", "copies", "createdAt", "id", "owner", "title", "updatedAt"]);
    assert_eq!(book["copies"], 1);
}

#[tokio::test]
async fn null_means_the_same_as_a_missing_field() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let nulls = json!({
        "title": "Kindred", "author": "Octavia E. Butler", "isbn": null, "publicationYear": null, "country": null,
        "language": null, "pages": null, "releaseDate": null,
    });
    let book = reader.post("/books", nulls).await.expect(201);
    assert_eq!(book.json().as_object().map(serde_json::Map::len), Some(7));
}

#[tokio::test]
async fn a_client_with_the_current_version_gets_304() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    for known in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "\"7\",W/\"1\"", "*"] {
        let unmodified = reader.get(&book).header("if-none-match", known).await.expect(304);
        assert_eq!(unmodified.text, "", "{known}");
        assert_eq!(unmodified.header("etag"), "\"1\"", "{known}");
    }
    for other in ["\"2\"", "W/\"2\"", "\"11\"", "1", "", "\"\"", "\"0\", \"2\""] {
        reader.get(&book).header("if-none-match", other).await.expect(200);
    }
    reader.patch(&book, json!({"pages": 264})).await.expect(200);
    reader.get(&book).header("if-none-match", "\"1\"").await.expect(200);
}

#[tokio::test]
async fn a_deleted_book_is_gone() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let path = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    assert_eq!(reader.delete(&path).await.expect(204).text, "");
    reader.get(&path).await.problem(404, "not-found");
    reader.get(&path).header("if-none-match", "*").await.problem(404, "not-found");
    reader.put(&path, kindred()).await.problem(404, "not-found");
    reader.patch(&path, json!({"pages": 1})).await.problem(404, "not-found");
    reader.patch(&path, json!({"isbn": unique_isbn()[0]})).header("if-match", "\"1\"").await.problem(404, "not-found");
    reader.delete(&path).await.problem(404, "not-found");
    reader.delete(&path).header("if-match", "*").await.problem(404, "not-found");
}

#[tokio::test]
async fn deleting_by_title_deletes_the_callers_one_book_with_that_title() {
    let library = Library::start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let [longer, others] = [reader.adds("Émile et Une Nuit", "A").await, other.adds("Émile", "A").await];
    reader.delete("/books?title=émile").await.problem(404, "not-found");
    let own = reader.adds("Émile", "A").await;

    reader.delete("/books?title=emile").header("if-match", "\"2\"").await.problem(412, "stale");
    reader.delete("/books?title=emile").header("if-match", "1").await.invalid("If-Match");
    assert_eq!(reader.delete("/books?title=EMILE").header("if-match", "\"1\"").await.expect(204).text, "");
    reader.get(&format!("/books/{own}")).await.problem(404, "not-found");
    for stays in [longer, others] {
        reader.get(&format!("/books/{stays}")).await.expect(200);
    }
    reader.delete("/books?title=Émile").await.problem(404, "not-found");
}

#[tokio::test]
async fn deleting_by_title_deletes_nothing_if_several_books_have_the_title() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [one, two] = [reader.adds("Emma", "Jane Austen").await, reader.adds("EMMA", "Alexander McCall Smith").await];
    reader.delete("/books?title=emma").await.refused(409, "several-books");
    for book in [&one, &two] {
        reader.get(&format!("/books/{book}")).await.expect(200);
    }
    reader.delete(&format!("/books/{one}")).await.expect(204);
    reader.delete("/books?title=emma").await.expect(204);
    reader.get(&format!("/books/{two}")).await.problem(404, "not-found");
}

#[tokio::test]
async fn only_the_owner_deletes_a_book_by_title() {
    let library = Library::start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    let title = unique("Kindred ");
    let path = format!("/books?title={title}");
    let book = reader.adds(&title, "Octavia E. Butler").await;
    library.stranger().delete(&path).await.problem(401, "unauthenticated");
    // A librarian may delete it, but only by its id: a title stands for a book of the caller.
    admin.delete(&path).await.problem(404, "not-found");
    reader.get(&format!("/books/{book}")).await.expect(200);
}

#[tokio::test]
async fn only_the_owner_and_librarians_change_a_book() {
    let library = Library::start().await;
    let (owner, other) = (library.reader().await, library.reader().await);
    let (admin, stranger) = (library.admin().await, library.stranger());
    let before = owner.post("/books", kindred()).await.expect(201);
    let path = format!("/books/{}", before.string("id"));
    stranger.post("/books", kindred()).await.problem(401, "unauthenticated");
    for (method, body) in [
        (Method::PUT, kindred()),
        (Method::PATCH, json!({"pages": 1})),
        (Method::PATCH, json!({"isbn": unique_isbn()[0]})),
        (Method::DELETE, json!({})),
    ] {
        stranger.ask(method.clone(), &path).json(&body).await.problem(401, "unauthenticated");
        other.ask(method.clone(), &path).json(&body).await.problem(403, "forbidden");
        // The owner is checked before the version.
        other.ask(method, &path).json(&body).header("if-match", "\"9\"").await.problem(403, "forbidden");
    }
    assert_unchanged(&other, &before).await;

    let replaced = admin.put(&path, json!({"title": "Dawn", "author": "Octavia E. Butler"})).await.expect(200);
    assert_eq!(replaced.string("owner"), owner.id);
    admin.patch(&path, json!({"isbn": unique_isbn()[0]})).header("if-match", "\"1\"").await.problem(412, "stale");
    admin.patch(&path, json!({"isbn": unique_isbn()[0]})).await.expect(200);
    owner.patch(&path, json!({"pages": 1})).await.expect(200);
    admin.delete(&path).await.expect(204);
}

#[tokio::test]
async fn only_librarians_add_books_with_admins_only_writes() {
    let library = Library::own().settings(|settings| settings.admins_only_writes = true).start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    reader.post("/books", kindred()).await.problem(403, "forbidden");
    library.stranger().post("/books", kindred()).await.problem(401, "unauthenticated");
    let book = admin.post("/books", kindred()).await.expect(201).string("id");
    reader.patch(&format!("/books/{book}"), json!({"pages": 1})).await.problem(403, "forbidden");
    assert_eq!(library.stranger().get("/books").await.expect(200).each("id"), [book]);
}

#[tokio::test]
async fn only_signed_in_readers_see_books_with_members_only_reads() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let (reader, stranger) = (library.reader().await, library.stranger());
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    for path in ["/books".to_owned(), "/books?title=Kindred".into(), format!("/books/{book}")] {
        stranger.get(&path).await.problem(401, "unauthenticated");
        stranger.with_token("nonsense").get(&path).await.problem(401, "unauthenticated");
        reader.get(&path).await.expect(200);
    }
    stranger.get(&format!("/books/{book}")).header("if-none-match", "*").await.problem(401, "unauthenticated");
}
