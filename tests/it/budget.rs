//! The cost of each route, in DynamoDB calls and capacity units. It is the same in a small and in a large library.

use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{BookRow, Catalogue, Library, PASSWORD, Person, Stock, unique, unique_email};
use uuid::Uuid;

/// The budget of a request: its calls, the units that it writes, and the units that it reads at most, because lists read
/// only what exists.
struct Budget {
    calls: usize,
    read: f64,
    write: f64,
}

/// The indexes that contain every book. Each adds one write unit.
const INDEXES: f64 = 6.0;
/// The write units of the journal row that is part of every write.
const ROW: f64 = 2.0;
/// The write units of the check that the caller may still do what the request has begun.
const CHECK: f64 = 2.0;
/// The strongly consistent read of the session.
const SESSION: Budget = Budget { calls: 1, read: 1.0, write: 0.0 };

/// Returns the budget of a request without a session.
const fn anonymous(calls: usize, read: f64, write: f64) -> Budget {
    Budget { calls, read, write }
}

/// Returns the budget of a request with a session, which is read as well.
const fn signed_in(calls: usize, read: f64, write: f64) -> Budget {
    Budget { calls: calls + SESSION.calls, read: read + SESSION.read, write: write + SESSION.write }
}

/// The cost of a request: its calls, and the units read and written.
type Cost = (Vec<String>, f64, f64);

/// Returns the cost of the requests since the last time.
fn cost(library: &Library) -> Cost {
    let calls = library.proxy().take_of_requests();
    let (read, write) = (calls.iter().map(|call| call.read).sum(), calls.iter().map(|call| call.write).sum());
    (calls.into_iter().map(|call| format!("{} {}", call.action, call.tables.join("+"))).collect(), read, write)
}

/// Sends a request, and records its cost.
macro_rules! measured {
    ($library:expr, $costs:expr, $name:literal, $budget:expr, $request:expr, $status:literal) => {{
        cost($library);
        let answer = $request.await.expect($status);
        $costs.push(($name, $budget, cost($library)));
        answer
    }};
}

