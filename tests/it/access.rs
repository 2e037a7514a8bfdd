//! Calls every operation of the contract as every kind of caller. No caller gets more access than `x-access` states.

use local::openapi::openapi;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, unique, unique_email};

/// The user who owns the book and the reservation of a call. The librarians' operations are about the same user.
struct Owner {
    person: Person,
    book: String,
    reservation: String,
}

/// Calls an operation with all that it needs to succeed for a caller who has access.
async fn call(caller: &Caller, method: &str, path: &str, owner: &Owner) -> Answer {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
    let unknown = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
    let mut url = path.replace("{bookId}", &owner.book).replace("{userId}", &owner.person.id);
    url = url.replace("{reservationId}", &owner.reservation);
    url = url.replace("{sessionId}", unknown).replace("{username}", &unique("unknown"));
    url = url.replace("{isbn}", "9780807083697").replace("{barcode}", &unique("barcode").replace('-', "")[..20]);
    url = url.replace("{importId}", unknown).replace("{part}", "1").replace("{token}", "00");
    if (&method, path) == (&Method::DELETE, "/books") {
        url.push_str("?title=No%20such%20title");
    }
    if path.starts_with("/search") || path == "/archive/search" {
        url.push_str("?q=kindred");
    }
    let by_cookie = || {
        let mut without_header = caller.person.clone();
        let token = without_header.access_token.take().unwrap_or_default();
        without_header.ask(method.clone(), &url).header("cookie", &format!("__Host-access={token}"))
    };
    let mut request = match caller.by {
        By::Header => caller.person.ask(method.clone(), &url),
        By::Cookie => by_cookie(),
        By::ForeignPage => by_cookie().header("origin", "https://evil.example").header("sec-fetch-site", "cross-site"),
    };
    if (&method, path) == (&Method::PUT, "/books/{bookId}/cover") {
        request = request.body("image/png", crate::covers::cover());
    } else if let Some(body) = body(&method, path, &caller.person) {
        request = request.json(&body);
    }
    request.await
}

fn body(method: &Method, path: &str, person: &Person) -> Option<Value> {
    let (email, refresh_token) = (&person.email, person.refresh_token.clone().unwrap_or_default());
    let body = match (method.as_str(), path) {
        ("POST", "/auth/register" | "/register" | "/users/register") => {
            json!({"email": unique_email(), "password": PASSWORD})
        }
        ("POST", "/auth/login" | "/login" | "/users/login") => json!({"email": email, "password": PASSWORD}),
        ("POST", "/auth/refresh-token" | "/auth/refresh") => json!({"refreshToken": refresh_token}),
        ("POST", "/auth/reset-password-request") => json!({"email": unique_email()}),
        ("POST", "/auth/reset-password") => json!({"resetToken": "none", "newPassword": PASSWORD}),
        ("POST", "/auth/verify-email") => json!({"token": "none"}),
        ("PUT", "/auth/password") => json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"}),
        ("PUT", "/users/me/email") => json!({"email": unique_email(), "password": PASSWORD}),
        ("PUT", "/users/me/username") => json!({"username": unique("jane")}),
        // The caller has access, but this is not a picture.
        ("PUT", "/users/me/picture") => json!({}),
        ("POST", "/users") => json!({"firstName": "Jane", "lastName": "Doe", "email": unique_email()}),
        ("POST", "/users/{userId}/sign-in-code") => return None,
        ("PUT", "/users/{userId}/email") => json!({"email": unique_email()}),
        ("PUT", "/users/{userId}/card") => json!({"card": unique("7")}),
        ("PATCH", "/users/me") => json!({"firstName": "Jane"}),
        ("PATCH", "/users/{userId}") => json!({"approved": true}),
        ("DELETE", "/users/me") => json!({"password": PASSWORD}),
        ("POST", "/books/{bookId}/archive" | "/archive/books/{bookId}/restore") => return None,
        ("POST", "/auth/verify-email-request" | "/books/{bookId}/reservations" | "/live/tickets") => return None,
        ("POST", path) if path.starts_with("/reservations") => return None,
        ("POST", "/loans") => {
            json!({"reader": "0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6", "book": "0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6"})
        }
        ("POST", "/returns") => json!({"book": "0192f3a4-6f2d-7c10-8a35-d1e2f3a4b5c6"}),
        ("PUT" | "POST", "/rules" | "/rules/preview") => crate::rules::defaults(),
        ("POST" | "PUT", path) if path.contains("/barcodes") => return None,
        ("POST", "/imports") => json!({}),
        ("POST", "/letters/{token}") => return None,
        ("POST" | "PUT", path) if path.starts_with("/imports/") => return None,
        ("POST" | "PUT", path) if path.starts_with("/books") => json!({"title": unique("A title "), "author": "A"}),
        ("PATCH", path) if path.starts_with("/books") => json!({"pages": 7}),
        ("POST", path) if path.starts_with("/favorites") || path.ends_with("/logout") => return None,
        ("GET" | "DELETE", _) => return None,
        (method, path) => panic!("{method} {path} needs a body here"),
    };
    Some(body)
}

