//! `cargo run -p local` as whoever starts it sees it: what it says, how it ends, and what outlives a kill.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// A library of its own process. Its process ends with it.
struct Process {
    child: Child,
    url: String,
    dynamodb: String,
}

impl Process {
    /// Starts one on free ports and waits until it is open.
    fn start(folder: &Path) -> Self {
        let mut child = command(folder, &["--port", "0", "--dynamodb-port", "0"]).spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.as_mut().expect("it has an output")).lines();
        let lines: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.contains("Ctrl-C")).collect();
        let after = |name: &str| {
            let line = lines.iter().find_map(|line| line.trim().strip_prefix(name));
            line.expect("the welcome names it").trim().to_owned()
        };
        Process { url: after("API "), dynamodb: after("DynamoDB"), child }
    }

    async fn login(&self) -> String {
        let who = json!({"email": "johndoe@example.com", "password": "password"});
        let answer = Client::new().post(format!("{}/auth/login", self.url)).json(&who).send().await.expect("an answer");
        let tokens: Value = answer.json().await.expect("it is JSON");
        tokens["accessToken"].as_str().expect("a token").to_owned()
    }

    async fn add(&self, token: &str, title: &str) -> StatusCode {
        let book = json!({"title": title, "author": "Nobody"});
        let request = Client::new().post(format!("{}/books", self.url)).bearer_auth(token).json(&book);
        request.send().await.expect("an answer").status()
    }

    async fn books(&self, query: &str) -> usize {
        let answer = reqwest::get(format!("{}/books?limit=100&{query}", self.url)).await.expect("an answer");
        let page: Value = answer.json().await.expect("it is JSON");
        page["items"].as_array().expect("a list").len()
    }

    /// Asks it to end, as a system that shuts down does, and gives its exit code.
    #[cfg(unix)]
    fn terminate(mut self) -> Option<i32> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(asked.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Process {
    /// As `kill -9` does.
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

/// What a start that fails says.
fn failure(folder: &Path, arguments: &[&str]) -> String {
    let mut child = command(folder, arguments).spawn().expect("it starts");
    let mut said = String::new();
    child.stderr.take().expect("it has an error output").read_to_string(&mut said).expect("it is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    said
}

/// A folder of a test's own.
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
async fn what_was_acknowledged_outlives_a_kill() {
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
async fn rotated_keys_sign_nobody_out() {
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
    let library = Process::start(&scratch.0);
    assert_eq!(library.books("author=Jane+Austen").await, library.books("author=jane+austen").await);
    let books = library.books("author=Jane+Austen").await;
    assert!(books > 0);
    drop(library);
    assert_eq!(Process::start(&scratch.0).books("author=Jane+Austen").await, books);

    // A start that was killed in the middle has left this.
    std::fs::write(scratch.0.join("catalogue"), "begun").expect("it can be written");
    assert_eq!(Process::start(&scratch.0).books("author=Jane+Austen").await, books);
}

#[tokio::test]
async fn a_start_that_cannot_be_says_why_in_one_line() {
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
async fn it_ends_cleanly_when_asked_to() {
    let scratch = Scratch::new("terminate");
    let library = Process::start(&scratch.0);
    assert_eq!(library.books("author=Nobody").await, 0);
    assert_eq!(library.terminate(), Some(0));
    assert!(!scratch.0.join("dynamodb.sqlite-wal").exists(), "the log has been written back");
}
