//! A reader's own data, as a file.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use futures_util::future::join_all;
use image::ImageFormat;
use reqwest::Method;
use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Answer, Library, Person, unique};

use crate::overlaps::overtaken;
use crate::pictures::{encoded, plain};

const PATH: &str = "/users/me/data";
const HOUR: i64 = 60 * 60;

/// The files of an archive, by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// Returns the files of an answer, which must be an archive.
#[track_caller]
fn files(answer: &Answer) -> Files {
    assert_eq!(answer.header("content-type"), "application/zip", "{}", answer.text);
    let mut zip = zip::ZipArchive::new(Cursor::new(&answer.bytes)).expect("an archive");
    let names: Vec<_> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
    let read = |name: String| {
        let mut bytes = Vec::new();
        zip.by_name(&name).expect("a file").read_to_end(&mut bytes).expect("its bytes");
        (name, bytes)
    };
    names.into_iter().map(read).collect()
}

fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone()).expect("UTF-8")
}

/// Returns the objects of a list.
fn lines(files: &Files, name: &str) -> Vec<Value> {
    text(files, name).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn each(files: &Files, name: &str, pointer: &str) -> Vec<Value> {
    lines(files, name).iter().map(|line| line.pointer(pointer).cloned().unwrap_or_default()).collect()
}

async fn fetches(person: &Person) -> Answer {
    person.get(PATH).await
}

/// Returns the subjects of a reader's letters that tell of a fetch.
async fn letters(library: &Library, reader: &Person) -> Vec<(String, String)> {
    library.finished().await;
    let all = library.letters(&reader.email).await;
    all.into_iter().filter(|(subject, _)| subject == "Your data were fetched").collect()
}

/// Has a reader do something in every table. Returns the titles of their books: a favorite, what is borrowed, what was
/// returned, what is archived.
pub(crate) async fn does_everything(library: &Library, reader: &Person, admin: &Person) -> [String; 4] {
    let titles = ["Kindred ", "Dawn ", "Imago ", "Survivor "].map(unique);
    let mut books = Vec::new();
    for title in &titles {
        books.push(reader.adds(title, "Octavia E. Butler").await);
    }
    let names = json!({"firstName": "Jane", "lastName": "Doe", "language": "de", "keepHistory": true});
    reader.patch("/users/me", names).await.expect(200);
    reader.put("/users/me/username", json!({"username": unique("jane")})).await.expect(200);
    let card = json!({"card": unique("7")});
    admin.put(&format!("/users/{}/card", reader.id), card).await.expect(200);
    let picture = encoded(&plain(8, 8, image::Rgb([40, 160, 80])), ImageFormat::Png);
    reader.ask(Method::PUT, "/users/me/picture").body("image/png", picture).await.expect(204);
    reader.post(&format!("/favorites/{}", books[0]), json!({})).await.expect(201);
    let deleted_book = admin.adds(&unique("Gone "), "A").await;
    reader.post(&format!("/favorites/{deleted_book}"), json!({})).await.expect(201);
    admin.delete(&format!("/books/{deleted_book}")).await.expect(204);
    reader.reserves(&books[0]).await.expect(201);
    admin.lends(reader, &books[1]).await.expect(201);
    admin.lends(reader, &books[2]).await.expect(201);
    admin.takes_back(&books[2]).await.expect(200);
    reader.ask(Method::POST, &format!("/books/{}/archive", books[3])).await.expect(200);
    let import = reader.post("/imports", json!({"name": "own-books.csv"})).await.expect(201).string("id");
    let part = reader.ask(Method::PUT, &format!("/imports/{import}/parts/1?last=true"));
    part.body("application/octet-stream", "title,author\n,A\n").await.expect(200);
    library.finished().await;
    titles
}

#[tokio::test]
async fn a_reader_fetches_all_that_is_stored_about_them() {
    let library = Library::own().start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    let [favorite, borrowed, returned, archived] = does_everything(&library, &reader, &admin).await;
    let block = json!({"blocked": {"reason": "A lost book"}});
    admin.patch(&format!("/users/{}", reader.id), block).await.expect(200);

    let answer = fetches(&reader).await.expect(200);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"my-data.zip\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let files = files(&answer);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    let expected = [
        "README.txt",
        "activity.jsonl",
        "books.jsonl",
        "favorites.jsonl",
        "imports.jsonl",
        "past-loans.jsonl",
        "picture.jpg",
        "profile.json",
        "reservations.jsonl",
        "sessions.json",
    ];
    assert_eq!(names, expected);

    let profile: Value = serde_json::from_slice(&files["profile.json"]).expect("JSON");
    let me = reader.get("/users/me").await.expect(200).json();
    for field in
        me.as_object().expect("fields").keys().filter(|field| !["picture", "blocked"].contains(&field.as_str()))
    {
        assert_eq!(profile[field], me[field], "{field} of {profile}");
    }
    assert_eq!((&profile["lastBlock"]["reason"], &profile["lastBlock"]["by"]), (&json!("A lost book"), &Value::Null));
    assert!(profile["cardSince"].is_string() && profile["keepHistorySince"].is_string(), "{profile}");
    let picture = reader.get(&format!("/users/{}/picture", reader.id)).await.expect(200).bytes;
    assert_eq!(files["picture.jpg"], picture);
    let sessions: Value = serde_json::from_slice(&files["sessions.json"]).expect("JSON");
    let listed = reader.get("/auth/sessions").await.expect(200).each("id");
    assert_eq!((&sessions["sessions"][0]["id"], &sessions["sessions"][0]["live"]), (&json!(listed[0]), &json!(true)));
    assert_eq!(sessions["attempts"]["known"].as_array().map(Vec::len), Some(2), "{sessions}");

    assert_eq!(each(&files, "reservations.jsonl", "/book/title"), [json!(borrowed), json!(favorite)]);
    assert_eq!(each(&files, "past-loans.jsonl", "/book/title"), [json!(returned)]);
    assert_eq!(each(&files, "favorites.jsonl", "/book/title"), [Value::Null, json!(favorite)]);
    let mut books = each(&files, "books.jsonl", "/title");
    books.sort_by_key(Value::to_string);
    assert_eq!(books, [json!(borrowed), json!(returned), json!(favorite), json!(archived)]);
    assert_eq!(each(&files, "imports.jsonl", "/name"), [json!("own-books.csv")]);
    let did = each(&files, "activity.jsonl", "/type");
    for kind in ["user.registered", "user.pictureChanged", "favorite.added", "book.reserved", "book.archived"] {
        assert!(did.contains(&json!(kind)), "{kind} is not in {did:?}");
    }
    let about = text(&files, "README.txt");
    let told =
        ["YOUR DATA AT Carrel\n", "Kept for 90 days", "Kept for 30 days", "Kept for 35 days", "articles 15 and 20"];
    assert!(
        told.iter().all(|told| about.contains(told)) && !about.contains("{cut}") && !about.contains("{contact}"),
        "{about}"
    );
    for name in &names {
        assert!(*name == "README.txt" || about.contains(name), "README.txt does not say what {name} is");
    }
}

