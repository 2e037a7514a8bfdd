//! What every page has: its head, its files, and the policies that it is sent with.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName};
use axum::response::{Html, IntoResponse, Response};
use sha2::{Digest, Sha256};
use shared::edge::extract::IfNoneMatch;
use shared::edge::with_etag;
use shared::tables::library::lending::rules::Rules;

use crate::Web;
use crate::file::File;

/// The Content-Security-Policy of every page. Scripts, styles, fonts and calls are this origin's, and nothing is inline. A picture
/// that a reader chooses is shown from memory (`blob:`). Forms exist only where a script made them, and it sends them. Live events
/// come from a gateway of their own, whose origin stands for `LIVE`.
///
/// A script cannot write HTML, wherever its text is from (Trusted Types).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; \
    connect-src 'self' LIVE; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Returns the policy of the pages of a library whose live events are at this URL.
pub(crate) fn policy(live_url: &str) -> String {
    let origin: Vec<_> = live_url.split('/').take(3).collect();
    POLICY.replace("LIVE", &origin.join("/"))
}

/// What the head of every page says.
pub(crate) struct Frame<'a> {
    pub(crate) base: &'a str,
    pub(crate) api: &'a str,
    pub(crate) key: &'a str,
    pub(crate) library: &'a str,
    pub(crate) zone: &'a str,
    /// Whether a book can be looked up by its ISBN.
    pub(crate) has_catalogues: bool,
    /// Where the files are.
    pub(crate) files: String,
    pub(crate) icon: &'a str,
    pub(crate) boot: &'a str,
    pub(crate) styles: Vec<&'static str>,
    pub(crate) font: &'a str,
    pub(crate) main: &'a str,
    /// The modules that the page needs, beside `main`.
    pub(crate) modules: Vec<&'static str>,
}

impl Web {
    /// Returns the head of a page: `base` is the site's place, `main` the module that begins, `parts` are modules that it loads
    /// later.
    pub(crate) fn frame<'a>(
        &'a self,
        rules: &'a Rules,
        base: &'a str,
        main: &str,
        parts: &[&str],
        styles: &[&str],
    ) -> Frame<'a> {
        let (main, parts) = (File::at(main), parts.iter().map(|path| File::at(path)));
        let parts = parts.flat_map(|part| [part.name].into_iter().chain(part.imports.iter().copied()));
        let mut modules: Vec<_> = main.imports.iter().copied().chain(parts).collect();
        modules.sort_unstable();
        modules.dedup();
        Frame {
            base,
            api: &self.settings.base_path,
            key: &self.key,
            library: rules.name.as_str(),
            zone: rules.calendar.zone.name(),
            has_catalogues: !self.settings.metadata_sources.is_empty(),
            files: files(self, ""),
            icon: File::at("img/icon.svg").name,
            boot: File::at("shell/boot.js").name,
            styles: styles.iter().map(|path| File::at(path).name).collect(),
            font: File::at("fonts/nr-latin.woff2").name,
            main: main.name,
            modules,
        }
    }
}

/// Answers with a page. A browser that has it already gets no copy, if it says so in `known`; without that, nothing may keep the
/// page.
pub(crate) fn answer(web: &Web, page: &impl Template, status: StatusCode, known: Option<&IfNoneMatch>) -> Response {
    let html = page.render().expect("a template of strings can be rendered to a string");
    let tag: String = Sha256::digest(html.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let headers = [
        (CONTENT_SECURITY_POLICY, web.policy.as_str()),
        (OPENER_POLICY, "same-origin"),
        (PERMISSIONS_POLICY, "camera=(self), microphone=(), geolocation=()"),
    ];
    let response = (status, headers, Html(html));
    match known {
        Some(known) => with_etag(response, tag, Some(known)),
        None => response.into_response(),
    }
}

/// Returns the address of a file. It is the same for all pages, wherever the site is.
pub(crate) fn files(web: &Web, name: &str) -> String {
    web.settings.url(&format!("/web/-/{name}"))
}
