//! The documentation page, the contract and `/health`. They need neither a session nor an API key.

use local::openapi::openapi;
use reqwest::Method;
use serde_json::{Value, json};
use tests::Library;

/// Returns the addresses of the files that the page names.
async fn files(library: &Library) -> Vec<String> {
    let page = library.stranger().get("/docs").await.expect(200);
    let names = page.text.split('"').filter(|text| text.contains("/-/"));
    let mut files: Vec<_> = names.map(|name| name.trim_start_matches("/v1").to_owned()).collect();
    files.dedup();
    assert!(files.len() > 10, "{files:?}");
    files
}

#[tokio::test]
async fn health_and_the_contract_need_no_database_and_the_documentation_only_the_rules() {
    let library = Library::own().metered().start().await;
    library.proxy().take();
    let answer = library.stranger().get("/health").await.expect(200);
    assert_eq!(answer.json(), json!({"status": "ok"}));
    assert_eq!(answer.header("cache-control"), "no-store");
    for path in files(&library).await {
        library.stranger().get(&path).await.expect(200);
    }
    library.stranger().get("/openapi.json").await.expect(200);
    // Dispatch may call the database meanwhile, because it follows the stream.
    let calls: Vec<_> = library.proxy().take().into_iter().filter(|call| call.function != "dispatch").collect();
    // The page is headed by the library's name, which is read once a minute.
    assert!(matches!(&calls[..], [call] if call.function == "web" && call.action == "GetItem"), "{calls:?}");
}

#[tokio::test]
async fn the_documentation_needs_no_api_key() {
    let library = Library::own().usage_plans().start().await;
    let files = files(&library).await;
    for path in files.iter().map(String::as_str).chain(["/health", "/openapi.json", "/docs", "/docs/"]) {
        library.stranger().get(path).header("x-api-key", "unknown").await.expect(200);
    }
}

#[tokio::test]
async fn the_contract_that_is_served_is_the_committed_one() {
    let library = Library::start().await;
    let answer = library.stranger().get("/openapi.json").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert!(answer.text == include_str!("../../openapi.json"));
    // Its server is the address that it was read from.
    let server = answer.json()["servers"][0]["url"].as_str().unwrap_or_default().to_owned();
    assert!(library.url().ends_with(&server), "{server} is not {}", library.url());
}

#[tokio::test]
async fn the_contract_and_the_page_are_not_sent_again_if_unchanged() {
    let library = Library::start().await;
    for (path, kept) in [("/openapi.json", "public, max-age=300"), ("/docs", "no-cache")] {
        let etag = library.stranger().get(path).await.expect(200).header("etag").to_owned();
        let again = library.stranger().get(path).header("if-none-match", &etag).await.expect(304);
        assert_eq!((again.text.as_str(), again.header("etag")), ("", etag.as_str()));
        assert_eq!(again.header("cache-control"), kept);
        library.stranger().get(path).header("if-none-match", "\"another\"").await.expect(200);
    }
}

#[tokio::test]
async fn the_page_names_only_what_the_library_has() {
    let library = Library::behind_gateway().await;
    for path in ["/docs", "/docs/"] {
        let page = library.stranger().get(path).header("accept", "text/html,*/*;q=0.8").await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        // The paths are absolute: relative ones would differ with and without a slash at the end of the address.
        for address in page.text.split(['"', ' ']).filter_map(|text| text.strip_prefix("/v1/")) {
            library.stranger().get(&format!("/{address}")).await.expect(200);
        }
        assert!(!page.text.contains("://"), "{}", page.text);
    }
    // Files of the page have no addresses of their own.
    library.stranger().get("/docs/docs.js").await.problem(404, "not-found");
    library.stranger().ask(Method::POST, "/docs").await.problem(404, "not-found");
}

#[tokio::test]
async fn no_answer_beside_a_page_may_load_anything() {
    let library = Library::start().await;
    for path in ["/openapi.json", "/health", "/docs/nothing.js"] {
        let answer = library.stranger().get(path).await;
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
    }
}

/// The documentation page shows an example body for each operation. The operation must accept it, except for tokens that
/// are only in letters.
#[tokio::test]
async fn every_example_body_of_the_contract_is_accepted() {
    let contract = openapi().unwrap_or_else(|error| panic!("{error}"));
    let mut sent = 0;
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let Some(body) = example(&contract, operation) else { continue };
            let library = Library::own().start().await;
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let answer = library.admin().await.ask(method.clone(), with_unknown_ids(path).as_str()).json(body).await;
            let refused = answer.text.contains("\"errors\"").then(|| answer.json()["errors"][0]["pointer"].clone());
            let only_in_letters = [None, Some(json!("/resetToken")), Some(json!("/token"))];
            assert!(
                only_in_letters.contains(&refused) && answer.status < 500,
                "{method} {path} {body}: {}",
                answer.text
            );
            assert_ne!(answer.status, 415, "{method} {path}");
            sent += 1;
        }
    }
    assert!(sent >= 15, "{sent}");
}

/// Returns the example body of an operation, if it has a body.
fn example<'a>(contract: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    let body = operation["requestBody"]["content"].get("application/json")?;
    let schema = body["schema"]["$ref"].as_str().and_then(|path| contract.pointer(path.trim_start_matches('#')));
    Some(body.get("example").unwrap_or_else(|| &schema.unwrap_or(&Value::Null)["examples"][0]))
}

fn with_unknown_ids(path: &str) -> String {
    let unknown = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
    let reservation = "AaIeiUi8cOW5YcmJxGD_5AGiQpXMvHRunCqXijnf4YE";
    let path = path.replace("{importId}", unknown).replace("{part}", "1").replace("{token}", "00");
    path.replace("{bookId}", unknown).replace("{userId}", unknown).replace("{reservationId}", reservation)
}
