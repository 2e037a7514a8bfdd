//! The local runner: what web pages cannot reach, and from when on it answers.

use std::time::Duration;

use local::{Local, Options};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tests::Library;

/// Sends a request. Returns the status, the headers about other origins, and the error code of DynamoDB.
async fn sends(request: RequestBuilder) -> (u16, Vec<String>, String) {
    let answer = request.send().await.expect("an answer");
    let cors = answer.headers().keys().filter(|name| name.as_str().starts_with("access-control-"));
    let (status, cors) = (answer.status().as_u16(), cors.map(ToString::to_string).collect());
    let body: Value = serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default();
    let code = body["__type"].as_str().and_then(|code| code.rsplit('#').next()).unwrap_or_default().to_owned();
    (status, cors, code)
}

#[tokio::test]
async fn loc1_no_web_page_reaches_the_database() {
    let library = Library::own().start().await;
    let (database, http) = (library.local().database(), Client::new());
    let call = |key: &str| {
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
        );
        let call = http.post(database.endpoint()).header("authorization", signature).body("{}");
        call.header("x-amz-target", "DynamoDB_20120810.ListTables").header("content-type", "application/x-amz-json-1.0")
    };
    let key = database.access_key();
    assert_eq!(sends(call(key)).await.0, 200);
    for wrong in ["local", "", &key[1..], &format!("{key}A"), &key.to_lowercase()] {
        assert_eq!(sends(call(wrong)).await, (400, vec![], "UnrecognizedClientException".to_owned()), "{wrong}");
    }
    let origin = sends(call(key).header("origin", "http://localhost:9000")).await;
    assert_eq!(origin, (400, vec![], "AccessDeniedException".to_owned()));
    for host in ["evil.example", "evil.example:8000", "localhost.evil.example"] {
        assert_eq!(sends(call(key).header("host", host)).await.0, 421, "{host}");
    }
    let preflight =
        http.request(reqwest::Method::OPTIONS, database.endpoint()).header("origin", "https://evil.example");
    let (status, cors, _) = sends(preflight.header("access-control-request-headers", "authorization")).await;
    assert!((400..500).contains(&status) && cors.is_empty(), "{status} {cors:?}");
    assert!((400..500).contains(&sends(http.get(database.endpoint())).await.0));
}

#[tokio::test]
async fn loc1_no_foreign_name_leads_to_the_gateway_or_the_mailbox() {
    let library = Library::own().start().await;
    let root = library.url().trim_end_matches("/v1");
    for path in ["/v1/health", "/v1/books", "/dev/mail", "/dev/dead-letters"] {
        let ask = |host: &str| Client::new().get(format!("{root}{path}")).header("host", host);
        for host in ["evil.example", "evil.example:9000"] {
            assert_eq!(sends(ask(host)).await.0, 421, "{path} at {host}");
        }
        for host in ["localhost:9000", "127.0.0.1", "[::1]:9000"] {
            assert_eq!(sends(ask(host)).await.0, 200, "{path} at {host}");
        }
    }
}

#[tokio::test]
async fn fc19_a_library_answers_when_its_librarian_is_there_and_not_before() {
    let options = Options { opens_at_once: false, ..Options::default() };
    let local = Local::start(options).await.unwrap_or_else(|error| panic!("{error}"));
    let credentials = json!({"email": "johndoe@example.com", "password": "password"});
    let login = Client::new().post(format!("{}/auth/login", local.url())).json(&credentials).send();
    let mut login = tokio::spawn(login);
    let early = tokio::time::timeout(Duration::from_millis(200), &mut login).await;
    assert!(early.is_err(), "it answers too early: {early:?}");
    local.create_admin("johndoe@example.com", "password").await.unwrap_or_else(|error| panic!("{error}"));
    local.open();
    let answer = login.await.expect("no panic").expect("an answer");
    assert_eq!(answer.status(), 200);
    local.stop().await;
}