/// Requests, each with its budget and its cost.
type Costs = Vec<(&'static str, Budget, Cost)>;

/// Calls every operation on books once. Returns the cost of each request.
async fn costs_of_books(library: &Library, reader: &Person) -> Costs {
    let mut costs = Vec::new();
    macro_rules! measure {
        ($($request:tt)*) => { measured!(library, costs, $($request)*) };
    }
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "isbn": "9780807083697", "publicationYear": 1979,
        "country": "United States", "language": "English", "pages": 264});
    let stranger = library.stranger();
    // One transaction: two units each for the book, its ISBN and the journal row, and one for each index.
    let added =
        measure!("POST /books", signed_in(1, 0.0, 4.0 + ROW + INDEXES + CHECK), reader.post("/books", book), 201);
    let path = format!("/books/{}", added.string("id"));
    measure!("GET /books/{bookId}", anonymous(1, 0.5, 0.0), stranger.get(&path), 200);
    // The rules, which name the library, are read once a minute.
    measure!("GET /web/books/{bookId}", anonymous(2, 1.5, 0.0), stranger.get(&format!("/web{path}")), 200);
    measure!("GET /books", anonymous(1, 1.5, 0.0), stranger.get("/books"), 200);
    measure!("GET /books newest", anonymous(1, 1.5, 0.0), stranger.get("/books?sort=-createdAt"), 200);
    measure!("GET /books by title", anonymous(1, 1.5, 0.0), stranger.get("/books?title=kindred"), 200);
    measure!("GET /books by author", anonymous(1, 1.5, 0.0), stranger.get("/books?author=octavia%20e.%20butler"), 200);
    measure!("GET /books by ISBN", anonymous(2, 1.0, 0.0), stranger.get("/books?isbn=0807083690"), 200);
    // What the catalogues answered is stored, also that they do not have the book. Each request reads it first.
    let looked_up = "/metadata/9780141439518";
    measure!("GET /metadata/{isbn}", signed_in(2, 0.5, 1.0), reader.get(looked_up), 404);
    measure!("GET /metadata/{isbn} again", signed_in(1, 0.5, 0.0), reader.get(looked_up), 404);
    let barcode = format!("{path}/barcodes/2900000000018");
    let label = reader.ask(Method::POST, &format!("{path}/barcodes"));
    // The counter; then one transaction: the check of the book, its barcodes, the new one, the journal row.
    measure!("POST …/barcodes", signed_in(3, 1.0, 1.0 + 6.0 + ROW + CHECK), label, 201);
    measure!("GET …/barcodes", signed_in(1, 2.0, 0.0), reader.get(&format!("{path}/barcodes")), 200);
    measure!("GET /books by barcode", anonymous(2, 1.0, 0.0), stranger.get("/books?barcode=2900000000018"), 200);
    measure!("DELETE …/barcodes/{barcode}", signed_in(2, 1.0, 6.0 + ROW + CHECK), reader.delete(&barcode), 204);
    let again = reader.ask(Method::PUT, &barcode);
    measure!("PUT …/barcodes/{barcode}", signed_in(2, 1.0, 6.0 + ROW + CHECK), again, 204);
    // Words are indexed after the write. The frequencies of the words, the list of the rarest, the books.
    library.local().drained().await;
    cost(library);
    measure!("GET /search", anonymous(3, 2.0, 0.0), stranger.get("/search?q=kindred%20butler"), 200);
    measure!("GET /search by ISBN", anonymous(2, 1.0, 0.0), stranger.get("/search?q=9780807083697"), 200);
    measure!("GET /search with a slip", anonymous(11, 7.0, 0.0), stranger.get("/search?q=kindrd"), 200);
    measure!("GET /search/suggest", anonymous(2, 1.0, 0.0), stranger.get("/search/suggest?q=kindr"), 200);
    // A thousand books, or as many as there are; and the page is counted.
    measure!("GET /exports/books", anonymous(2, 45.0, 1.0), stranger.get("/exports/books"), 200);
    measure!("GET /books of mine", signed_in(1, 1.5, 0.0), reader.get("/books?owner=me"), 200);
    // Every index contains whole books, so that a list is one call; every index is written with the book. A transaction does
    // not return what it wrote, so the book is read first.
    measure!(
        "PATCH /books/{bookId}",
        signed_in(2, 1.0, 2.0 + ROW + INDEXES + CHECK),
        reader.patch(&path, json!({"pages": 287})),
        200
    );
    // A cover is an item of its own, of two units a KB: this one is small.
    let cover = reader.ask(Method::PUT, &format!("{path}/cover")).body("image/png", crate::covers::cover());
    let shown = measure!("PUT …/cover", signed_in(3, 2.0, 4.0 + ROW + INDEXES + CHECK), cover, 200).string("cover");
    let shown = stranger.get(&format!("{path}/cover?version={shown}"));
    measure!("GET …/cover", anonymous(1, 0.5, 0.0), shown, 200);
    let removed = reader.delete(&format!("{path}/cover"));
    measure!("DELETE …/cover", signed_in(2, 1.0, 4.0 + ROW + INDEXES + CHECK), removed, 200);
    let favorite = path.replace("/books", "/favorites");
    measure!("POST /favorites/{bookId}", signed_in(2, 1.0, 3.0 + ROW + CHECK), reader.post(&favorite, json!({})), 201);
    measure!("GET /favorites", signed_in(2, 11.0, 0.0), reader.get("/favorites"), 200);
    measure!("DELETE /favorites/{bookId}", signed_in(1, 0.0, 3.0 + ROW + CHECK), reader.delete(&favorite), 204);
    let copies = format!("{path}/availability");
    measure!("GET …/availability, never lent", anonymous(1, 1.0, 0.0), stranger.get(&copies), 200);
    measure!("GET /users/me/books/{id}", signed_in(1, 3.0, 0.0), reader.get(&format!("/users/me{path}")), 200);
    // In each index the book moves to another partition. The transaction also checks that the book is not reserved.
    let archive = reader.ask(Method::POST, &format!("{path}/archive"));
    measure!("POST /books/{bookId}/archive", signed_in(2, 1.0, 4.0 + ROW + 2.0 * INDEXES + CHECK), archive, 200);
    let restore = reader.ask(Method::POST, &format!("/archive{path}/restore"));
    measure!(
        "POST /archive/books/{bookId}/restore",
        signed_in(2, 1.0, 2.0 + ROW + 2.0 * INDEXES + CHECK),
        restore,
        200
    );
    measure!("DELETE /books/{bookId}", signed_in(2, 1.0, 6.0 + ROW + INDEXES + CHECK), reader.delete(&path), 204);
    costs
}

