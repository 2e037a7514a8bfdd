//! `GET /docs`: the documentation page. Its script reads the contract, and shows and calls every operation.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shared::edge::extract::IfNoneMatch;

use crate::Web;
use crate::frame::{Frame, answer};

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs<'a> {
    frame: Frame<'a>,
}

/// Returns the documentation page.
pub(crate) async fn docs(State(web): State<Web>, known: IfNoneMatch) -> Response {
    let rules = web.rules().await;
    // Its links lead to the site beside the API, which leads on to the library's own domain, if there is one.
    let site = web.settings.url("/web");
    let words = ["words/en-search.js", "words/en-book.js", "words/en-more.js"];
    let frame = web.frame(&rules, &site, "docs/docs.js", &words, &["css/app.css", "css/docs.css"]);
    answer(&web, &Docs { frame }, StatusCode::OK, Some(&known))
}