#[tokio::test]
async fn data_are_fetched_once_an_hour_and_a_letter_tells_of_each_time() {
    let library = Library::own().standing_clock().start().await;
    let (reader, admin) = (library.reader().await, library.admin().await);
    let thief = reader.at("127.0.0.9");
    fetches(&thief).await.expect(200);
    library.wait(600);
    // In every language of the person: whoever asks from another device hears the same.
    for person in [&reader, &thief] {
        let refused = fetches(person).await.refused(429, "data-fetched");
        assert_eq!(refused.header("retry-after"), (HOUR - 600).to_string());
    }
    let told = letters(&library, &reader).await;
    assert!(told.len() == 1 && told[0].1.contains("127.0.0.9"), "{told:?}");
    library.wait(HOUR - 600);
    let reader = library.signs_in(&reader).await;
    fetches(&reader).await.expect(200);
    assert_eq!(letters(&library, &reader).await.len(), 2);
    let admin = library.signs_in(&admin).await;
    let log = admin.get(&format!("/activity?user={}", reader.id)).await.expect(200).each("type");
    assert_eq!(log.iter().filter(|kind| *kind == "user.dataFetched").count(), 2, "{log:?}");
    // The letter is in the language of its reader, and cannot be switched off.
    let french = library.reader().await;
    let off = json!({"language": "fr", "letters": {"ready": false, "dueSoon": false, "overdue": false}});
    french.patch("/users/me", off).await.expect(200);
    fetches(&french).await.expect(200);
    library.finished().await;
    assert_eq!(library.letters(&french.email).await[0].0, "Vos données ont été téléchargées");
}

#[tokio::test]
async fn of_many_requests_at_once_one_gets_the_archive_and_one_letter_is_written() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let answers = join_all((0..12).map(|_| fetches(&reader))).await;
    let (fetched, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(fetched.len(), 1);
    for answer in refused {
        answer.refused(429, "data-fetched");
    }
    assert_eq!(letters(&library, &reader).await.len(), 1);
}

