//! Called by the SDK, as functions do.

use aws_credential_types::Credentials;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::{Region, SharedCredentialsProvider};
use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::operation::send_email::builders::SendEmailFluentBuilder;
use aws_sdk_sesv2::types::{self, MessageTag};
use axum::body::to_bytes;
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::folder::tests::Scratch;
use crate::records::List;
use crate::template::Template;

/// An account outside the sandbox.
fn account() -> Account {
    Account {
        sender: "library@example.com".to_owned(),
        sandbox: None,
        policy: Template::embedded().expect("it is right").mail.clone(),
    }
}

/// A client of an SES of its own.
async fn client(records: &Arc<Records>) -> Client {
    client_of(records, policy_for_any(account())).await
}

/// The same account with a role that allows everything.
fn policy_for_any(account: Account) -> Account {
    let any = "
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: dispatch}}
    Properties: {Policies: {Statement: [{Effect: Allow, Action: ses:SendEmail, Resource: '*'}]}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1}}
";
    Account { policy: Template::read(any).expect("it is right").mail, ..account }
}

async fn client_of(records: &Arc<Records>, account: Account) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let app = router(Arc::clone(records), account);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let config = shared::runtime::app::sdk_config(Some(format!("http://{address}/dev/ses"))).await.into_builder();
    let credentials = SharedCredentialsProvider::new(Credentials::new("local", "local", None, None, "local"));
    Client::new(&config.region(Region::from_static("local")).credentials_provider(credentials).build())
}

fn in_memory() -> Arc<Records> {
    Arc::new(Records::open(None).expect("the records open"))
}

fn mails(records: &Records) -> Vec<Mail> {
    records.newest_first(List::Mail).expect("they are read")
}

fn part(text: &str) -> types::Content {
    types::Content::builder().data(text).charset("UTF-8").build().expect("it has data")
}

/// A mail that only has to be sent.
fn mail(client: &Client, subject: &str) -> SendEmailFluentBuilder {
    let body = types::Body::builder().text(part("Hello, Zoë.")).html(part("<p>Hello, Zoë.")).build();
    let message = types::Message::builder().subject(part(subject)).body(body).build();
    client
        .send_email()
        .from_email_address("The library <library@example.com>")
        .destination(types::Destination::builder().to_addresses("zoe@example.com").build())
        .content(types::EmailContent::builder().simple(message).build())
}

fn letter(id: &Uuid) -> MessageTag {
    MessageTag::builder().name("letter").value(id.to_string()).build().expect("it has both")
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_sent() {
    let records = in_memory();
    let client = client(&records).await;
    let sent = mail(&client, "Your book is here").send().await.expect("it is sent");
    let [mail] = <[Mail; 1]>::try_from(mails(&records)).expect("there is one");
    assert_eq!(sent.message_id(), Some(mail.id.to_string().as_str()));
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("zoe@example.com", "Your book is here"));
    assert_eq!((mail.text.as_str(), mail.html.as_deref()), ("Hello, Zoë.", Some("<p>Hello, Zoë.")));
}

#[tokio::test]
async fn a_letter_that_is_sent_twice_arrives_once_also_after_a_restart() {
    let scratch = Scratch::create();
    let id = Uuid::now_v7();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let records = Arc::new(Records::open(Some(&scratch.0)).expect("the records open"));
        let client = client(&records).await;
        for subject in ["First", "Second"] {
            let sent = mail(&client, subject).email_tags(letter(&id)).send().await.expect("it counts as sent");
            ids.push(sent.message_id.expect("it has an id"));
        }
        mail(&client, "Another").email_tags(letter(&Uuid::now_v7())).send().await.expect("it is sent");
        let all = mails(&records);
        assert_eq!(all.iter().filter(|mail| mail.id == id).count(), 1);
        assert!(all.iter().any(|mail| mail.id == id && mail.subject == "First"));
    }
    assert_eq!(ids, [(); 4].map(|()| id.to_string()));
}