/// Calls every operation on users once. Returns the cost of each request.
///
/// A change of an account is one transaction with its journal row, which contains the letter, if any: two units an item. The
/// index of the profiles adds one unit.
async fn costs_of_users(library: &Library) -> Costs {
    let mut costs = Vec::new();
    let (stranger, admin, other) = (library.stranger(), library.admin().await, library.reader().await);
    let email = unique_email();
    macro_rules! measure {
        ($($request:tt)*) => { measured!(library, costs, $($request)*) };
    }
    // Session, profile, two names, what the username looks like and how it reads as a card, its word with the index, journal.
    // The address is counted first, unless it is the library's own.
    let registration = json!({"email": email, "username": unique("jane"), "password": PASSWORD});
    let registration = stranger.at("127.0.0.2").post("/auth/register", registration);
    let registered = measure!("POST /auth/register", anonymous(2, 0.0, 19.0), registration, 201);
    let id = registered.json()["user"]["id"].as_str().unwrap_or_default().to_owned();
    let verification = json!({"token": library.mailed_token(&email, "verify-email").await});
    let jane = stranger.with_tokens(&registered);
    // Profile, sessions, journal.
    measure!("POST /auth/verify-email", signed_in(3, 2.0, 7.0), jane.post("/auth/verify-email", verification), 200);

    // More than one read and one write: the counts of the account are read after the login; the attempt is counted before
    // the password is hashed; the session and its journal row are one transaction.
    let device = registered.string("refreshToken");
    let credentials = json!({"email": email, "password": PASSWORD, "refreshToken": device});
    let login = stranger.post("/auth/login", credentials);
    let tokens = measure!("POST /auth/login, known device", anonymous(4, 2.0, 5.0), login, 200);
    // The network address is counted as well, and after the right password the count is taken back.
    let credentials = json!({"email": email, "password": PASSWORD});
    measure!("POST /auth/login", anonymous(6, 2.0, 7.0), stranger.post("/auth/login", credentials), 200);
    let wrong = json!({"email": other.email, "password": "wrong horse battery"});
    measure!("POST /auth/login, wrong password", anonymous(4, 2.0, 2.0), stranger.post("/auth/login", wrong), 401);
    let unknown = json!({"email": unique_email(), "password": "wrong horse battery"});
    measure!("POST /auth/login, unknown user", anonymous(4, 2.0, 2.0), stranger.post("/auth/login", unknown), 401);
    let refresh = json!({"refreshToken": tokens.string("refreshToken")});
    let tokens = measure!(
        "POST /auth/refresh-token",
        anonymous(1, 0.0, 1.0),
        stranger.post("/auth/refresh-token", refresh),
        200
    );
    let jane = stranger.with_tokens(&tokens);
    measure!("POST /letters/{token}, unknown", anonymous(0, 0.0, 0.0), stranger.ask(Method::POST, "/letters/00"), 404);
    measure!("GET /.well-known/jwks.json", anonymous(1, 1.0, 0.0), stranger.get("/.well-known/jwks.json"), 200);

    let sessions = measure!("GET /auth/sessions", signed_in(0, 0.0, 0.0), jane.get("/auth/sessions"), 200);
    let older =
        sessions.json()["items"].as_array().into_iter().flatten().find(|session| session["current"] == false).cloned();
    let older = format!("/auth/sessions/{}", older.expect("another session")["id"].as_str().unwrap_or_default());
    measure!("DELETE /auth/sessions/{id}", signed_in(1, 0.0, 4.0), jane.delete(&older), 204);
    measure!("GET /users/me", signed_in(1, 1.0, 0.0), jane.get("/users/me"), 200);
    // When it was fetched last, the profile, the attempts, the picture; the rules, seven lists; then a transaction of the note, the
    // journal row with the letter, and the check of the session.
    measure!("GET /users/me/data", signed_in(12, 12.0, 2.0 + ROW + CHECK), jane.get("/users/me/data"), 200);
    measure!(
        "PATCH /users/me",
        // With the names in the item of the session, and two words with their index.
        signed_in(2, 1.0, 13.0),
        jane.patch("/users/me", json!({"firstName": "Jane"})),
        200
    );
    measure!("GET /users/{id}", signed_in(1, 1.0, 0.0), jane.get(&format!("/users/{id}")), 200);
    // A look at a record is recorded.
    measure!("GET /users/{id} as librarian", signed_in(3, 2.0, 1.0), admin.get(&format!("/users/{id}")), 200);
    let name = unique("jane");
    let rename = json!({"username": name});
    measure!("PUT /users/me/username", signed_in(3, 2.0, 28.0), jane.put("/users/me/username", rename), 200);
    let by_name = format!("/users/by-username/{name}");
    measure!("GET /users/by-username/{name}", signed_in(2, 2.0, 0.0), jane.get(&by_name), 200);
    let standing = json!({"role": "admin"});
    let standing = admin.patch(&format!("/users/{id}"), standing);
    // Sessions, profile, journal, the list of the librarians.
    measure!("PATCH /users/{id}", signed_in(3, 2.0, 9.0 + CHECK), standing, 200);
    measure!("GET /users", signed_in(2, 21.5, 0.0), admin.get("/users"), 200);
    let added = json!({"firstName": "Ada", "lastName": "Lovelace", "card": unique("7")});
    // Profile with its index, sessions, journal, a login without a password; two words with their index; the card in both
    // tables, and no username reads the same.
    let added = measure!("POST /users", signed_in(1, 0.0, 21.0 + CHECK), admin.post("/users", added), 201);
    let code = admin.ask(Method::POST, &format!("/users/{}/sign-in-code", added.string("id")));
    measure!("POST /users/{id}/sign-in-code", signed_in(3, 2.0, 8.0 + CHECK), code, 201);
    let card = format!("/users/{id}/card");
    // Profile with its index, sessions, journal; the card in both tables; no username reads the same.
    let given = admin.put(&card, json!({"card": "20410077"}));
    measure!("PUT /users/{id}/card", signed_in(3, 2.0, 13.0 + CHECK), given, 200);
    let by_card = json!({"username": "2041 0077", "password": PASSWORD});
    measure!("POST /auth/login by card", anonymous(7, 3.0, 7.0), stranger.post("/auth/login", by_card), 200);
    let unknown = json!({"username": "3041 0077", "password": "wrong horse battery"});
    measure!("POST /auth/login, unknown card", anonymous(5, 3.0, 2.0), stranger.post("/auth/login", unknown), 401);
    measure!("GET /users?query= by card", signed_in(2, 4.0, 0.0), admin.get("/users?query=20410077"), 200);
    let by_email = format!("/users?query={email}");
    measure!("GET /users?query= by email", signed_in(2, 3.0, 0.0), admin.get(&by_email), 200);
    measure!("GET /users?query= by name", signed_in(2, 1.5, 0.0), admin.get("/users?query=jan%20jane"), 200);
    measure!("DELETE /users/{id}/card", signed_in(3, 2.0, 11.0 + CHECK), admin.delete(&card), 204);

    let added_path = format!("/users/{}/email", added.string("id"));
    // Profile with its index, the role; the login without a password goes, that of the address comes, the card leads there;
    // reset, journal, two counts.
    let invited = admin.put(&added_path, json!({"email": unique_email()}));
    measure!("PUT /users/{id}/email, no password yet", signed_in(4, 3.0, 19.0 + CHECK), invited, 202);
    let other = library.reader().await;
    // Profile with its index, the role, two rows of the journal, two counts.
    let pending = admin.put(&format!("/users/{}/email", other.id), json!({"email": unique_email()}));
    measure!("PUT /users/{id}/email", signed_in(5, 4.0, 13.0 + CHECK), pending, 202);

    // Profile, reset, two names, sessions, journal. The counts are read, and the attempt is counted first.
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse battery"});
    measure!("PUT /auth/password", signed_in(5, 3.0, 14.0), jane.put("/auth/password", change), 200);
    let lost = json!({"email": email});
    measure!(
        "POST /auth/reset-password-request",
        anonymous(3, 2.0, 8.0),
        stranger.post("/auth/reset-password-request", lost),
        202
    );
    let unknown = json!({"email": unique_email()});
    measure!(
        "POST /auth/reset-password-request, unknown",
        anonymous(3, 2.0, 8.0),
        stranger.post("/auth/reset-password-request", unknown),
        202
    );
    let token = library.mailed_token(&email, "reset-password").await;
    let reset = json!({"resetToken": token, "newPassword": PASSWORD});
    measure!("POST /auth/reset-password", anonymous(4, 3.0, 13.0), stranger.post("/auth/reset-password", reset), 200);

    let credentials = json!({"email": email, "password": PASSWORD});
    let jane = stranger.with_tokens(&library.login(&email, PASSWORD).await.expect(200));
    let again = stranger.with_tokens(&stranger.post("/auth/login", credentials).await.expect(200));
    measure!("POST /auth/logout", signed_in(1, 0.0, 4.0), again.ask(reqwest::Method::POST, "/auth/logout"), 200);
    // Profile, picture, reset, two names, sessions, journal, the list of the librarians.
    let goodbye = jane.ask(reqwest::Method::DELETE, "/users/me").json(&json!({"password": PASSWORD}));
    // The group of the reader is read, because the rules count who is in each.
    measure!("DELETE /users/me", signed_in(7, 5.0, 30.0), goodbye, 204);
    measure!("DELETE /users/{id}", signed_in(4, 3.0, 17.0 + CHECK), admin.delete(&format!("/users/{}", other.id)), 204);
    costs
}

