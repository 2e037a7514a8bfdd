//! Every operation of the contract, called by everybody: nobody gets more than its `x-access` says.

use local::openapi::openapi;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, unique, unique_email};

/// Calls an operation with everything that makes it succeed for whoever may. `book` is somebody's; `owner` says
/// whose, in the operations that are about the caller's own.
async fn call(person: &Person, method: &str, path: &str, book: &str) -> Answer {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
    let query = if (&method, path) == (&Method::DELETE, "/books") { "?title=Nobody%20has%20this" } else { "" };
    let request = person.ask(method.clone(), &format!("{}{query}", path.replace("{bookId}", book)));
    match body(&method, path, person) {
        Some(body) => request.json(&body).await,
        None => request.await,
    }
}

fn body(method: &Method, path: &str, person: &Person) -> Option<Value> {
    let title = unique("A title ");
    match (method.as_str(), path) {
        ("POST", "/auth/register" | "/register") => Some(json!({"email": unique_email(), "password": PASSWORD})),
        ("POST", "/auth/login" | "/login") => Some(json!({"email": person.email, "password": PASSWORD})),
        ("POST", "/auth/refresh-token" | "/auth/refresh") => {
            Some(json!({"refreshToken": person.refresh_token.clone().unwrap_or_default()}))
        }
        ("POST" | "PUT", path) if path.starts_with("/books") => Some(json!({"title": title, "author": "A"})),
        ("PATCH", _) => Some(json!({"pages": 7})),
        ("POST", path) if path.starts_with("/favorites") || path.ends_with("/logout") => None,
        ("POST" | "PUT", path) => panic!("{path} needs a body here"),
        _ => None,
    }
}

/// Whether a caller was let in, whatever became of the request then.
fn let_in(answer: &Answer) -> bool {
    ![401, 403].contains(&answer.status)
}

#[tokio::test]
async fn every_operation_lets_in_exactly_whom_it_says() {
    let contract = openapi().unwrap_or_else(|error| panic!("{error}"));
    let library = Library::own().start().await;
    let mut seen = 0;
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let access = operation["x-access"].as_str().expect("x-access");
            // Each call gets people and a book of its own: some operations end sessions, some delete.
            let owner = library.reader().await;
            let book = owner.adds(&unique("Kindred "), "Octavia E. Butler").await;
            let callers = [
                ("anonymous", library.stranger()),
                ("other", library.reader().await),
                ("admin", library.admin().await),
                ("owner", owner),
            ];
            for (who, caller) in callers {
                let answer = call(&caller, method, path, &book).await;
                assert!(answer.status < 500, "{who} {method} {path}: {}", answer.text);
                // Signing in and refreshing prove themselves by what they send.
                let by_proof = path.contains("login") || path.contains("refresh");
                let may = match access {
                    "public" | "reader" => {
                        !by_proof
                            || caller.access_token.is_some() && who != "admin"
                            || path.contains("refresh") && who == "admin"
                    }
                    "user" | "writer" => who != "anonymous",
                    "owner" => ["owner", "admin"].contains(&who),
                    other => panic!("{other} is no access"),
                };
                assert_eq!(
                    let_in(&answer),
                    may,
                    "{who} {method} {path}, which is for {access}: {} {}",
                    answer.status,
                    answer.text
                );
                if who == "anonymous" && !may {
                    answer.problem(401, "unauthenticated");
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 4 * 19, "{seen}");
}

#[tokio::test]
async fn a_library_for_members_shows_strangers_nothing() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    for path in ["/books".to_owned(), format!("/books/{book}"), "/books?isbn=9780807083697".to_owned()] {
        library.stranger().get(&path).await.problem(401, "unauthenticated");
        reader.get(&path).await.expect(200);
    }
}

#[tokio::test]
async fn where_only_librarians_add_books_readers_are_told_so() {
    let library = Library::own().settings(|settings| settings.admins_only_writes = true).start().await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler"});
    library.stranger().post("/books", book.clone()).await.problem(401, "unauthenticated");
    library.reader().await.post("/books", book.clone()).await.problem(403, "forbidden");
    library.admin().await.post("/books", book).await.expect(201);
}
