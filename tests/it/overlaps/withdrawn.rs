//! Librarians who lose their role or their account while a write of theirs is under way: it is not carried out.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tests::database::Pattern;
use tests::{Answer, Library, Person, Request, unique};

use super::overtaken;
use crate::activity::admin;
use crate::contract::read;

/// A librarian's write.
struct Write {
    operation: &'static str,
    /// What is there before it.
    before: Before,
    body: Option<&'static str>,
    /// The status for a caller who is not a librarian.
    refused: u16,
}

/// What another reader has before a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Book,
    /// A book with a cover.
    Cover,
    ArchivedBook,
    Reservation,
    /// A loan that is due tomorrow.
    Loan,
    /// A loan that was due ten days ago.
    LateLoan,
    /// A card.
    Card,
    /// An account that the desk has added, with a card.
    Added,
    /// A copy that was put aside, and whose reader has given it up.
    PutAside,
}

/// How a librarian ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    RoleWithdrawn,
    Disabled,
    Deleted,
}

const fn write(operation: &'static str, before: Before, body: Option<&'static str>, refused: u16) -> Write {
    Write { operation, before, body, refused }
}

/// Every write that is a librarian's, or that a librarian may make on what is another's.
const WRITES: &[Write] = &[
    write("createBook", Before::Nothing, Some(r#"{"title": "TITLE", "author": "A"}"#), 403),
    write("updateBook", Before::Book, Some(r#"{"title": "Dawn"}"#), 403),
    write("replaceBook", Before::Book, Some(r#"{"title": "Dawn", "author": "A"}"#), 403),
    write("deleteBook", Before::Book, None, 403),
    write("archiveBook", Before::Book, None, 403),
    write("putCover", Before::Book, None, 403),
    write("deleteCover", Before::Cover, None, 403),
    write("putBarcode", Before::Book, None, 403),
    write("createBarcode", Before::Book, None, 403),
    write("deleteBarcode", Before::Book, None, 403),
    write("restoreBook", Before::ArchivedBook, None, 403),
    write("putAside", Before::Reservation, None, 403),
    write("putBack", Before::PutAside, None, 403),
    write("checkOutCopy", Before::Reservation, None, 403),
    write("cancelReservation", Before::Reservation, None, 404),
    write("returnCopy", Before::Loan, None, 403),
    write("renewLoan", Before::Loan, None, 404),
    write("changeUser", Before::Nothing, Some(r#"{"role": "admin"}"#), 403),
    write("changeUser", Before::Nothing, Some(r#"{"disabled": true}"#), 403),
    write("changeUser", Before::Nothing, Some(r#"{"approved": true}"#), 403),
    write("deleteUser", Before::Nothing, None, 403),
    write("addUser", Before::Nothing, Some(r#"{"firstName": "TITLE", "lastName": "A"}"#), 403),
    write("putCard", Before::Nothing, Some(r#"{"card": "CARD"}"#), 403),
    write("putEmail", Before::Nothing, Some(r#"{"email": "MAIL"}"#), 403),
    write("putEmail", Before::Added, Some(r#"{"email": "MAIL"}"#), 403),
    write("deleteCard", Before::Card, None, 403),
    write("issueSignInCode", Before::Added, None, 403),
    write("lendBook", Before::Book, Some(r#"{"reader": "READER", "book": "BOOK"}"#), 403),
    write("takeBookBack", Before::Loan, Some(r#"{"reader": "READER", "book": "BOOK"}"#), 403),
    write("loseCopy", Before::Loan, None, 403),
    write("noteLetter", Before::LateLoan, None, 403),
    write(
        "putRules",
        Before::Nothing,
        Some(
            r#"{"timeZone": "UTC", "openingDays": {"monday": {}}, "pickUpDays": 3, "reminderDays": 3, "name": "Carrel",
            "language": "en", "letters": {"ready": true, "dueSoon": true, "overdue": true}, "overdueDays": [3], "groups": [{"id":
            "adults", "name": "TITLE", "loanDays": 21, "loans": 10, "reservations": 10, "renewals": 2}]}"#,
        ),
        403,
    ),
];

/// A ticket is worth what its librarian is when it is used: `ws1_a_ticket_is_refused_after_its_owner_loses_access`.
const DECIDED_LATER: &str = "createTicket";
/// An import is its owner's own; what it adds and takes out is tried apart: `rac1_no_row_is_added_after_the_role_is_withdrawn` and
/// `rac1_no_import_is_undone_after_the_role_is_withdrawn`.
const OF_ITS_OWNER: [&str; 3] = ["beginImport", "sendPart", "undoImport"];
/// It writes nothing.
const READ: &str = "previewRules";
/// Nobody but who took a step undoes it: `rac1_no_step_is_undone_after_the_role_is_withdrawn`.
const OF_ONE: &str = "undoStep";

/// What a write is about.
struct Stage<'a> {
    library: &'a Library,
    admin: &'a Person,
    /// Whose book, reservation or account it is.
    reader: Person,
    book: String,
    reservation: String,
    title: String,
}

impl<'a> Stage<'a> {
    async fn before(before: Before, library: &'a Library, admin: &'a Person) -> Self {
        let (reader, title) = (library.reader().await, unique("Kindred"));
        let mut stage = Stage { library, admin, reader, book: String::new(), reservation: String::new(), title };
        if ![Before::Nothing, Before::Card, Before::Added].contains(&before) {
            stage.book = stage.a_book_of_the_reader().await;
        }
        if before == Before::ArchivedBook {
            stage.reader.ask(Method::POST, &format!("/books/{}/archive", stage.book)).await.expect(200);
        }
        if before == Before::Cover {
            crate::covers::puts(admin, &format!("/books/{}", stage.book), crate::covers::cover()).await.expect(200);
        }
        if before == Before::Book {
            stage
                .admin
                .ask(Method::PUT, &format!("/books/{}/barcodes/{}", stage.book, stage.old_barcode()))
                .await
                .expect(204);
        }
        if [Before::Reservation, Before::PutAside].contains(&before) {
            stage.reservation = stage.reader.reserves(&stage.book).await.expect(201).string("id");
        }
        if [Before::Loan, Before::LateLoan].contains(&before) {
            let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
            let tomorrow = tomorrow.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
            let loan = json!({"reader": stage.reader.id, "book": stage.book, "dueOn": tomorrow});
            let loan = stage.admin.post("/loans", loan).await.expect(201).json();
            stage.reservation = loan["reservation"]["id"].as_str().unwrap_or_default().to_owned();
        }
        if before == Before::LateLoan {
            stage.loan_is_late().await;
        }
        if before == Before::Added {
            let added = json!({"firstName": "Ada", "lastName": "Lovelace"});
            stage.reader.id = stage.admin.post("/users", added).await.expect(201).string("id");
        }
        if [Before::Card, Before::Added].contains(&before) {
            let card = json!({"card": stage.card()});
            stage.admin.put(&format!("/users/{}/card", stage.reader.id), card).await.expect(200);
        }
        if before == Before::PutAside {
            stage.admin.steps(&stage.reservation, "put-aside").await.expect(200);
            stage.reader.cancels(&stage.reservation).await.expect(204);
        }
        stage
    }

    /// Lets the due day of the loan be ten days ago.
    async fn loan_is_late(&self) {
        let due = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(10 * 24);
        let due = due.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        let items = self.library.dynamodb().scan("carrel-library").await;
        let mut items = items.into_iter().filter(|item| item["id"]["S"] == self.reservation.as_str());
        let item = items.next().expect("the loan");
        let update = json!({"TableName": "carrel-library", "Key": {"pk": item["pk"], "sk": item["sk"]},
            "UpdateExpression": "SET dueOn = :due", "ExpressionAttributeValues": {":due": {"S": due}}});
        self.library.dynamodb().call("UpdateItem", &update).await;
    }

    /// Returns the barcode that the book has.
    fn old_barcode(&self) -> String {
        self.book.rsplit('-').next().unwrap_or_default().to_owned()
    }

    /// Returns a card for the reader.
    fn card(&self) -> String {
        format!("C0{}", self.reader.id.rsplit('-').next().unwrap_or_default())
    }

    /// Only librarians add books here, so the reader is one for a moment.
    async fn a_book_of_the_reader(&self) -> String {
        let path = format!("/users/{}", self.reader.id);
        self.admin.patch(&path, json!({"role": "admin"})).await.expect(200);
        let book = self.reader.adds(&self.title, "Octavia E. Butler").await;
        self.admin.patch(&path, json!({"role": "member"})).await.expect(200);
        book
    }

    fn request(&self, write: &Write, by: &Person) -> Request {
        let (method, path) = route_of(write.operation);
        let path = path.replace("{bookId}", &self.book).replace("{reservationId}", &self.reservation);
        let barcode =
            if write.operation == "deleteBarcode" { self.old_barcode() } else { format!("N{}", self.old_barcode()) };
        let path = path.replace("{barcode}", &barcode);
        let request = by.ask(method, &path.replace("{userId}", &self.reader.id));
        match write.body {
            Some(body) => {
                let body = body.replace("TITLE", &self.title).replace("CARD", &self.card());
                let body = body.replace("MAIL", &format!("{}@example.org", self.card()));
                let body = body.replace("READER", &self.reader.id).replace("BOOK", &self.book);
                request.body("application/json", body)
            }
            None if write.operation == "putCover" => request.body("image/png", crate::covers::cover()),
            None => request,
        }
    }

    /// Returns every stored item about the reader, or about the book.
    async fn stored(&self) -> BTreeSet<String> {
        self.library.local().drained().await;
        let mut stored = BTreeSet::new();
        for table in ["accounts", "sessions", "library", "journal"] {
            let items = self.library.dynamodb().scan(&format!("carrel-{table}")).await;
            stored.extend(items.iter().map(Value::to_string));
        }
        let is_about = |item: &String| item.contains(&self.reader.id) || item.contains(&self.title);
        stored.into_iter().filter(is_about).collect()
    }

    async fn ends(&self, librarian: &Person, end: End) {
        let path = format!("/users/{}", librarian.id);
        match end {
            End::RoleWithdrawn => self.admin.patch(&path, json!({"role": "member"})).await.expect(200),
            End::Disabled => self.admin.patch(&path, json!({"disabled": true})).await.expect(200),
            End::Deleted => self.admin.delete(&path).await.expect(204),
        };
    }
}

/// Returns method and path of an operation.
fn route_of(operation: &str) -> (Method, String) {
    let found = operations().into_iter().find(|(name, ..)| name == operation);
    let (_, method, path, _) = found.unwrap_or_else(|| panic!("there is no operation {operation}"));
    (method.to_uppercase().parse().expect("a method"), path)
}

/// Returns the function that answers an operation.
fn function_of(operation: &str) -> &'static str {
    let (_, path) = route_of(operation);
    let is_below = |function: &&str| path.starts_with(&format!("/{function}"));
    match path.as_str() {
        "/loans" | "/returns" | "/rules" => "desk",
        "/users/{userId}/sign-in-code" => "auth",
        path if path.ends_with("/cover") => "pictures",
        _ => ["users", "reservations"].into_iter().find(is_below).unwrap_or("books"),
    }
}

/// Returns the operations of the contract: id, method, path, and who may call them.
fn operations() -> Vec<(String, String, String, String)> {
    let contract: Value = serde_json::from_str(&read("openapi.json")).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let (id, access) = (text(&operation["operationId"]), text(&operation["x-access"]));
            all.push((id, method.clone(), path.clone(), access));
        }
    }
    all
}

/// Holds each write of a librarian before its commit, ends the librarian, and lets the write go on.
async fn none_is_carried_out_after(end: End) {
    let library = Library::own().settings(|settings| settings.admins_only_writes = true).proxied().start().await;
    let admin = admin(&library).await;
    for write in WRITES {
        let stage = Stage::before(write.before, &library, &admin).await;
        let librarian = library.reader().await;
        admin.patch(&format!("/users/{}", librarian.id), json!({"role": "admin"})).await.expect(200);
        let before = stage.stored().await;
        let function = function_of(write.operation);
        let held = Pattern::transaction_of(function).naming(&librarian.id);
        let request = stage.request(write, &librarian);
        let (answer, ()) = overtaken(&library, held, request, stage.ends(&librarian, end)).await;
        let what = format!("{} with {:?}, {end:?}", write.operation, write.body);
        is_refused(&answer, if end == End::RoleWithdrawn { write.refused } else { 401 }, &what);
        assert_eq!(stage.stored().await, before, "{what} is carried out");
        // It was possible: whoever is a librarian can do the same.
        let answer = stage.request(write, &admin).await;
        assert!((200..300).contains(&answer.status), "{what}: {answer:?}");
        assert_ne!(stage.stored().await, before, "{what} leaves no trace");
    }
}

fn is_refused(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text);
    let kind = match status {
        401 => "unauthenticated",
        403 => "forbidden",
        _ => "not-found",
    };
    answer.clone().problem(status, kind);
}

#[tokio::test]
async fn rac1_no_write_of_a_librarian_is_carried_out_after_the_role_is_withdrawn() {
    none_is_carried_out_after(End::RoleWithdrawn).await;
}

#[tokio::test]
async fn rac1_no_write_of_a_librarian_is_carried_out_after_the_librarian_is_disabled() {
    none_is_carried_out_after(End::Disabled).await;
}

#[tokio::test]
async fn rac1_no_write_of_a_librarian_is_carried_out_after_the_account_is_deleted() {
    none_is_carried_out_after(End::Deleted).await;
}

#[tokio::test]
async fn rac1_no_step_is_undone_after_the_role_is_withdrawn() {
    let library = Library::own().proxied().start().await;
    let (admin, reader) = (admin(&library).await, library.reader().await);
    for (end, status) in [(json!({"role": "member"}), 403), (json!({"disabled": true}), 401)] {
        let librarian = library.with_role("admin").await;
        let book = admin.adds(&unique("Kindred"), "A").await;
        let loan = reader.reserves(&book).await.expect(201).string("id");
        librarian.steps(&loan, "checkout").await.expect(200);
        let held = Pattern::transaction_of("reservations").naming(&librarian.id);
        let ends = async { admin.patch(&format!("/users/{}", librarian.id), end.clone()).await.expect(200) };
        let (answer, _) = overtaken(&library, held, librarian.steps(&loan, "undo"), ends).await;
        is_refused(&answer, status, "undoStep");
        assert_eq!(reader.get(&format!("/reservations/{loan}")).await.expect(200).string("status"), "checkedOut");
    }
}

#[tokio::test]
async fn rac1_no_row_is_added_after_the_role_is_withdrawn() {
    let library = Library::own().settings(|settings| settings.admins_only_writes = true).proxied().start().await;
    let (admin, librarian) = (library.admin().await, library.with_role("admin").await);
    let import = librarian.post("/imports", json!({})).await.expect(201).string("id");
    let part = librarian.ask(Method::PUT, &format!("/imports/{import}/parts/1?last=true"));
    let part = part.body("application/octet-stream", "title,author\nDawn,A\n");
    let held = Pattern::transaction_of("imports").naming("books.imported");
    let ends = async { admin.patch(&format!("/users/{}", librarian.id), json!({"role": "member"})).await.expect(200) };
    let (answer, _) = overtaken(&library, held, part, ends).await;
    is_refused(&answer, 403, "sendPart");
    assert!(admin.get("/books").await.expect(200).each("id").is_empty());
    let state = librarian.get(&format!("/imports/{import}")).await.expect(200).json();
    assert_eq!(state["nextPart"], 1);
}

#[tokio::test]
async fn rac1_no_import_is_undone_after_the_role_is_withdrawn() {
    let library = Library::own().settings(|settings| settings.admins_only_writes = true).proxied().start().await;
    let (admin, librarian) = (library.admin().await, library.with_role("admin").await);
    let import = format!("/imports/{}", librarian.post("/imports", json!({})).await.expect(201).string("id"));
    let part = librarian.ask(Method::PUT, &format!("{import}/parts/1?last=true"));
    part.body("application/octet-stream", "title,author\nDawn,A\n").await.expect(200);
    let held = Pattern::transaction_of("imports").naming("import.undone");
    let ends = async { admin.patch(&format!("/users/{}", librarian.id), json!({"role": "member"})).await.expect(200) };
    let (answer, _) = overtaken(&library, held, librarian.delete(&import), ends).await;
    is_refused(&answer, 403, "undoImport");
    assert_eq!(admin.get("/books").await.expect(200).each("title"), ["Dawn"]);
    assert_eq!(librarian.get(&import).await.expect(200).json()["undo"]["removed"], 0);
    // Nor does one who has lost the role begin.
    librarian.delete(&import).await.refused(403, "librarians-add-books");
}

#[test]
fn rac1_every_operation_that_librarians_write_with_is_tried() {
    let is_theirs = |access: &str| ["admin", "desk", "owner", "private", "writer"].contains(&access);
    let theirs = operations().into_iter().filter(|(_, method, _, access)| method != "get" && is_theirs(access));
    let theirs = theirs.map(|(id, ..)| id).filter(|id| ![DECIDED_LATER, OF_ONE, READ].contains(&id.as_str()));
    let theirs: BTreeSet<_> = theirs.filter(|id| !OF_ITS_OWNER.contains(&id.as_str())).collect();
    let tried: BTreeSet<_> = WRITES.iter().map(|write| write.operation.to_owned()).collect();
    assert_eq!(tried, theirs);
}
