use std::sync::Arc;

use aws_config::Region;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Outcome, Ses};
use crate::mail::Mail;

const ACCEPTED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"MessageId\":\"1\"}";

/// What the fake SES does with each connection.
#[derive(Clone, Copy)]
enum Behavior {
    /// Reads a request, sends this answer, and closes the connection.
    AnswersAndCloses(&'static str),
    /// Reads a request, sends this answer, and leaves the connection open.
    AnswersAndKeepsOpen(&'static str),
    /// Reads nothing and closes the connection.
    Closes,
    /// Reads the request and does not answer before the client's timeout.
    DoesNotAnswer,
}

/// A fake SES, with the requests that it received.
struct Server {
    endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn with(behavior: Behavior) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut open = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                if let Behavior::Closes = behavior {
                    seen.lock().await.push(String::new());
                    continue;
                }
                seen.lock().await.push(read(&mut stream).await);
                match behavior {
                    Behavior::AnswersAndCloses(answer) | Behavior::AnswersAndKeepsOpen(answer) => {
                        stream.write_all(answer.as_bytes()).await.expect("the client reads");
                    }
                    Behavior::Closes => {}
                    // A paused clock jumps to the next timeout.
                    Behavior::DoesNotAnswer => tokio::time::pause(),
                }
                if let Behavior::AnswersAndKeepsOpen(_) | Behavior::DoesNotAnswer = behavior {
                    open.push(stream);
                }
            }
        });
        Server { endpoint, requests }
    }

    async fn ses(&self) -> Ses {
        ses(&self.endpoint).await
    }

    /// Sends a mail. Returns what became of it, and how often it was sent.
    async fn send(&self) -> (Outcome, usize) {
        let outcome = self.ses().await.send(&mail(), LETTER).await;
        (outcome, self.requests.lock().await.len())
    }
}

/// Reads a request and returns its body.
async fn read(stream: &mut TcpStream) -> String {
    let mut request = String::new();
    loop {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).await.expect("the client writes");
        request.push_str(std::str::from_utf8(&bytes[..count]).expect("text"));
        let Some((head, body)) = request.split_once("\r\n\r\n") else { continue };
        let head = head.to_lowercase();
        assert!(head.starts_with("post /v2/email/outbound-emails "), "{head}");
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        if length.and_then(|length| length.parse().ok()) == Some(body.len()) {
            return body.to_owned();
        }
    }
}

async fn ses(endpoint: &str) -> Ses {
    let credentials = Credentials::new("local", "local", None, None, "test");
    let config = shared::runtime::app::sdk_config(Some(endpoint.to_owned())).await.into_builder();
    let config =
        config.region(Region::from_static("local")).credentials_provider(SharedCredentialsProvider::new(credentials));
    Ses::new(&config.build(), "library@example.com".to_owned())
}

const LETTER: Uuid = Uuid::from_bytes([7; 16]);

fn mail() -> Mail {
    let [to, subject, text, html] = ["jane@example.com", "Les Misérables", "a text", "<p>a text"].map(str::to_owned);
    Mail { to, subject, text, html, unsubscribe: Some("https://library.example/v1/letters/00".to_owned()) }
}

#[tokio::test]
async fn a_mail_has_all_its_parts_and_the_id_of_its_letter() {
    let server = Server::with(Behavior::AnswersAndCloses(ACCEPTED)).await;
    assert_eq!(server.send().await, (Outcome::Accepted, 1));
    let asked: Value = serde_json::from_str(&server.requests.lock().await[0]).expect("JSON");
    let part = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
    let body = json!({ "Text": part("a text"), "Html": part("<p>a text") });
    let header = |name: &str, value: &str| json!({ "Name": name, "Value": value });
    let headers = [
        header("List-Unsubscribe", "<https://library.example/v1/letters/00>"),
        header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ];
    let expected = json!({
        "FromEmailAddress": "library@example.com",
        "Destination": { "ToAddresses": ["jane@example.com"] },
        "Content": { "Simple": { "Subject": part("Les Misérables"), "Body": body, "Headers": headers } },
        "EmailTags": [{ "Name": "letter", "Value": "07070707-0707-0707-0707-070707070707" }],
    });
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn each_mail_uses_a_new_connection() {
    let server = Server::with(Behavior::AnswersAndKeepsOpen(ACCEPTED)).await;
    let ses = server.ses().await;
    for _ in 0..3 {
        // The server reads only one request from a connection.
        assert_eq!(ses.send(&mail(), LETTER).await, Outcome::Accepted);
    }
}

#[tokio::test]
async fn fc2_a_refusal_is_final_or_passes_and_its_code_is_all_that_is_kept() {
    let later = |code: &str| Outcome::Later(code.to_owned());
    let refused = |code: &str| Outcome::Refused(code.to_owned());
    for (answer, outcome) in [
        (
            "HTTP/1.1 429 Too Many Requests\r\nx-amzn-errortype: TooManyRequestsException\r\nContent-Length: 2\r\n\r\n{}",
            later("TooManyRequestsException"),
        ),
        ("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", later("status 429")),
        (
            "HTTP/1.1 400 Bad Request\r\nx-amzn-errortype: MessageRejected\r\nContent-Length: 38\r\n\r\n\
             {\"message\":\"Not verified: jane@x.org\"}",
            refused("MessageRejected"),
        ),
        (
            "HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: AccessDeniedException\r\nContent-Length: 2\r\n\r\n{}",
            refused("AccessDeniedException"),
        ),
        (
            "HTTP/1.1 400 Bad Request\r\nx-amzn-errortype: ThrottlingException\r\nContent-Length: 2\r\n\r\n{}",
            later("ThrottlingException"),
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\nx-amzn-errortype: ServiceUnavailable\r\nContent-Length: 2\r\n\r\n{}",
            later("ServiceUnavailable"),
        ),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 11\r\n\r\n<h1>Oh.</h1>", later("status 502")),
    ] {
        assert_eq!(Server::with(Behavior::AnswersAndCloses(answer)).await.send().await, (outcome, 1), "{answer}");
    }
}

#[tokio::test]
async fn a_mail_that_was_never_sent_is_sent_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let outcome = ses(&endpoint).await.send(&mail(), LETTER).await;
    assert_eq!(outcome, Outcome::Later("SES could not be reached".to_owned()));
}

#[tokio::test]
async fn a_mail_without_an_answer_of_ses_is_uncertain() {
    for behavior in [
        Behavior::Closes,
        Behavior::DoesNotAnswer,
        Behavior::AnswersAndCloses(""),
        Behavior::AnswersAndCloses("HTTP/1.1 "),
    ] {
        assert_eq!(Server::with(behavior).await.send().await, (Outcome::Unanswered, 1));
        if let Behavior::DoesNotAnswer = behavior {
            tokio::time::resume();
        }
    }
}

#[tokio::test]
async fn a_truncated_answer_with_a_success_status_counts_as_accepted() {
    let truncated = Behavior::AnswersAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"Mess");
    assert_eq!(Server::with(truncated).await.send().await, (Outcome::Accepted, 1));
}