/// Calls every operation of lending once, with `size` readers in the queue and `size` returned reservations. Returns the
/// cost of each request.
async fn costs_of_lending(library: &Library, size: usize) -> Costs {
    let mut costs = Vec::new();
    let (admin, reader, other) = (library.admin().await, library.reader().await, library.reader().await);
    macro_rules! measure {
        ($($request:tt)*) => { measured!(library, costs, $($request)*) };
    }
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": 2});
    let book = reader.post("/books", book).await.expect(201).string("id");
    let first = other.reserves(&book).await.expect(201).string("id");
    // The book's lending item, the list of the reader's reservations, the reservation with its three indexes, the journal row.
    let reserved = measure!("POST …/reservations", signed_in(2, 1.0, 9.0 + ROW + CHECK), reader.reserves(&book), 201);
    let path = format!("/reservations/{}", reserved.string("id"));
    // One Query reads the book and its lending item. No copy is free, so another one reads the loan that is due first.
    let copies = format!("/books/{book}/availability");
    measure!("GET /books/{id}/availability", anonymous(2, 2.0, 0.0), library.stranger().get(&copies), 200);
    let own = format!("/users/me/books/{book}");
    measure!("GET /users/me/books/{id}, held", signed_in(2, 5.0, 0.0), reader.get(&own), 200);
    measure!("GET /reservations/{id}", signed_in(1, 2.0, 0.0), reader.get(&path), 200);
    measure!("GET /reservations", signed_in(2, 3.0, 0.0), reader.get("/reservations"), 200);
    queue_up(library, &book, size).await;
    let third = library.reader().await;
    let queued =
        measure!("POST …/reservations in a queue", signed_in(2, 1.0, 7.0 + ROW + CHECK), third.reserves(&book), 202);
    let checkout = admin.steps(&first, "checkout");
    // One Query for each list.
    measure!("GET /desk", signed_in(5, 5.0, 0.0), admin.get("/desk"), 200);
    // One Query, and the names of the readers.
    measure!("GET /reservations of the desk", signed_in(2, 2.0, 0.0), admin.get("/reservations?ready=true"), 200);
    let of_reader = admin.get(&format!("/reservations?reader={}", reader.id));
    measure!("GET /reservations of a reader", signed_in(4, 4.0, 1.0), of_reader, 200);
    let of_book = admin.get(&format!("/books/{book}/reservations?limit=2"));
    measure!("GET /books/{id}/reservations", signed_in(3, 4.0, 0.0), of_book, 200);
    // The reservation, which moves in the desk's index, and the journal row.
    let aside = admin.steps(&first, "put-aside");
    measure!("POST /reservations/{id}/put-aside", signed_in(2, 2.0, 5.0 + ROW + CHECK), aside, 200);
    let undone = admin.steps(&first, "undo");
    measure!("POST /reservations/{id}/undo, put aside", signed_in(2, 2.0, 5.0 + ROW + CHECK), undone, 200);
    admin.steps(&first, "put-aside").await.expect(200);
    // The loan leaves three indexes and is added to them anew, in the order of due dates, which availability reads.
    measure!("POST /reservations/{id}/checkout", signed_in(2, 2.0, 8.0 + ROW + 2.0 * CHECK), checkout, 200);
    // The loan leaves three indexes. The copy goes to the next reader, whose reservation is written with its indexes and a
    // journal row of its own. Whether that reader may borrow is read in the Sessions item.
    let return_copy = admin.steps(&first, "return");
    measure!("POST /reservations/{id}/return", signed_in(4, 4.0, 15.0 + 2.0 * ROW + CHECK), return_copy, 200);
    measure!("DELETE /reservations/{id}", signed_in(4, 4.0, 15.0 + 2.0 * ROW + CHECK), reader.delete(&path), 204);
    // At the desk. A batch reads the book, its copies, the reader's list and group; the transaction checks the reader.
    let lent = copies_of(&admin, 1).await;
    measure!("POST /loans", signed_in(2, 4.0, 9.0 + ROW + 3.0 * CHECK), admin.lends(&other, &lent), 201);
    // The loan is found in the index, and the names are read for the answer.
    measure!("POST /returns", signed_in(4, 2.5, 9.0 + ROW + CHECK), admin.takes_back(&lent), 200);
    measure!("POST /loans again", signed_in(2, 4.0, 9.0 + ROW + 2.0 * CHECK), admin.lends(&other, &lent), 201);
    let path = format!("/reservations/{}", queued.string("id"));
    measure!("DELETE /reservations/{id} in a queue", signed_in(2, 2.0, 7.0 + ROW + CHECK), third.delete(&path), 204);
    costs
}