/// Returns whether the caller had access, whatever the outcome of the request.
fn has_access(answer: &Answer) -> bool {
    ![401, 403].contains(&answer.status)
}

/// A caller of the operations.
struct Caller {
    who: &'static str,
    person: Person,
    by: By,
}

/// How a call says whose it is.
enum By {
    Header,
    Cookie,
    /// With the cookie of somebody whose browser shows a page of another origin.
    ForeignPage,
}

/// Every kind of caller. A foreign page has the cookie of a librarian.
const KINDS: [&str; 12] = [
    "anonymous",
    "signed out",
    "disabled",
    "unverified",
    "blocked",
    "demoted",
    "other",
    "other by cookie",
    "foreign page",
    "assistant",
    "admin",
    "owner",
];

impl Caller {
    /// Makes a caller of that kind. `admin` changes what the library says of them.
    async fn of_kind(who: &'static str, library: &Library, admin: &Person, owner: &Person) -> Self {
        let changed = async |person: Person, change: Value| {
            admin.patch(&format!("/users/{}", person.id), change).await.expect(200);
            person
        };
        let person = match who {
            "anonymous" => library.stranger(),
            "unverified" => library.newcomer().await,
            "disabled" => changed(library.reader().await, json!({"disabled": true})).await,
            "blocked" => changed(library.reader().await, json!({"blocked": {"reason": "A fee."}})).await,
            "demoted" => changed(library.with_role("admin").await, json!({"role": "member"})).await,
            "assistant" => library.with_role("assistant").await,
            "admin" | "foreign page" => library.with_role("admin").await,
            "owner" => owner.clone(),
            _ => library.reader().await,
        };
        if who == "signed out" {
            person.post("/auth/logout", json!({})).await.expect(200);
        }
        let by = match who {
            "other by cookie" => By::Cookie,
            "foreign page" => By::ForeignPage,
            _ => By::Header,
        };
        Caller { who, person, by }
    }
}

/// A call of an operation, and its answer.
pub(crate) struct Call {
    who: &'static str,
    operation: String,
    access: String,
    answer: Answer,
}

/// Calls every operation of the contract as these kinds of callers.
pub(crate) async fn call_every_operation(library: &Library, kinds: &[&'static str]) -> Vec<Call> {
    let contract = openapi().unwrap_or_else(|error| panic!("{error}"));
    // Somebody has ten sessions at most, and each librarian is made in a session of the first one.
    let (admin, mut calls) = (library.with_role("admin").await, Vec::new());
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            // Each operation gets its own users and its own book, because some operations end sessions or delete.
            let owner = library.reader().await;
            let book = owner.adds(&unique("Kindred "), "Octavia E. Butler").await;
            let mut reservation = String::new();
            if path.contains("{reservationId}") {
                reservation = owner.reserves(&book).await.expect(201).string("id");
            }
            if path.starts_with("/archive/books/{bookId}") {
                owner.ask(Method::POST, &format!("/books/{book}/archive")).await.expect(200);
            }
            let owner = Owner { person: owner, book, reservation };
            for who in kinds {
                let caller = Caller::of_kind(who, library, &admin, &owner.person).await;
                let answer = call(&caller, method, path, &owner).await;
                let access = operation["x-access"].as_str().expect("x-access").to_owned();
                calls.push(Call { who: caller.who, operation: format!("{method} {path}"), access, answer });
            }
        }
    }
    calls
}

