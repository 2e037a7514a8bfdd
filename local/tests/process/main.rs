//! `cargo run -p local` as a user sees it: what it prints, how it stops, and what is there after a kill.

mod files;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::StreamExt;
use jiff::SignedDuration;
use local::{Data, Local, Options};
use reqwest::{Client, Method, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};
use shared::runtime::app::Clock;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// Returns an HTTP client. In a build of the whole workspace it speaks TLS, and needs a provider.
fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// A library in a process of its own. Dropped, the process is killed.
struct Process {
    child: Child,
    url: String,
    dynamodb: String,
}

impl Process {
    /// Starts a bare library on free ports and waits until it is open.
    fn start(folder: &Path) -> Self {
        Process::start_with(folder, &["--bare"])
    }

    /// Starts a library with the first books, readers and loans.
    fn start_furnished(folder: &Path) -> Self {
        Process::start_with(folder, &[])
    }

    fn start_with(folder: &Path, flags: &[&str]) -> Self {
        let flags = [&["--port", "0", "--dynamodb-port", "0"], flags].concat();
        let mut child = command(folder, &flags).spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.as_mut().expect("it has an output")).lines();
        let lines: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.contains("Ctrl-C")).collect();
        let after = |name: &str| {
            let line = lines.iter().find_map(|line| line.trim().strip_prefix(name));
            line.expect("the welcome names it").trim().to_owned()
        };
        // After the address comes the access key.
        let dynamodb = after("DynamoDB").split_whitespace().next().expect("an address").to_owned();
        Process { url: after("API "), dynamodb, child }
    }

    async fn login(&self) -> String {
        let who = json!({"email": "johndoe@example.com", "password": "password"});
        let answer = client().post(format!("{}/auth/login", self.url)).json(&who).send().await.expect("an answer");
        let tokens: Value = answer.json().await.expect("it is JSON");
        tokens["accessToken"].as_str().expect("a token").to_owned()
    }

    /// Registers a reader, who verifies the address. Returns the id and the token.
    async fn reader(&self, email: &str) -> (String, String) {
        let who = json!({"email": email, "password": "correct horse battery"});
        let welcome = self.ask(Method::POST, "/auth/register", "", &who).await;
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        let (id, token) = (text(&welcome["user"]["id"]), text(&welcome["accessToken"]));
        self.letters_come(email, 1).await;
        let url = format!("{}/dev/mail?to={email}", self.url.trim_end_matches("/v1"));
        let mails: Value = client().get(url).send().await.expect("an answer").json().await.expect("it is JSON");
        let letter = mails["items"][0]["text"].as_str().expect("a text");
        let proof = letter.split_once("?token=").and_then(|(_, rest)| rest.split_whitespace().next());
        self.ask(Method::POST, "/auth/verify-email", &token, &json!({"token": proof.expect("a token")})).await;
        (id, token)
    }

    /// Sends a request that succeeds.
    async fn ask(&self, method: Method, path: &str, token: &str, body: &Value) -> Value {
        let request = client().request(method, format!("{}{path}", self.url)).bearer_auth(token).json(body);
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("text"));
        assert!(status.is_success(), "{path} answered {status} {text}");
        serde_json::from_str(&text).expect("it is JSON")
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        self.ask(Method::GET, path, token, &Value::Null).await
    }

    /// Returns the subjects of the letters to an address, the oldest first.
    async fn letters(&self, email: &str) -> Vec<String> {
        let url = format!("{}/dev/mail?to={email}", self.url.trim_end_matches("/v1"));
        let mails: Value = client().get(url).send().await.expect("an answer").json().await.expect("it is JSON");
        let subjects = mails["items"].as_array().expect("a list").iter().rev().map(|mail| mail["subject"].as_str());
        subjects.map(|subject| subject.expect("a subject").to_owned()).collect()
    }

    /// Waits until that many letters have arrived at an address.
    async fn letters_come(&self, email: &str, count: usize) {
        for _ in 0..400 {
            if self.letters(email).await.len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{email} has {:?}", self.letters(email).await);
    }

    /// Returns the type and the reservation of every event. Their ids count from 1 without gaps.
    async fn events(&self, token: &str) -> Vec<(String, String)> {
        let (mut after, mut events) = (0, Vec::new());
        loop {
            let page = self.get(&format!("/events?limit=100&after={after}"), token).await;
            for event in page["items"].as_array().expect("a list") {
                after += 1;
                assert_eq!(event["id"], after, "{event}");
                let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
                events.push((text("type"), text("reservation")));
            }
            if page["nextCursor"].is_null() {
                return events;
            }
        }
    }

    /// Returns the types of everything that a user did, the oldest first.
    async fn activity(&self, token: &str, user: &str) -> Vec<String> {
        let page = self.get(&format!("/activity?limit=100&user={user}"), token).await;
        let rows = page["items"].as_array().expect("a list").iter().rev();
        rows.map(|row| row["type"].as_str().expect("a kind").to_owned()).collect()
    }

    async fn add(&self, token: &str, title: &str) -> StatusCode {
        let book = json!({"title": title, "author": "Nobody"});
        let request = client().post(format!("{}/books", self.url)).bearer_auth(token).json(&book);
        request.send().await.expect("an answer").status()
    }

    async fn books(&self, query: &str) -> usize {
        let answer = client().get(format!("{}/books?limit=100&{query}", self.url)).send().await.expect("an answer");
        let page: Value = answer.json().await.expect("it is JSON");
        page["items"].as_array().expect("a list").len()
    }

    /// Sends SIGTERM, as a system that shuts down does. Returns the exit code.
    #[cfg(unix)]
    fn terminate(mut self) -> Option<i32> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(asked.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Process {
    /// Sends SIGKILL.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command.arg("--data").arg(folder).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Returns the output of a start that fails.
fn failure(folder: &Path, arguments: &[&str]) -> String {
    let mut child = command(folder, arguments).spawn().expect("it starts");
    let mut said = String::new();
    child.stderr.take().expect("it has an error output").read_to_string(&mut said).expect("it is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    said
}

/// A folder of one test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        Scratch(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let scratch = Scratch::new("kill");
    let library = Process::start(&scratch.0);
    let token = library.login().await;
    for number in 0..20 {
        assert_eq!(library.add(&token, &format!("Book {number}")).await, StatusCode::CREATED);
    }
    drop(library);

    let library = Process::start(&scratch.0);
    assert_eq!(library.books("author=Nobody").await, 20);
    assert_eq!(library.add(&token, "One more").await, StatusCode::CREATED, "the same keys sign and verify");
}

#[tokio::test]
async fn rotating_the_keys_signs_nobody_out() {
    let scratch = Scratch::new("rotate");
    let rotate = || {
        let output = command(&scratch.0, &["rotate-keys"]).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, said) = rotate();
    assert!(code == Some(1) && said.contains("the secrets in"), "{said}");
    assert!(!scratch.0.exists());

    let library = Process::start(&scratch.0);
    let token = library.login().await;
    let (code, said) = rotate();
    assert!(code == Some(1) && said.contains("another runner works on"), "{said}");
    drop(library);

    let (code, said) = rotate();
    assert!(code == Some(0) && said.contains("Nobody is signed out"), "{said}");
    let library = Process::start(&scratch.0);
    assert_eq!(library.add(&token, "Kindred").await, StatusCode::CREATED, "with a token of the old key");
    let token = library.login().await;
    assert_eq!(library.add(&token, "Dawn").await, StatusCode::CREATED, "with a token of the new key");
}

#[tokio::test]
async fn the_first_books_are_added_once() {
    let scratch = Scratch::new("catalogue");
    let library = Process::start_furnished(&scratch.0);
    assert_eq!(library.books("author=Jane+Austen").await, library.books("author=jane+austen").await);
    let books = library.books("author=Jane+Austen").await;
    assert!(books > 0);
    drop(library);
    assert_eq!(Process::start_furnished(&scratch.0).books("author=Jane+Austen").await, books);

    // As after a start that was killed in the middle.
    let records = Connection::open(scratch.0.join("runner.sqlite")).expect("it is a database");
    let set = "UPDATE marks SET value = 'begun' WHERE name = 'first books'";
    assert_eq!(records.execute(set, []).expect("it can be written"), 1);
    drop(records);
    assert_eq!(Process::start_furnished(&scratch.0).books("author=Jane+Austen").await, books);
}

#[tokio::test]
async fn a_new_library_has_loans_of_four_weeks_and_a_bare_one_has_nothing() {
    let (scratch, bare) = (Scratch::new("first readers"), Scratch::new("bare"));
    let library = Process::start_furnished(&scratch.0);
    let desk = library.login().await;
    let count = |page: Value| page["items"].as_array().expect("a list").len();
    for (path, most) in [("/reservations?overdue=true", 2), ("/reservations?ready=true", 2), ("/archive/books", 3)] {
        let items = count(library.get(path, &desk).await);
        assert!((1..=most).contains(&items), "{path} has {items}");
    }
    let found = library.get("/users?query=2041%200077", &desk).await;
    let ada =
        library.get(&format!("/reservations?reader={}", found["items"][0]["id"].as_str().expect("an id")), &desk).await;
    assert_eq!(count(ada), 3, "two books are lent, one is ready");
    let reader = json!({"email": "ada@example.com", "password": "a quiet reading room"});
    library.ask(Method::POST, "/auth/login", "", &reader).await;
    // The clock is right again.
    let book =
        library.ask(Method::POST, "/books", &desk, &json!({"title": "Kindred", "author": "Octavia E. Butler"})).await;
    let added: jiff::Timestamp = book["createdAt"].as_str().expect("a time").parse().expect("a time");
    assert!(jiff::Timestamp::now().duration_since(added).as_secs() < 60, "{added}");

    let library = Process::start(&bare.0);
    assert_eq!(library.books("").await, 0);
    assert_eq!(count(library.get("/users", &library.login().await).await), 1);
}

#[tokio::test]
async fn a_start_that_fails_says_why_in_one_line() {
    let (scratch, other) = (Scratch::new("first"), Scratch::new("second"));
    let library = Process::start(&scratch.0);
    assert_eq!(
        failure(&scratch.0, &["--port", "0", "--dynamodb-port", "0"]),
        format!(
            "carrel: another runner works on {}: stop it, or choose another folder with --data <DIR>\n",
            scratch.0.display()
        )
    );
    let port = |url: &str| url.trim_end_matches("/v1").rsplit(':').next().expect("a port").to_owned();
    for (flag, port) in [("--port", port(&library.url)), ("--dynamodb-port", port(&library.dynamodb))] {
        let other_flag = if flag == "--port" { "--dynamodb-port" } else { "--port" };
        assert_eq!(
            failure(&other.0, &[flag, &port, other_flag, "0"]),
            format!("carrel: port {port} is taken by another program: choose another with {flag} <PORT>\n")
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn it_stops_cleanly_on_sigterm() {
    let scratch = Scratch::new("terminate");
    let library = Process::start(&scratch.0);
    assert_eq!(library.books("author=Nobody").await, 0);
    assert_eq!(library.terminate(), Some(0));
    assert!(!scratch.0.join("dynamodb.sqlite-wal").exists(), "the log has been written back");
}

/// Kills a library and starts it again.
fn kill(library: Process, scratch: &Scratch) -> Process {
    drop(library);
    Process::start(&scratch.0)
}

#[tokio::test]
async fn kil1_a_copy_is_lent_exactly_once_whenever_the_library_is_killed() {
    let scratch = Scratch::new("round");
    let library = Process::start(&scratch.0);
    let admin = library.login().await;
    let (first, firsts) = library.reader("first@example.com").await;
    let (second, seconds) = library.reader("second@example.com").await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler"});
    let book = library.ask(Method::POST, "/books", &admin, &book).await;
    let reserve = format!("/books/{}/reservations", book["id"].as_str().expect("an id"));
    let library = kill(library, &scratch);

    let held = library.ask(Method::POST, &reserve, &firsts, &Value::Null).await["id"].clone();
    let library = kill(library, &scratch);
    let queued = library.ask(Method::POST, &reserve, &seconds, &Value::Null).await;
    assert_eq!(queued["place"], 1);
    library.letters_come("second@example.com", 2).await;
    let library = kill(library, &scratch);
    let step = |step: &str| format!("/reservations/{}/{step}", held.as_str().expect("an id"));
    library.ask(Method::POST, &step("checkout"), &admin, &Value::Null).await;
    let library = kill(library, &scratch);
    library.ask(Method::POST, &step("return"), &admin, &Value::Null).await;
    let library = kill(library, &scratch);
    // A stop handles all that is left in the streams.
    assert_eq!(library.terminate(), Some(0));
    send_what_was_under_way(&scratch.0).await;
    let library = Process::start(&scratch.0);

    let welcome = "Is this your address?";
    assert_eq!(library.letters("first@example.com").await, [welcome, "Ready for you: Kindred"]);
    assert_eq!(
        library.letters("second@example.com").await,
        [welcome, "You are next: Kindred", "Ready for you: Kindred"]
    );
    let admin = library.login().await;
    let events = library.events(&admin).await;
    let lending: Vec<_> = events.iter().filter(|(kind, _)| kind != "book.added").cloned().collect();
    let [held, queued] = [held, queued["id"].clone()].map(|id| id.as_str().expect("an id").to_owned());
    let expected = [
        ("book.reserved", &held),
        ("book.reserved", &queued),
        ("book.checkedOut", &held),
        ("book.returned", &held),
        ("reservation.ready", &queued),
    ];
    assert_eq!(lending, expected.map(|(kind, id)| (kind.to_owned(), id.clone())));
    assert_eq!(library.activity(&admin, &first).await, ["user.registered", "user.emailVerified", "book.reserved"]);
    assert_eq!(
        library.activity(&admin, &second).await,
        ["user.registered", "user.emailVerified", "book.reserved", "reservation.ready"]
    );
    let mine = library.get("/reservations", &seconds).await;
    assert_eq!((&mine["items"][0]["id"], &mine["items"][0]["status"]), (&json!(queued), &json!("ready")));
    assert_eq!(library.get("/reservations", &firsts).await["items"], json!([]));
}

/// Runs the library once, six minutes later: whoever is killed while it sends a letter has the letter to itself for five.
async fn send_what_was_under_way(folder: &Path) {
    let clock = Clock::system();
    clock.advance(SignedDuration::from_mins(6));
    let data = Data::Folder(folder.to_owned());
    let library = Local::start(Options { data, clock, ..Options::default() }).await.expect("it starts");
    library.drained().await;
    library.run_schedule("dispatch").await.expect("the sweep runs");
    library.stop().await;
}

#[tokio::test]
async fn kil1_a_letter_comes_once_however_soon_after_the_answer_the_library_is_killed() {
    let scratch = Scratch::new("moments");
    let mut library = Process::start(&scratch.0);
    let admin = library.login().await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler"});
    let book = library.ask(Method::POST, "/books", &admin, &book).await;
    let reserve = format!("/books/{}/reservations", book["id"].as_str().expect("an id"));
    let moments = [0, 3, 10, 20, 40, 60, 80, 120];
    for moment in moments {
        let (_, token) = library.reader(&format!("reader{moment}@example.com")).await;
        library.ask(Method::POST, &reserve, &token, &Value::Null).await;
        tokio::time::sleep(Duration::from_millis(moment)).await;
        library = kill(library, &scratch);
    }
    assert_eq!(library.terminate(), Some(0));
    send_what_was_under_way(&scratch.0).await;
    let library = Process::start(&scratch.0);
    for moment in moments {
        let letters = library.letters(&format!("reader{moment}@example.com")).await;
        assert_eq!(letters.len(), 2, "killed after {moment} ms: {letters:?}");
    }
    let admin = library.login().await;
    let reserved = library.events(&admin).await.into_iter().filter(|(kind, _)| kind == "book.reserved");
    assert_eq!(reserved.count(), moments.len());
}

#[cfg(unix)]
#[tokio::test]
async fn a_stop_handles_what_is_left_and_closes_the_sockets() {
    let scratch = Scratch::new("drained");
    let library = Process::start(&scratch.0);
    let admin = library.login().await;
    let (_, reader) = library.reader("jane@example.com").await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler"});
    let book = library.ask(Method::POST, "/books", &admin, &book).await;
    let ticket = library.ask(Method::POST, "/live/tickets", &admin, &Value::Null).await;
    let (mut socket, _) = connect_async(ticket["url"].as_str().expect("a url")).await.expect("it is let in");
    let reserve = format!("/books/{}/reservations", book["id"].as_str().expect("an id"));
    library.ask(Method::POST, &reserve, &reader, &Value::Null).await;
    let ended = tokio::task::spawn_blocking(|| library.terminate());

    let (mut kinds, mut code) = (Vec::new(), None);
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => {
                let frame: Value = serde_json::from_str(&text).expect("it is JSON");
                let events = frame["items"].as_array().expect("events").iter();
                kinds.extend(events.map(|event| event["type"].as_str().unwrap_or_default().to_owned()));
            }
            Message::Close(frame) => code = frame.map(|frame| u16::from(frame.code)),
            _ => {}
        }
    }
    assert_eq!(code, Some(1001));
    assert_eq!(kinds.last().map(String::as_str), Some("book.reserved"), "{kinds:?}");
    assert_eq!(ended.await.expect("no panic"), Some(0));
    let records = Connection::open(scratch.0.join("runner.sqlite")).expect("it is a database");
    let count = "SELECT count(*) FROM items WHERE item ->> 'subject' = 'Ready for you: Kindred'";
    let count = records.query_row(count, [], |row| row.get::<_, i64>(0)).expect("a number");
    assert_eq!(count, 1, "before the next start");
    drop(records);
    let library = Process::start(&scratch.0);
    assert_eq!(library.letters("jane@example.com").await.len(), 2);
}
