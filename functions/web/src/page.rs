//! `GET /web` and all below it, and every path of the library's own domain: the pages.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use shared::edge::extract::IfNoneMatch;
use shared::runtime::log::chain;
use shared::tables::library::book::Store;
use shared::tables::library::lending::rules::Rules;

use crate::Web;
use crate::door::{Door, origin};
use crate::file::File;
use crate::frame::{Frame, answer, files};
use crate::head::Head;
use crate::routes::{Kind, Page};

/// The module that shows that there is no such page.
const LOST: &str = "pages/lost.js";

/// A page of the site.
#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    frame: Frame<'a>,
    /// Whether search engines may keep it.
    is_indexed: bool,
    /// Its URL, for pages that search engines keep.
    url: &'a str,
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
    let rules = web.rules().await;
    let Some((page, book)) = Page::at(&door.page) else {
        return answer(&web, &web.shell(&rules, &door, None, &url, None), StatusCode::NOT_FOUND, None);
    };
    let store = match page.kind() {
        Kind::Book => Store::Books,
        Kind::OldBook => Store::Archive,
        Kind::Letter => return answer(&web, &web.shell(&rules, &door, Some(page), &url, None), StatusCode::OK, None),
        Kind::Public | Kind::Private => {
            return answer(&web, &web.shell(&rules, &door, Some(page), &url, None), StatusCode::OK, Some(&known));
        }
    };
    let (Some(books), Some(book)) = (web.public_books(), book) else {
        // For members only: the page tells nobody which books there are.
        return answer(&web, &web.shell(&rules, &door, Some(page), &url, None), StatusCode::OK, Some(&known));
    };
    match books.get_book(book, store).await {
        Ok(Some(book)) => {
            let head = Head::of(&book, &url);
            answer(&web, &web.shell(&rules, &door, Some(page), &url, Some(head)), StatusCode::OK, Some(&known))
        }
        // The page itself finds a book that has moved to the other store.
        Ok(None) => answer(&web, &web.shell(&rules, &door, Some(page), &url, None), StatusCode::NOT_FOUND, None),
        Err(fault) => {
            tracing::error!(error = chain(&fault), "reading the book of a page failed");
            // The page asks for the book itself, and says what is wrong.
            answer(&web, &web.shell(&rules, &door, Some(page), &url, None), StatusCode::OK, None)
        }
    }
}

impl Web {
    fn shell<'a>(
        &'a self,
        rules: &'a Rules,
        door: &'a Door,
        page: Option<&'static Page>,
        url: &'a str,
        head: Option<Head>,
    ) -> Shell<'a> {
        let module = page.map_or(LOST, |page| page.module);
        let is_of_a_book = page.is_some_and(|page| matches!(page.kind(), Kind::Book | Kind::OldBook));
        // English alone: only the script knows the visitor's language.
        let words = match module {
            "pages/search.js" => Some("words/en-search.js"),
            "pages/book.js" => Some("words/en-book.js"),
            _ => None,
        };
        let of_desk = module.starts_with("pages/desk/").then_some("pages/desk/desk-pages.js");
        let parts: Vec<_> = [module].into_iter().chain(words).chain(of_desk).collect();
        let is_public = page.is_some_and(|page| page.kind() == Kind::Public);
        Shell {
            frame: self.frame(rules, &door.base, "shell/main.js", &parts, &["css/app.css"]),
            is_indexed: is_public || (is_of_a_book && head.is_some()),
            url,
            head,
        }
    }
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
    let rules = match web.public_books() {
        Some(_) => format!("User-agent: *\nAllow: {}\nDisallow: {}/\n", files(web, ""), web.settings.base_path),
        None => "User-agent: *\nDisallow: /\n".to_owned(),
    };
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, rules).into_response()
}