#[tokio::test]
async fn a_request_that_was_overtaken_gets_nothing() {
    let library = Library::own().standing_clock().proxied().start().await;
    let reader = library.reader().await;
    let held = || Pattern::transaction_of("data");
    let (late, first) = overtaken(&library, held(), reader.get(PATH), fetches(&reader)).await;
    first.expect(200);
    assert_eq!(late.refused(429, "data-fetched").header("retry-after"), HOUR.to_string());
    assert_eq!(letters(&library, &reader).await.len(), 1);
    // A session that ends before the fetch is noted: the thief who was signed out in time has nothing.
    let other = library.reader().await;
    let (late, ()) = overtaken(&library, held(), other.get(PATH), async {
        other.ask(Method::POST, "/auth/logout").await.expect(200);
    })
    .await;
    late.refused(401, "session-ended");
    assert_eq!(letters(&library, &other).await.len(), 0);
    fetches(&library.signs_in(&other).await).await.expect(200);
    // So does an account that is deleted.
    let deleted = library.reader().await;
    let (late, ()) = overtaken(&library, held(), deleted.get(PATH), async {
        deleted.delete("/users/me").json(&json!({"password": tests::PASSWORD})).await.expect(204);
    })
    .await;
    late.refused(401, "session-ended");
}

#[tokio::test]
async fn a_fault_costs_nobody_the_hour() {
    let library = Library::own().standing_clock().proxied().start().await;
    let reader = library.reader().await;
    for call in ["carrel-library", "carrel-journal", "picture#", "owner-newest"] {
        library.proxy().fail_times(9, Pattern::of("data").naming(call), Fault::Throttled);
        fetches(&reader).await.refused(503, "unavailable");
        library.proxy().recover();
    }
    fetches(&reader).await.expect(200);
    assert_eq!(letters(&library, &reader).await.len(), 1);
}

#[tokio::test]
async fn nothing_secret_and_nobody_else_is_in_the_archive() {
    let library = Library::own().start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let admin = library.with_role("admin").await;
    let assistant = library.with_role("assistant").await;
    let name = unique("Lovelace");
    admin.patch("/users/me", json!({"firstName": "Ada", "lastName": name})).await.expect(200);
    does_everything(&library, &reader, &admin).await;
    // Another reader waits for a book, which goes on to them; the desk serves both.
    let book = admin.adds(&unique("Wild Seed "), "Octavia E. Butler").await;
    let reservation = reader.reserves(&book).await.expect(201).string("id");
    other.reserves(&book).await.expect(202);
    reader.cancels(&reservation).await.expect(204);
    let lent = reader.adds(&unique("Clay's Ark "), "Octavia E. Butler").await;
    assistant.lends(&other, &lent).await.expect(201);
    assistant.get(&format!("/users/{}", other.id)).await.expect(200);
    library.finished().await;

    let hashes = library.dynamodb().scan("carrel-accounts").await;
    let hashes: Vec<_> = hashes.iter().filter_map(|item| item["hash"]["S"].as_str()).collect();
    assert!(hashes.len() >= 4 && hashes.iter().all(|hash| hash.starts_with("$argon2")), "{hashes:?}");
    for person in [&reader, &assistant] {
        let text = fetches(person).await.expect(200).text;
        let tokens = [&person.access_token, &person.refresh_token].into_iter().flatten();
        for secret in tokens.map(String::as_str).chain(hashes.iter().copied()).chain(["$argon2", "epoch", "nonce"]) {
            assert!(!text.contains(secret), "{secret}");
        }
        for somebody in [&other.id, &other.email, &admin.id, &admin.email, &name] {
            assert!(!text.contains(somebody.as_str()), "{somebody} is in {text}");
        }
    }
    // The assistant has lent a book: that is in their log, without the book and its reader.
    library.wait(HOUR);
    let files = files(&fetches(&library.signs_in(&assistant).await).await.expect(200));
    let activity = lines(&files, "activity.jsonl");
    let loan = activity.iter().find(|row| row["type"] == "book.lent").expect("the loan");
    assert_eq!(
        loan.as_object().map(|row| row.keys().map(String::as_str).collect::<Vec<_>>()),
        Some(vec!["from", "id", "time", "type"])
    );
    assert!(!text(&files, "activity.jsonl").contains(&lent));
    assert!(activity.iter().any(|row| row["type"] == "user.looked"));
}