#[tokio::test]
async fn a_malformed_mail_is_refused_as_by_ses() {
    let records = in_memory();
    let client = client(&records).await;
    let to = |addresses: &[&str]| {
        let addresses = addresses.iter().map(ToString::to_string).collect();
        types::Destination::builder().set_to_addresses(Some(addresses)).build()
    };
    let raw = types::RawMessage::builder().data(b"Subject: hi".to_vec().into()).build().expect("it has data");
    let nobody = MessageTag::builder().name("letter").value("nobody").build().expect("it has both");
    let two_lines = mail(&client, "one\r\nBcc: eve@example.com");
    let content = |subject: types::Content| {
        let body = types::Body::builder().text(part("Hello")).build();
        let message = types::Message::builder().subject(subject).body(body).build();
        types::EmailContent::builder().simple(message).build()
    };
    let in_ascii = types::Content::builder().data("Les Misérables").build().expect("it has data");
    let unknown = types::Content::builder().data("Dune").charset("UTF-9").build().expect("it has data");
    let header = |name: &str, value: &str| {
        let header = types::MessageHeader::builder().name(name).value(value).build().expect("it has both");
        let body = types::Body::builder().text(part("Hello")).build();
        let message = types::Message::builder().subject(part("")).body(body).headers(header).build();
        mail(&client, "").content(types::EmailContent::builder().simple(message).build())
    };
    for (wrong, named) in [
        (header("List-Unsubscribe", "<https://a.example>\r\nBcc: eve@example.com"), "List-Unsubscribe"),
        (header("List-Unsubscribe", &"x".repeat(981)), "List-Unsubscribe"),
        (header("List: Unsubscribe", "<https://a.example>"), "List: Unsubscribe"),
        (mail(&client, "").set_from_email_address(None), "FromEmailAddress"),
        (mail(&client, "").destination(to(&[])), "one address"),
        (mail(&client, "").destination(to(&["a@example.com", "b@example.com"])), "one address"),
        (mail(&client, "").destination(to(&["zoe"])), "zoe"),
        (mail(&client, "").content(types::EmailContent::builder().raw(raw).build()), "Content.Simple"),
        (mail(&client, "").destination(to(&["josé@example.com"])), "Local address"),
        (mail(&client, "").destination(to(&["a@bücher.example"])), "Domain"),
        (mail(&client, "").email_tags(nobody), "letter"),
        (two_lines, "Subject"),
        (mail(&client, &"é".repeat(436)), "Subject"),
        (mail(&client, "").content(content(in_ascii)), "Charset"),
        (mail(&client, "").content(content(unknown)), "Charset"),
        (mail(&client, "").from_email_address("Zoë <library@example.com>"), "encoded word"),
    ] {
        let problem = wrong.send().await.expect_err(named).into_service_error();
        assert!(problem.is_bad_request_exception(), "{problem:?}");
        assert!(problem.message().is_some_and(|message| message.contains(named)), "{problem:?}");
    }
    assert_eq!(mails(&records), []);
}

#[tokio::test]
async fn a_request_without_a_signature_or_without_json_is_refused() {
    for (signature, status, kind) in [
        ("Bearer x", StatusCode::FORBIDDEN, "MissingAuthenticationTokenException"),
        ("AWS4-HMAC-SHA256 Credential=x", StatusCode::BAD_REQUEST, "BadRequestException"),
    ] {
        let request = Request::post("/dev/ses/v2/email/outbound-emails").header(header::AUTHORIZATION, signature);
        let request = request.body(axum::body::Body::from("{")).expect("it is a request");
        let answer = router(in_memory(), account()).oneshot(request).await.expect("it never fails");
        assert_eq!((answer.status(), answer.headers()["x-amzn-errortype"].to_str().ok()), (status, Some(kind)));
        let body = to_bytes(answer.into_body(), 1000).await.expect("it has a body");
        let body: Value = serde_json::from_slice(&body).expect("it is JSON");
        assert!(body["message"].is_string());
    }
}

#[tokio::test]
async fn fc3_a_sender_that_is_not_verified_is_refused() {
    let records = in_memory();
    let client = client(&records).await;
    let other = mail(&client, "").from_email_address("other@example.com").send().await;
    let problem = other.expect_err("it is not verified").into_service_error();
    assert!(problem.is_message_rejected(), "{problem:?}");
}

#[tokio::test]
async fn aw1_in_the_sandbox_the_role_must_allow_the_recipients_identity_too() {
    let send = async |account: Account, to: &str| {
        let records = in_memory();
        let client = client_of(&records, account.clone()).await;
        let to = types::Destination::builder().to_addresses(to).build();
        let sent = mail(&client, "").from_email_address(account.sender).destination(to).send().await;
        sent.map(drop).map_err(|problem| problem.into_service_error().code().unwrap_or_default().to_owned())
    };
    let sender = crate::deployment::MAIL_SENDER.to_owned();
    let sandbox = Some(vec!["zoe@example.com".to_owned(), "school.example".to_owned()]);
    let ours = Account { sender, sandbox, ..account() };
    for verified in ["zoe@example.com", "max@school.example", crate::deployment::MAIL_SENDER] {
        assert_eq!(send(ours.clone(), verified).await, Ok(()), "{verified}");
    }
    assert_eq!(send(ours.clone(), "eve@example.com").await, Err("MessageRejected".to_owned()));
    let narrow = format!(
        "
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: dispatch}}}}
    Properties:
      Policies:
        Statement:
          - Effect: Allow
            Action: ses:SendEmail
            Resource: arn:aws:ses:local:123456789012:identity/{}
  Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: v1}}}}
",
        ours.sender
    );
    let narrow = Account { policy: Template::read(&narrow).expect("it is right").mail, ..ours };
    assert_eq!(send(narrow.clone(), "zoe@example.com").await, Err("AccessDeniedException".to_owned()));
    assert_eq!(send(Account { sandbox: None, ..narrow }, "zoe@example.com").await, Ok(()), "outside the sandbox");
}
