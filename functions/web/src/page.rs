//! `GET /web` and all below it, and every path of the library's own domain: the pages.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use sha2::{Digest, Sha256};
use shared::edge::extract::IfNoneMatch;
use shared::edge::with_etag;
use shared::runtime::log::chain;
use shared::tables::library::book::Store;

use crate::Web;
use crate::door::{Door, origin};
use crate::file::File;
use crate::head::Head;
use crate::routes::{Kind, Page};

/// The Content-Security-Policy of every page. Scripts, styles, fonts and calls are this origin's, and nothing is inline. A picture
/// that a reader chooses is shown from memory (`blob:`). Forms exist only where a script made them, and it sends them.
///
/// A script cannot write HTML, wherever its text is from (Trusted Types).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The module that shows that there is no such page.
const LOST: &str = "pages/lost.js";

/// The shell of every page.
#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    base: &'a str,
    api: &'a str,
    key: &'a str,
    library: &'a str,
    /// Whether search engines may keep it.
    is_indexed: bool,
    /// Its URL, for pages that search engines keep.
    url: &'a str,
    /// Where the files are.
    files: String,
    icon: &'a str,
    boot: &'a str,
    styles: &'a str,
    font: &'a str,
    main: &'a str,
    /// The modules that the page needs, beside `main`.
    modules: Vec<&'static str>,
    head: Option<Head>,
}

/// Returns a page.
pub(crate) async fn page(State(web): State<Web>, known: IfNoneMatch, parts: Parts) -> Response {
    let door = Door::of(&parts, &web.settings.base_path);
    let query = parts.uri.query().map_or_else(String::new, |query| format!("?{query}"));
    if let Some(domain) = web.domain.as_ref().filter(|_| !door.is_root()) {
        // A session and a bookmark belong to one host, so a library has one.
        return moved(StatusCode::PERMANENT_REDIRECT, &format!("https://{domain}{}{query}", door.page));
    }
    match (door.is_root(), door.page.as_str()) {
        (true, "/robots.txt") => return robots(&web),
        // Old browsers ask for it, whatever the page says.
        (true, "/favicon.ico") => return moved(StatusCode::FOUND, &files(&web, File::at("img/icon.svg").name)),
        // Letters of earlier versions lead there.
        (_, "/reservations") => return moved(StatusCode::FOUND, &format!("{}/me", door.base)),
        _ => {}
    }
    let here = web.domain.as_ref().map_or_else(|| origin(&parts), |domain| format!("https://{domain}"));
    let url = format!("{here}{}{}", door.base, door.page);
    let Some((page, book)) = Page::at(&door.page) else {
        return web.shell(&door, None, &url, None).answer(StatusCode::NOT_FOUND, None);
    };
    let store = match page.kind() {
        Kind::Book => Store::Books,
        Kind::OldBook => Store::Archive,
        Kind::Letter => return web.shell(&door, Some(page), &url, None).answer(StatusCode::OK, None),
        Kind::Public | Kind::Private => {
            return web.shell(&door, Some(page), &url, None).answer(StatusCode::OK, Some(&known));
        }
    };
    let (Some(books), Some(book)) = (&web.books, book) else {
        // For members only: the page tells nobody which books there are.
        return web.shell(&door, Some(page), &url, None).answer(StatusCode::OK, Some(&known));
    };
    match books.get(book, store).await {
        Ok(Some(book)) => {
            let head = Head::of(&book, &url);
            web.shell(&door, Some(page), &url, Some(head)).answer(StatusCode::OK, Some(&known))
        }
        // The page itself finds a book that has moved to the other store.
        Ok(None) => web.shell(&door, Some(page), &url, None).answer(StatusCode::NOT_FOUND, None),
        Err(fault) => {
            tracing::error!(error = chain(&fault), "reading the book of a page failed");
            // The page asks for the book itself, and says what is wrong.
            web.shell(&door, Some(page), &url, None).answer(StatusCode::OK, None)
        }
    }
}

impl Web {
    fn shell<'a>(&'a self, door: &'a Door, page: Option<&'static Page>, url: &'a str, head: Option<Head>) -> Shell<'a> {
        let (main, module) = (File::at("shell/main.js"), File::at(page.map_or(LOST, |page| page.module)));
        let mut modules: Vec<_> = main.imports.iter().chain([&module.name]).chain(module.imports).copied().collect();
        modules.sort_unstable();
        modules.dedup();
        let is_of_a_book = page.is_some_and(|page| matches!(page.kind(), Kind::Book | Kind::OldBook));
        let is_public = page.is_some_and(|page| page.kind() == Kind::Public);
        Shell {
            base: &door.base,
            api: &self.settings.base_path,
            key: &self.key,
            library: &self.settings.library_name,
            is_indexed: is_public || (is_of_a_book && head.is_some()),
            url,
            files: files(self, ""),
            icon: File::at("img/icon.svg").name,
            boot: File::at("shell/boot.js").name,
            styles: File::at("css/app.css").name,
            font: File::at("fonts/nr-latin.woff2").name,
            main: main.name,
            modules,
            head,
        }
    }
}

impl Shell<'_> {
    /// Answers with the page. A browser that has it already gets no copy, if it says so in `known`; without that, nothing may
    /// keep the page.
    fn answer(&self, status: StatusCode, known: Option<&IfNoneMatch>) -> Response {
        let html = self.render().expect("a template of strings can be rendered to a string");
        let tag: String = Sha256::digest(html.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let headers = [
            (CONTENT_SECURITY_POLICY, POLICY),
            (OPENER_POLICY, "same-origin"),
            (PERMISSIONS_POLICY, "camera=(self), microphone=(), geolocation=()"),
        ];
        let response = (status, headers, Html(html));
        match known {
            Some(known) => with_etag(response, tag, Some(known)),
            None => response.into_response(),
        }
    }
}

/// Returns the address of a file. It is the same for all pages, wherever the site is.
fn files(web: &Web, name: &str) -> String {
    web.settings.url(&format!("/web/-/{name}"))
}

fn moved(status: StatusCode, to: &str) -> Response {
    match HeaderValue::try_from(to) {
        Ok(to) => (status, [(LOCATION, to)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Returns what search engines may read: pages and their files, if everybody may see the books. A page that they should not keep
/// says so itself, so they may read it.
fn robots(web: &Web) -> Response {
    let rules = match web.books {
        Some(_) => format!("User-agent: *\nAllow: {}\nDisallow: {}/\n", files(web, ""), web.settings.base_path),
        None => "User-agent: *\nDisallow: /\n".to_owned(),
    };
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, rules).into_response()
}