#[tokio::test]
async fn a_page_of_a_foreign_origin_fetches_nothing_and_head_leaves_nothing_behind() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let token = reader.access_token.clone().unwrap_or_default();
    let by_cookie =
        |method: Method| library.stranger().ask(method, PATH).header("cookie", &format!("__Host-access={token}"));
    for site in ["cross-site", "same-site"] {
        // A link is followed without Origin, a script sends it.
        by_cookie(Method::GET).header("sec-fetch-site", site).await.refused(403, "foreign-origin");
        let scripted = by_cookie(Method::GET).header("sec-fetch-site", site).header("origin", "https://evil.example");
        scripted.await.refused(403, "foreign-origin");
    }
    by_cookie(Method::GET).header("origin", "null").await.refused(403, "foreign-origin");
    library.stranger().get(PATH).await.problem(401, "unauthenticated");
    let head = by_cookie(Method::HEAD).header("sec-fetch-site", "same-origin").await.expect(200);
    assert_eq!((head.header("content-type"), head.bytes.len()), ("application/zip", 0));
    assert_eq!(letters(&library, &reader).await.len(), 0);
    files(&by_cookie(Method::GET).header("sec-fetch-site", "same-origin").await.expect(200));
    assert_eq!(letters(&library, &reader).await.len(), 1);
    let query = reader.get(&format!("{PATH}?user={}", library.admin().await.id)).await;
    query.problem(400, "invalid-input");
}

#[tokio::test]
async fn names_that_readers_choose_are_no_paths_and_one_line_each() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let hostile = "../../etc/passwd\\..\\C:\u{2028}README.txt\u{202e}";
    reader.adds(hostile, "{contact}{cut}").await;
    reader.patch("/users/me", json!({"firstName": "../{library}"})).await.expect(200);
    let answer = fetches(&reader).await.expect(200);
    let files = files(&answer);
    assert!(files.keys().all(|name| !name.contains(['/', '\\', ':']) && name.is_ascii()), "{:?}", files.keys());
    assert_eq!(each(&files, "books.jsonl", "/title"), [json!(hostile)]);
    assert_eq!(text(&files, "books.jsonl").matches('\n').count(), 1);
}

#[tokio::test]
async fn a_list_that_is_too_long_is_cut_and_the_archive_says_so() {
    let library = Library::own().metered().start().await;
    let reader = library.reader().await;
    let book = reader.adds(&"A title ".repeat(40), "A. N. Author").await;
    let key = json!({"pk": {"S": format!("book#{book}")}, "sk": {"S": "book"}});
    let found = library.dynamodb().call("GetItem", &json!({"TableName": "carrel-library", "Key": key})).await;
    let id = |number: usize| format!("0192f3a4-5b6c-7d8e-9f01-{number:012x}");
    let copies = (0..10_000).map(|number| {
        let mut item = found["Item"].clone();
        item["pk"]["S"] = json!(format!("book#{}", id(number)));
        item
    });
    let favorites = (0..10_000).map(|number| {
        json!({"pk": {"S": format!("user#{}", reader.id)}, "sk": {"S": format!("favorite#{}", id(number))},
            "reader": {"S": reader.id}, "addedAt": {"S": format!("2026-01-01T00:00:00.{number:06}Z")}})
    });
    let puts: Vec<Value> = copies.chain(favorites).map(|item| json!({"PutRequest": {"Item": item}})).collect();
    for batch in puts.chunks(25) {
        library.dynamodb().call("BatchWriteItem", &json!({"RequestItems": {"carrel-library": batch}})).await;
    }
    library.proxy().take();
    let answer = fetches(&reader).await.expect(200);
    let calls = library.proxy().take_of_requests();
    let read: f64 = calls.iter().map(|call| call.read).sum();
    assert!(calls.len() <= 60 && read <= 1_500.0, "{} calls, {read} units", calls.len());
    assert!(answer.bytes.len() < 4 << 20, "{}", answer.bytes.len());
    let files = files(&answer);
    let books = lines(&files, "books.jsonl").len();
    assert!((3_000..10_000).contains(&books), "{books}");
    assert_eq!(lines(&files, "favorites.jsonl").len(), 1_000);
    let about = text(&files, "README.txt");
    assert!(about.contains("books.jsonl ends before its end. For the rest: GET /exports/books?"), "{about}");
    assert!(about.contains("favorites.jsonl ends before its end. For the rest: GET /favorites\n"), "{about}");
    assert_eq!(about.matches("ends before").count(), 2, "{about}");
}