/// Adds a book with that number of copies.
async fn copies_of(owner: &Person, copies: u32) -> String {
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "copies": copies});
    owner.post("/books", book).await.expect(201).string("id")
}

/// Adds `size` readers to the queue of a book, and `size` returned reservations of it.
async fn queue_up(library: &Library, book: &str, size: usize) {
    let record = |number: usize, is_over: bool| {
        let (own, number) = (id(number + if is_over { size } else { 0 }), number + 1);
        let bytes = [book, &own].map(|id| id.parse::<Uuid>().expect("an id").into_bytes()).concat();
        let mut item = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": format!("reservation#{own}")},
            "id": {"S": BASE64.encode(bytes)}, "reader": {"S": own}, "title": {"S": "Kindred"},
            "status": {"S": "returned"}, "reservedAt": {"S": "2026-01-01T00:00:00Z"}, "version": {"N": "1"}});
        if !is_over {
            item["status"]["S"] = json!("waiting");
            item["number"] = json!({"N": number.to_string()});
            item["turn"] = json!({"S": format!("waiting#{number:020}")});
        }
        item
    };
    let items = (0..size).flat_map(|number| [record(number, false), record(number, true)]);
    write(library, items.collect()).await;
    // The list of each waiting reader's reservations contains the book.
    let loans = (0..size).map(|number| {
        let reader = id(number);
        json!({"pk": {"S": format!("user#{reader}")}, "sk": {"S": "loans"}, "held": {"N": "1"},
            format!("book#{book}"): record(number, false)["id"]})
    });
    write(library, loans.collect()).await;
    // A copy goes past readers who have no account.
    let accounts = (0..size).map(
        |number| json!({"pk": {"S": format!("user#{}", id(number))}, "role": {"S": "member"}, "sessions": {"M": {}}}),
    );
    write_to("carrel-sessions", library, accounts.collect()).await;
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "lending"}});
    let queue = json!({"TableName": "carrel-library", "Key": key, "UpdateExpression": "SET waiting = :size, tail = :size",
        "ExpressionAttributeValues": {":size": {"N": size.to_string()}}});
    library.dynamodb().call("UpdateItem", &queue).await;
}

