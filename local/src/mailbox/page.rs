//! The mailbox in a browser. Whatever is in a mail, a page runs no script, loads nothing, and sends no other site anything.

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use super::Mail;
use crate::dev::MAIL;

/// Returns a page with the text of these mails.
pub(super) fn of_mails(mails: &[Mail]) -> Response {
    let letters: String = mails.iter().map(article).collect();
    let letters = if letters.is_empty() { "<p>No letters yet." } else { &letters };
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>Mailbox</title><style>body{{max-width:45rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif}}\
         pre{{white-space:pre-wrap;overflow-wrap:anywhere}}article{{border-top:1px solid;padding:1rem 0}}</style>\
         <h1>Mailbox</h1>{letters}"
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
