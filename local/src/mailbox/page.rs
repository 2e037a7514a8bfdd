//! The mailbox in a browser: the list, and beside it a letter as its reader sees it. Whatever is in a mail, a page runs no script,
//! loads nothing, and sends no other site anything.

use std::collections::BTreeSet;

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;

use super::{Mail, PAGE_LIMIT};
use crate::dev::MAIL;

/// The colours, the faces and the measures of the website, light and dark.
const STYLE: &str = include_str!("mailbox.css");

/// What a page shows.
pub(super) struct Page<'a> {
    /// The mails, newest first.
    pub(super) mails: &'a [Mail],
    /// The address whose mails are listed; empty for all.
    pub(super) to: &'a str,
    /// The letter that was asked for. Otherwise the newest of the list is shown, where there is room beside it.
    pub(super) asked: Option<&'a Mail>,
    /// Whether the letter is shown as plain text.
    pub(super) as_text: bool,
}

impl Page<'_> {
    pub(super) fn response(&self) -> Response {
        let is_listed = |mail: &&Mail| self.to.is_empty() || self.to == mail.to.to_lowercase();
        let listed: Vec<&Mail> = self.mails.iter().filter(is_listed).take(PAGE_LIMIT).collect();
        let shown = self.asked.or(listed.first().copied());
        let rows: String = listed.iter().map(|mail| self.row(mail, shown)).collect();
        let rows =
            if rows.is_empty() { "<p>No letters yet.".to_owned() } else { format!("<ol class=mails>{rows}</ol>") };
        let (addresses, letter) = (self.addresses(), shown.map(|mail| self.letter(mail)).unwrap_or_default());
        let (title, one) = match self.asked {
            Some(mail) => (escaped(&mail.subject), " class=one"),
            None => ("Mailbox".to_owned(), ""),
        };
        let page = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
             <title>{title}</title><style>{STYLE}</style>\
             <header class=top><p class=name>Carrel<small>on this laptop</small></p>\
             <nav aria-label=Main><a href='/'>The library</a><a href='/v1/docs'>API</a></nav></header>\
             <main{one}><div class=list><h1>Mailbox</h1>\
             <p class=muted>Every letter that Carrel would have sent. Nothing leaves this laptop.</p>\
             <form action='{MAIL}'><label for=to>Letters to</label><select id=to name=to>{addresses}</select>\
             <button>Show</button></form>{rows}</div>{letter}</main>"
        );
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";
        guarded(page, policy)
    }

    /// Returns the choice of addresses.
    fn addresses(&self) -> String {
        let all: BTreeSet<_> = self.mails.iter().map(|mail| mail.to.to_lowercase()).collect();
        let option = |address: String| {
            let selected = if address == self.to { " selected" } else { "" };
            format!("<option{selected}>{}</option>", escaped(&address))
        };
        let options: String = all.into_iter().map(option).collect();
        format!("<option value=''>Everybody</option>{options}")
    }

    /// Returns the address of a letter's page, with what is listed beside it.
    fn address(&self, mail: &Mail, view: &str) -> String {
        let query = serde_urlencoded::to_string([("to", self.to), ("view", view)]).unwrap_or_default();
        format!("{MAIL}/{}?{}", mail.id, escaped(&query))
    }

    fn row(&self, mail: &Mail, shown: Option<&Mail>) -> String {
        let current = if shown.is_some_and(|shown| shown.id == mail.id) { " aria-current=true" } else { "" };
        let (address, time) = (self.address(mail, ""), time(mail, "%-d %b, %H:%M"));
        let (to, subject) = (escaped(&mail.to), escaped(&mail.subject));
        format!("<li><a href='{address}'{current}><b>{subject}</b><small><span>{to}</span>{time}</small></a>")
    }

    fn letter(&self, mail: &Mail) -> String {
        let (id, to, subject, time) =
            (mail.id, escaped(&mail.to), escaped(&mail.subject), time(mail, "%-d %B %Y, %H:%M:%S UTC"));
        let as_text = self.as_text || mail.html.is_none();
        let view = |name: &str, view: &str, is_current: bool| {
            let current = if is_current { " aria-current=true" } else { "" };
            format!("<a href='{}'{current}>{name}</a>", self.address(mail, view))
        };
        let views = match mail.html {
            Some(_) => format!(
                "<p class=seg>{}{}<a class=alone href='{MAIL}/{id}/html'>Open alone</a></p>",
                view("Page", "page", !as_text),
                view("Text", "text", as_text)
            ),
            None => String::new(),
        };
        let body = match as_text {
            true => format!("<pre>{}</pre>", mail.text.lines().map(line).collect::<String>()),
            // The letter's links open beside the mailbox.
            false => format!(
                "<iframe src='{MAIL}/{id}/html' title='{subject}' sandbox='allow-popups allow-popups-to-escape-sandbox'></iframe>"
            ),
        };
        // As a mail program offers it that opens the link instead of calling it.
        let unsubscribe =
            mail.headers.get("List-Unsubscribe").and_then(|value| value.strip_prefix('<')?.strip_suffix('>'));
        let unsubscribe = unsubscribe.filter(|url| url.starts_with("http")).map_or_else(String::new, |url| {
            format!("<dt>Kind</dt><dd><a href='{}'>Switch such letters off</a></dd>", escaped(url))
        });
        let back = serde_urlencoded::to_string([("to", self.to)]).unwrap_or_default();
        format!(
            "<article><p class=back><a href='{MAIL}?{back}'>All letters</a></p><h2>{subject}</h2>\
             <dl><dt>To</dt><dd>{to}</dd><dt>Sent</dt><dd>{time}</dd>{unsubscribe}</dl>{views}{body}</article>"
        )
    }
}

/// Returns the HTML part of a mail, unchanged, in a sandbox. The mailbox shows it in a frame.
pub(super) fn of_html(html: String) -> Response {
    let policy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
                  img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
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

/// Returns a line of a text. An address is a link.
fn line(line: &str) -> String {
    match line.starts_with("http") {
        true => format!("<a href='{0}'>{0}</a>\n", escaped(line)),
        false => format!("{}\n", escaped(line)),
    }
}

fn time(mail: &Mail, format: &str) -> String {
    format!("<time datetime='{}'>{}</time>", mail.sent_at, mail.sent_at.to_zoned(TimeZone::UTC).strftime(format))
}

/// Escapes text for HTML. A letter has names that its reader has chosen.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")
}
