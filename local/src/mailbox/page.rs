//! The mailbox in a browser. Whatever is in a mail, a page runs no script, loads nothing, and sends no other site anything.

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use super::Mail;
use crate::dev::MAIL;

/// The colours and faces of the website, light and dark.
const STYLE: &str = ":root{color-scheme:light dark}body{margin:0;background:#f6f2e9;color:#221d16;\
    font:1rem/1.5 system-ui,sans-serif}main{max-width:45rem;margin:0 auto;padding:2rem 1rem}\
    h1,h2{font-family:Newsreader,Georgia,'Times New Roman',serif;font-weight:400;line-height:1.15;overflow-wrap:anywhere}\
    h1{font-size:2.125rem}h2{font-size:1.5rem;margin:0}a{color:#1c5845}article{background:#fdfbf6;border:1px solid #dcd3c1;\
    border-radius:4px;padding:1.5rem;margin:0 0 1rem}pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}\
    @media(prefers-color-scheme:dark){body{background:#191612;color:#ece5d6}article{background:#221e18;border-color:#3a3328}\
    a{color:#93cdb0}}";

/// Returns a page with the text of these mails.
pub(super) fn of_mails(mails: &[Mail]) -> Response {
    let letters: String = mails.iter().map(article).collect();
    let letters = if letters.is_empty() { "<p>No letters yet." } else { &letters };
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>Mailbox</title><style>{STYLE}</style><main><h1>Mailbox</h1>{letters}</main>"
    );
    guarded(page, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
}

/// Returns the HTML part of a mail, unchanged, in a sandbox.
pub(super) fn of_html(html: String) -> Response {
    let policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                  form-action 'none'; frame-ancestors 'none'";
    guarded(html, policy)
}

fn guarded(page: String, policy: &'static str) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // The URL of a page names the reader, and its links have tokens.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, Html(page)).into_response()
}

fn article(mail: &Mail) -> String {
    let link = |line: &str| match line.starts_with("http") {
        true => format!("<a href='{0}'>{0}</a>\n", escaped(line)),
        false => format!("{}\n", escaped(line)),
    };
    let text: String = mail.text.lines().map(link).collect();
    let (id, to, subject, time) = (mail.id, escaped(&mail.to), escaped(&mail.subject), mail.sent_at);
    let html = match mail.html {
        Some(_) => format!("<p><a href='{MAIL}/{id}/html'>as HTML</a>"),
        None => String::new(),
    };
    format!(
        "<article><h2><a href='{MAIL}/{id}'>{subject}</a></h2><p>to {to}, {time:.0}<pre>{text}</pre>{html}</article>"
    )
}

/// Escapes text for HTML. A letter has names that its reader has chosen.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")
}