/// What a caller is answered.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// Whatever the outcome is, it is about the request, not about the caller.
    Access,
    /// 401 or 403.
    NoAccess,
    /// This refusal.
    Refused(u16, &'static str),
}

impl Call {
    /// Returns what `x-access` and the kind of the caller say.
    fn expected(&self) -> Expected {
        let Call { who, operation, access, .. } = self;
        let (who, operation) = (*who, operation.as_str());
        // Fetching one's data is a read that leaves a letter, and can be done once an hour.
        let leaves_something = !operation.starts_with("get ") || operation == "get /users/me/data";
        if who == "foreign page" && leaves_something {
            return Expected::Refused(403, "foreign-origin");
        }
        let has_session = !["anonymous", "signed out", "disabled"].contains(&who);
        let is_admin = ["admin", "foreign page"].contains(&who);
        let of_desk = is_admin || who == "assistant";
        match (who, operation) {
            // A reservation is a promise, and needs an address that the library can write to.
            ("unverified", "post /books/{bookId}/reservations") => return Expected::Refused(403, "unverified-address"),
            // The block is the caller's own, and said before anything is looked for.
            ("blocked", "post /reservations/{reservationId}/renew") => return Expected::Refused(409, "blocked"),
            _ => {}
        }
        // Sign-in and refresh are public, but need credentials or a token: a disabled account has none that counts, and
        // who has signed out still has a password.
        let needs_credentials = operation.ends_with("/login") || operation.contains("/refresh");
        let has_credentials = has_session || (who == "signed out" && operation.ends_with("/login"));
        let may = match access.as_str() {
            "public" | "reader" => !needs_credentials || has_credentials,
            "user" | "writer" => has_session,
            "owner" => who == "owner" || is_admin,
            "private" if has_session && !of_desk && who != "owner" => {
                return Expected::Refused(404, "no-such-reservation");
            }
            "private" => who == "owner" || of_desk,
            "desk" => of_desk,
            "admin" => is_admin,
            other => panic!("{other} is an unknown access"),
        };
        if may { Expected::Access } else { Expected::NoAccess }
    }

    /// Returns whether the answer is the expected one.
    fn is_as_expected(&self) -> bool {
        let Call { answer, who, .. } = self;
        match self.expected() {
            Expected::Access => answer.status < 500 && has_access(answer),
            // Whoever has no session is told to sign in, not that it would be in vain.
            Expected::NoAccess if ["anonymous", "signed out"].contains(who) => answer.status == 401,
            Expected::NoAccess => !has_access(answer),
            Expected::Refused(status, code) => answer.status == status && answer.json()["code"] == code,
        }
    }
}

#[tokio::test]
async fn az1_every_operation_accepts_exactly_the_callers_that_its_x_access_names() {
    let library = Library::own().start().await;
    let calls = call_every_operation(&library, &KINDS).await;
    assert!(calls.len() >= 1_000, "{}", calls.len());
    let wrong = calls.iter().filter(|call| !call.is_as_expected());
    let wrong = wrong.map(|call| {
        let Call { who, operation, access, answer } = call;
        format!("{who}: {operation} ({access}) should be {:?}: {} {}", call.expected(), answer.status, answer.text)
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn strangers_see_no_books_with_members_only_reads() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    for path in ["/books".to_owned(), format!("/books/{book}"), "/books?isbn=9780807083697".to_owned()] {
        library.stranger().get(&path).await.problem(401, "unauthenticated");
        reader.get(&path).await.expect(200);
    }
}

#[tokio::test]
async fn readers_add_no_books_with_admins_only_writes() {
    let library = Library::own().settings(|settings| settings.admins_only_writes = true).start().await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler"});
    library.stranger().post("/books", book.clone()).await.problem(401, "unauthenticated");
    library.reader().await.post("/books", book.clone()).await.problem(403, "forbidden");
    library.admin().await.post("/books", book).await.expect(201);
}
