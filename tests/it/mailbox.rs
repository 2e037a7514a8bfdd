//! The local runner's mailbox, `/dev/mail`, which does not exist in AWS.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Library, PASSWORD, unique_email};

/// Returns the status and the text of the mailbox's answer. The mailbox is outside of the stage.
async fn mailbox(library: &Library, path: &str, accept: &str) -> (u16, String) {
    let url = library.url().replace("/v1", &format!("/dev/mail{path}"));
    let answer = tests::client(None).get(url).header("accept", accept).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

/// Returns the letters that the mailbox lists.
async fn letters(library: &Library, query: &str) -> Vec<Value> {
    library.local().drained().await;
    let (status, text) = mailbox(library, query, "*/*").await;
    assert_eq!(status, 200, "{text}");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    json["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn letters_are_listed_newest_first_and_by_reader() {
    let library = Library::own().start().await;
    assert!(letters(&library, "").await.is_empty());
    // Each letter is sent before the next is written, because letters of one moment are sent in parallel.
    let first = library.reader().await;
    library.local().drained().await;
    let second = library.reader().await;
    library.local().drained().await;
    first.post("/auth/reset-password-request", json!({"email": first.email})).await.expect(202);
    let all = letters(&library, "").await;
    let to: Vec<_> = all.iter().map(|letter| letter["to"].as_str().unwrap_or_default()).collect();
    assert_eq!(to, [&first.email, &second.email, &first.email]);
    let fields: Vec<_> = all[0].as_object().into_iter().flat_map(|letter| letter.keys()).collect();
    assert_eq!(fields, ["html", "id", "sentAt", "subject", "text", "to"]);
    assert_eq!(letters(&library, &format!("?to={}", second.email)).await, [all[1].clone()]);

    let one = mailbox(&library, &format!("/{}", all[1]["id"].as_str().unwrap_or_default()), "*/*").await;
    assert_eq!((one.0, serde_json::from_str::<Value>(&one.1).ok()), (200, Some(all[1].clone())));
    assert_eq!(mailbox(&library, "/unknown", "*/*").await.0, 404);
}

#[tokio::test]
async fn an_address_without_an_account_gets_no_letter() {
    let library = Library::own().start().await;
    library.stranger().post("/auth/reset-password-request", json!({"email": unique_email()})).await.expect(202);
    assert!(letters(&library, "").await.is_empty());
}

#[tokio::test]
async fn a_browser_gets_a_page_without_scripts() {
    let library = Library::own().start().await;
    for (email, name) in
        [("o'neill&co@example.com", "Jane O'Neill"), ("eve@example.com", "<script>alert('1')</script>")]
    {
        let registration = json!({"email": email, "password": PASSWORD, "firstName": name});
        library.stranger().post("/auth/register", registration).await.expect(201);
    }
    library.local().drained().await;
    let (status, page) = mailbox(&library, "", "text/html,application/xhtml+xml,*/*;q=0.8").await;
    assert_eq!(status, 200);
    assert!(page.contains("<span>o&#39;neill&amp;co@example.com</span>") && !page.contains("<script"), "{page}");
    let mut texts = String::new();
    for letter in letters(&library, "").await {
        let path = format!("/{}?view=text", letter["id"].as_str().unwrap_or_default());
        texts.push_str(&mailbox(&library, &path, "text/html").await.1);
    }
    // The greeting leaves out what does not look like a name.
    assert!(texts.contains("Hello Jane O&#39;Neill,") && texts.contains("\nHello,\n"), "{texts}");
    assert!(!texts.contains("<script") && !texts.contains("alert"), "{texts}");
}

#[tokio::test]
async fn wb20_opening_the_link_of_a_letter_does_not_use_up_its_token() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let text = letters(&library, "").await[0]["text"].as_str().unwrap_or_default().to_owned();
    let link = text.lines().find(|line| line.starts_with("http")).expect("a link").to_owned();
    let (page, token) = link.split_once("?token=").expect("a token");
    assert_eq!(page, format!("{}/verify-email", library.local().site()));
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let answer = tests::client(None).request(method, &link).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
            assert_eq!(answer.headers()[name], value, "{name}");
        }
        let page = answer.text().await.expect("text");
        assert!(page.is_empty() || page.contains("<meta name=\"robots\" content=\"noindex\">"), "{page}");
        assert!(!page.contains(token), "{page}");
    }
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
}

#[tokio::test]
async fn letters_link_to_the_website_if_the_settings_name_one() {
    let site = |settings: &mut shared::runtime::app::Settings| settings.site_url = "https://library.example".into();
    let library = Library::own().settings(site).start().await;
    library.reader().await;
    let text = letters(&library, "").await[0]["text"].as_str().unwrap_or_default().to_owned();
    assert!(text.contains("\nhttps://library.example/verify-email?token="), "{text}");
}
