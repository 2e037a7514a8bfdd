//! The pages and the lists of the mailbox.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt;

use super::*;

fn mail(to: &str, subject: &str, html: Option<&str>) -> Mail {
    let text = "Hello,\n\nhttps://library.example/verify-email?token=a&b='c'\n<script>alert(1)</script>".to_owned();
    let html = html.map(ToOwned::to_owned);
    let (headers, sent_at) = (BTreeMap::new(), Timestamp::UNIX_EPOCH);
    Mail { id: Uuid::now_v7(), to: to.into(), subject: subject.into(), text, html, headers, sent_at }
}

/// A mailbox with these mails, the oldest first.
fn mailbox(mails: &[Mail]) -> Router {
    let records = Records::open(None).expect("the records open");
    mails.iter().for_each(|mail| mail.deliver(&records).expect("it is delivered"));
    router(Arc::new(records))
}

async fn get(mailbox: &Router, path: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).expect("it is a request");
    let (head, body) = mailbox.clone().oneshot(request).await.expect("it never fails").into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("it has a body");
    (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
}

async fn json(mailbox: &Router, path: &str) -> Value {
    let (status, _, text) = get(mailbox, path, "*/*").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).expect("it is JSON")
}

#[tokio::test]
async fn mails_are_listed_newest_first_and_by_reader() {
    let mails =
        [mail("a@example.com", "1", None), mail("B@example.com", "2", Some("<b>")), mail("a@example.com", "3", None)];
    let mailbox = mailbox(&mails);
    let subjects = |list: Value| -> Vec<String> {
        let items = list["items"].as_array().expect("a list").iter();
        items.map(|mail| mail["subject"].as_str().expect("a subject").to_owned()).collect()
    };
    assert_eq!(subjects(json(&mailbox, "/dev/mail").await), ["3", "2", "1"]);
    assert_eq!(subjects(json(&mailbox, "/dev/mail?to=b%40example.com").await), ["2"]);
    assert_eq!(subjects(json(&mailbox, "/dev/mail?to=nobody").await).len(), 0);
    let one = json(&mailbox, &format!("/dev/mail/{}", mails[1].id)).await;
    let fields: Vec<_> = one.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(fields, ["html", "id", "sentAt", "subject", "text", "to"]);
    for path in ["/dev/mail/none", &format!("/dev/mail/{}/html", mails[0].id)] {
        assert_eq!(get(&mailbox, path, "*/*").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_browser_gets_text_that_runs_no_script() {
    let mails = [mail("o'neill&co@example.com", "<img src=x>", Some("<p>")), mail("a@example.com", "plain", None)];
    let mailbox = mailbox(&mails);
    let (_, headers, page) = get(&mailbox, "/dev/mail", "text/html,*/*;q=0.8").await;
    assert!(headers["content-security-policy"].to_str().is_ok_and(|policy| policy.starts_with("default-src 'none';")));
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert!(
        page.contains("<span>o&#39;neill&amp;co@example.com</span>") && page.contains("&lt;img src=x&gt;"),
        "{page}"
    );
    // The newest has no HTML, and is shown as text.
    assert!(page.contains("<a href='https://library.example/verify-email?token=a&amp;b=&#39;c&#39;'>"), "{page}");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(!page.contains("<iframe") && !page.contains(">Page</a>"), "{page}");
    let own = format!("/dev/mail/{}", mails[0].id);
    let (_, _, page) = get(&mailbox, &own, "text/html").await;
    assert!(page.contains(&format!("<iframe src='{own}/html'")) && !page.contains("<pre>"), "{page}");
    let (_, _, page) = get(&mailbox, &format!("{own}?view=text&to=%20A@example.com"), "text/html").await;
    assert!(page.contains("<pre>Hello,\n") && !page.contains("<iframe"), "{page}");
    assert!(page.contains("<option selected>a@example.com</option>"), "{page}");
    assert_eq!(page.matches("<li>").count(), 1, "{page}");
    let (_, _, page) = get(&self::mailbox(&[]), "/dev/mail", "text/html").await;
    assert!(page.contains("No letters yet."));
}

#[tokio::test]
async fn html_is_shown_unchanged_in_a_sandbox() {
    let html = "<p style='color:red'>Hello<script>alert(1)</script>";
    let mails = [mail("a@example.com", "1", Some(html))];
    let (status, headers, page) = get(&mailbox(&mails), &format!("/dev/mail/{}/html", mails[0].id), "text/html").await;
    assert_eq!((status, page.as_str()), (StatusCode::OK, html));
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    let policy = headers["content-security-policy"].to_str().expect("it is text");
    assert!(policy.starts_with("sandbox allow-popups ") && !policy.contains("script"), "{policy}");
    assert!(policy.contains("; default-src 'none';") && policy.contains("frame-ancestors 'self'"), "{policy}");
}
