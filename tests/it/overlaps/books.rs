//! Books that change while somebody else, or the same owner, acts on them.

use reqwest::Method;
use serde_json::json;
use tests::Library;
use tests::database::Pattern;

use super::overtaken;

#[tokio::test]
async fn rac3_deleting_by_title_spares_a_book_that_is_renamed_meanwhile() {
    let library = Library::own().proxied().start().await;
    let owner = library.reader().await;
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    let path = format!("/books/{book}");
    // The list does not name the book, whatever comes after it does.
    let held = Pattern::of("books").naming(format!("book#{book}"));
    let others = async { owner.patch(&path, json!({"title": "Dawn"})).await.expect(200) };
    let (deleted, _) = overtaken(&library, held, owner.delete("/books?title=Kindred"), others).await;
    assert_eq!(owner.get(&path).await.status, 200, "a book of another title is deleted");
    deleted.problem(404, "not-found");
}

#[tokio::test]
async fn rac14_a_book_whose_copies_have_all_lapsed_leaves_the_shelf() {
    let library = Library::own().standing_clock().start().await;
    let [owner, reader] = [library.reader().await, library.reader().await];
    let mut books = Vec::new();
    for title in ["Kindred", "Dawn"] {
        let book = owner.adds(title, "Octavia E. Butler").await;
        reader.reserves(&book).await.expect(201);
        books.push(format!("/books/{book}"));
    }
    library.wait(4 * 24 * 60 * 60);
    let owner = library.signs_in(&owner).await;
    let archived = owner.ask(Method::POST, &format!("{}/archive", books[0])).await;
    let deleted = owner.delete(&books[1]).await;
    assert_eq!([archived.status, deleted.status], [200, 204], "a lapsed copy keeps its book on the shelf");
}

#[tokio::test]
async fn rac14_a_copy_that_has_lapsed_is_not_counted_when_the_number_of_copies_falls() {
    let library = Library::own().standing_clock().start().await;
    let [owner, reader] = [library.reader().await, library.reader().await];
    let book = owner.post("/books", json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": 2})).await;
    let book = book.expect(201).string("id");
    let lapsing = reader.reserves(&book).await.expect(201).string("id");
    owner.reserves(&book).await.expect(201);
    library.wait(4 * 24 * 60 * 60);
    let [owner, reader] = [library.signs_in(&owner).await, library.signs_in(&reader).await];
    owner.patch(&format!("/books/{book}"), json!({"copies": 1})).await.expect(200);
    let path = format!("/reservations/{lapsing}");
    assert_eq!(reader.get(&path).await.expect(200).string("status"), "lapsed");
    // What GET shows as ended cannot be cancelled.
    reader.delete(&path).await.problem(404, "not-found");
}