/// Adds the words of so many readers, as old as the first one, whose names begin with the letters of those who are looked for.
async fn stock_readers(library: &Library, count: usize) {
    let word = |number: usize| {
        let (word, user) = (format!("j{number}"), id(number));
        json!({"pk": {"S": format!("word#{word}#{user}")}, "kind": {"S": "find#j"}, "user": {"S": user},
            "words": {"S": format!(" {word} doe")}})
    };
    write_to("carrel-accounts", library, (0..count).map(word).collect()).await;
}

async fn write(library: &Library, items: Vec<Value>) {
    write_to("carrel-library", library, items).await;
}

async fn write_to(table: &str, library: &Library, items: Vec<Value>) {
    let puts: Vec<Value> = items.into_iter().map(|item| json!({"PutRequest": {"Item": item}})).collect();
    for batch in puts.chunks(25) {
        let written = library.dynamodb().call("BatchWriteItem", &json!({"RequestItems": {table: batch}})).await;
        assert_eq!(written["UnprocessedItems"], json!({}));
    }
}

/// The most favorites of a reader, and readers in a queue.
const MOST_OF_ONE: usize = 10_000;

/// Adds `count` books, as many of them as one reader may have favorites of `reader`. They are written to the tables directly, because
/// the API would take half a minute.
async fn stock(library: &Library, reader: &Person, count: usize) {
    let owner = library.with_role("admin").await;
    Stock::of(library.dynamodb(), &owner).await.fill((0..count).map(BookRow::plain)).await;
    write(library, (0..count.min(MOST_OF_ONE)).map(|number| favorite(&reader.id, number)).collect()).await;
}

