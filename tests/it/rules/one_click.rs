//! A mail program switches letters off with the link in their header (RFC 8058): those of one kind, for one reader.

use reqwest::{Client, Method, redirect};
use serde_json::{Value, json};
use tests::{Library, Person};

/// Reserves a new book of that title, and returns the link of its letter. Its letter is the newest.
async fn reserves(library: &Library, admin: &Person, reader: &Person, title: &str) -> String {
    let book = admin.adds(title, "Octavia E. Butler").await;
    reader.reserves(&book).await.expect(201);
    let mails = library.mails(&reader.email).await;
    let newest = mails.last().expect("a letter");
    assert_eq!(newest.subject, format!("Ready for you: {title}"));
    assert_eq!(newest.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    let link = newest.headers["List-Unsubscribe"].strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    link.expect("a URL in angle brackets").to_owned()
}

/// Calls the link as mail programs do: without a key, a session or cookies.
async fn calls(link: &str) -> (u16, Value) {
    calls_with(link, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click").await
}

async fn calls_with(link: &str, content_type: &str, body: &'static str) -> (u16, Value) {
    let call = tests::client(None).post(link).header("content-type", content_type);
    let answer = call.body(body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn choice(reader: &Person) -> Value {
    reader.get("/users/me").await.expect(200).json()["letters"].clone()
}

#[tokio::test]
async fn dk64_a_mail_program_switches_off_letters_of_that_kind_and_no_other() {
    let library = Library::own().start().await;
    let (admin, reader, other) = (library.admin().await, library.reader().await, library.reader().await);
    let link = reserves(&library, &admin, &reader, "Kindred").await;
    reserves(&library, &admin, &other, "Fledgling").await;
    assert!(link.starts_with(&format!("{}/letters/", library.url())), "{link}");
    for letter in library.mails(&reader.email).await {
        assert_eq!(letter.headers.is_empty(), !letter.subject.starts_with("Ready"), "{}", letter.subject);
    }
    let off = json!({"ready": false, "dueSoon": true, "overdue": true});
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    for (content_type, body) in [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", multipart),
        ("text/plain", ""),
    ] {
        assert_eq!(calls_with(&link, content_type, body).await, (200, json!({"off": "ready"})), "{content_type}");
        assert_eq!(choice(&reader).await, off, "as often as it is called");
    }
    assert_eq!(choice(&other).await, Value::Null);
    let before = library.mails(&reader.email).await.len();
    let book = admin.adds("Dawn", "Octavia E. Butler").await;
    reader.reserves(&book).await.expect(201);
    let change = json!({"currentPassword": tests::PASSWORD, "newPassword": "another horse battery"});
    reader.put("/auth/password", change).await.expect(200);
    let new: Vec<_> = library.mails(&reader.email).await.into_iter().skip(before).map(|mail| mail.subject).collect();
    assert_eq!(new, ["Your password was changed"]);
    // The reader takes it back, and the next letter comes with a link that works.
    reader.patch("/users/me", json!({"letters": {"ready": true}})).await.expect(200);
    let again = reserves(&library, &admin, &reader, "Imago").await;
    assert_eq!(again, link);
    let log = admin.get(&format!("/activity?user={}&limit=100", reader.id)).await.expect(200).each("type");
    assert_eq!(log.iter().filter(|kind| *kind == "user.changed").count(), 2, "one for each change: {log:?}");
    library.wait(366 * super::DAY);
    assert_eq!(calls(&link).await.0, 200, "a year later");
}

#[tokio::test]
async fn dk63_opening_the_link_changes_nothing_and_leads_to_the_page_that_asks() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let link = reserves(&library, &admin, &reader, "Kindred").await;
    let token = link.rsplit('/').next().unwrap_or_default();
    let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
    for method in [Method::HEAD, Method::GET] {
        let opened = client.request(method, &link).send().await.expect("an answer");
        let page = format!("{}/letters?token={token}", library.local().site());
        assert_eq!((opened.status().as_u16(), &opened.headers()["location"]), (302, &page.parse().expect("a header")));
        assert_eq!(opened.headers()["cache-control"], "no-store");
    }
    assert_eq!(choice(&reader).await, Value::Null);
}

#[tokio::test]
async fn a_link_that_is_damaged_or_of_an_address_of_before_switches_nothing_off() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let link = reserves(&library, &admin, &reader, "Kindred").await;
    let (place, token) = link.rsplit_once('/').expect("a token");
    let verification = library.mailed_token(&reader.email, "verify-email").await;
    let other_kind = format!("{}02{}", &token[..32], &token[34..]);
    let cut = &token[..token.len() - 2];
    for wrong in [other_kind.as_str(), cut, "00", &verification, &"0".repeat(578)] {
        assert_eq!(calls(&format!("{place}/{wrong}")).await.0, 404, "{wrong}");
    }
    for wrong in ["0".repeat(579).as_str(), "x", "%00", "AB", "..%2F..%2Fusers", "00%0d%0aSet-Cookie:x"] {
        assert_eq!(calls(&format!("{place}/{wrong}")).await.0, 400, "{wrong}");
    }
    assert_eq!(choice(&reader).await, Value::Null);
    // The mailbox of before is somebody else's, perhaps.
    let new = tests::unique_email();
    reader.put("/users/me/email", json!({"email": new, "password": tests::PASSWORD})).await.expect(202);
    let token = library.mailed_token(&new, "verify-email").await;
    reader.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    assert_eq!(calls(&link).await.1["code"], "no-such-switch");
    assert_eq!(choice(&reader).await, Value::Null);
    let goodbye = reader.ask(Method::DELETE, "/users/me");
    goodbye.json(&json!({"password": tests::PASSWORD})).await.expect(204);
    assert_eq!(calls(&link).await.0, 404);
}