/// Returns the sizes of the libraries that are compared: `BOOKS=1000,100000,1000000` has other ones compared.
fn sizes() -> Vec<usize> {
    let sizes = std::env::var("BOOKS").unwrap_or_else(|_| "10,10000".to_owned());
    sizes.split(',').map(|size| size.parse().expect("BOOKS is numbers of books, with commas")).collect()
}

fn favorite(reader: &str, number: usize) -> Value {
    json!({"pk": {"S": format!("user#{reader}")}, "sk": {"S": format!("favorite#{}", id(number))},
        "reader": {"S": reader}, "addedAt": {"S": format!("2026-01-01T00:00:00.{number:06}Z")}})
}

fn id(number: usize) -> String {
    Stock::id(number)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_keeps_its_budget_in_a_small_and_in_a_large_library() {
    let mut by_size = Vec::new();
    for size in sizes() {
        let catalogue = Catalogue::start(|_| "{}").await;
        let source = catalogue.setting("openlibrary");
        let library = Library::own().settings(|settings| settings.metadata_sources = vec![source]);
        let library = library.standing_clock().metered().start().await;
        let reader = library.reader().await;
        // A function reads the rules of the library once a minute: with its first request, and not with those that follow.
        for path in ["/users/me", "/reservations"] {
            reader.get(path).await.expect(200);
        }
        library.admin().await.get("/desk").await.expect(200);
        let started = Instant::now();
        stock(&library, &reader, size).await;
        stock_readers(&library, size.min(MOST_OF_ONE)).await;
        eprintln!("{size} books in {:?}", started.elapsed());
        let mut shapes = Vec::new();
        let mut costs = costs_of_books(&library, &reader).await;
        costs.extend(costs_of_users(&library).await);
        costs.extend(costs_of_lending(&library, size.min(MOST_OF_ONE)).await);
        for (name, budget, (calls, read, write)) in costs {
            eprintln!("{size:>6} books  {name:<43} {read:>5} R {write:>5} W  {calls:?}");
            assert_eq!(calls.len(), budget.calls, "{name} makes {calls:?}");
            assert!(read <= budget.read, "{name} reads {read} units");
            assert_eq!(write, budget.write, "units that {name} writes");
            shapes.push((name, calls, write));
        }
        by_size.push(shapes);
    }
    for of_size in &by_size {
        assert_eq!(*of_size, by_size[0], "the cost of a request must not depend on the number of books");
    }
}

/// The embedded DynamoDB counts the units of the budgets, so it must count as AWS does: a Query adds up its items before it
/// rounds to 4 KB, a batch rounds each item, a transaction costs double.
#[tokio::test]
async fn the_embedded_database_counts_units_as_aws_does() {
    let library = Library::own().metered().start().await;
    let text = |bytes: usize| json!({"S": "x".repeat(bytes)});
    for number in 0..10 {
        let item = json!({"pk": {"S": "shelf"}, "sk": {"S": number.to_string()}, "text": text(980)});
        library.dynamodb().call("PutItem", &json!({"TableName": "carrel-library", "Item": item})).await;
    }
    let units = async |action: &str, mut request: Value| {
        request["ReturnConsumedCapacity"] = json!("TOTAL");
        let answer = library.dynamodb().call(action, &request).await;
        let consumed = &answer["ConsumedCapacity"];
        consumed["CapacityUnits"].as_f64().or_else(|| consumed[0]["CapacityUnits"].as_f64()).expect("units")
    };
    let key = |number: usize| json!({"pk": {"S": "shelf"}, "sk": {"S": number.to_string()}});
    let query = json!({"TableName": "carrel-library", "KeyConditionExpression": "pk = :shelf", "ExpressionAttributeValues": {":shelf": {"S": "shelf"}}});
    // Ten items of just under 1 KB are 10 KB: three blocks of 4 KB, half price for eventual consistency.
    assert_eq!(units("Query", query).await, 1.5);
    let keys: Vec<Value> = (0..10).map(key).collect();
    assert_eq!(units("BatchGetItem", json!({"RequestItems": {"carrel-library": {"Keys": keys}}})).await, 5.0);
    assert_eq!(
        units("GetItem", json!({"TableName": "carrel-library", "Key": key(1), "ConsistentRead": true})).await,
        1.0
    );
    let put = |bytes: usize| json!({"TableName": "carrel-library", "Item": {"pk": {"S": "one"}, "sk": {"S": "one"}, "text": text(bytes)}});
    assert_eq!(units("PutItem", put(1_500)).await, 2.0);
    assert_eq!(units("TransactWriteItems", json!({"TransactItems": [{"Put": put(1_500)}]})).await, 4.0);
}
