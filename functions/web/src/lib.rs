//! The website and the documentation page: their pages and files.
//!
//! A page is the same shell for everybody, with the scripts that make it in the browser. They call the API as any other client
//! does. Only the page of a book says more: its facts, for search engines, previews of links, and browsers without scripts. All
//! else is in the binary, and this function may read nothing but books and the rules, which say what the library is called.

mod docs;
mod door;
mod file;
mod frame;
mod head;
mod page;
mod routes;

use std::sync::Arc;

use axum::routing::get;
use shared::edge::routes::Routes;
use shared::runtime::app::{Clock, Settings, TableNames, public_library, sdk_config};
use shared::runtime::environment::{DYNAMODB_ENDPOINT, LIVE_URL, SITE_DOMAIN, WEBSITE_KEY};
use shared::runtime::log::chain;
use shared::tables::library::PublicLibrary;
use shared::tables::library::lending::rules::Rules;

pub use routes::{PAGES, Page};

/// What this function needs.
#[derive(Clone)]
pub struct Web {
    settings: Arc<Settings>,
    /// The API key that the pages send.
    key: String,
    /// The Content-Security-Policy of the pages.
    policy: String,
    /// The library's own domain, if it has one.
    domain: Option<String>,
    library: PublicLibrary,
    clock: Clock,
}

impl Web {
    /// Returns the site of a library with these settings, whose pages send `key`. Live events are at `live_url`.
    pub fn new(
        settings: Settings,
        key: String,
        domain: Option<String>,
        live_url: &str,
        library: PublicLibrary,
        clock: Clock,
    ) -> Self {
        Web { settings: Arc::new(settings), key, policy: frame::policy(live_url), domain, library, clock }
    }

    /// Returns the site of a Lambda function, from the environment variables that the template declares.
    ///
    /// # Panics
    /// If a variable is missing or invalid.
    pub async fn from_env() -> Self {
        let library = public_library(&sdk_config(DYNAMODB_ENDPOINT.url()).await, &TableNames::from_env());
        let (settings, key) = (Settings::from_env(), WEBSITE_KEY.required());
        Web::new(settings, key, SITE_DOMAIN.get(), &LIVE_URL.required(), library, Clock::system())
    }

    /// Returns the library, where everybody may see its books. A page is for everybody.
    fn public_books(&self) -> Option<&PublicLibrary> {
        (!self.settings.members_only_reads).then_some(&self.library)
    }

    /// Returns the rules, which a page names the library by. While they cannot be read, a page is better than none.
    async fn rules(&self) -> Arc<Rules> {
        self.library.rules(self.clock.now()).await.unwrap_or_else(|fault| {
            tracing::error!(error = chain(&fault), "reading the rules for a page failed");
            Arc::default()
        })
    }
}

/// The routes of the REST API. They are no operations of the contract: they answer browsers, not programs.
pub const ROUTES: [&str; 4] = ["/docs", "/web", "/web/{page+}", "/web/-/{file}"];

/// The routes whose answers are streamed, in the template too: what is compressed must reach the browser unchanged.
pub const STREAMED: &[(&str, &str)] = &[("GET", "/web/-/{file}")];

/// Returns the function's router.
pub fn app(web: Web) -> axum::Router {
    let settings = web.settings.clone();
    let routes = Routes::default()
        .route("/docs", get(docs::docs))
        .route("/web/-/{file}", get(file::file))
        // At the root of a domain, every path is a page's.
        .route("/", get(page::page))
        .route("/{*page}", get(page::page));
    shared::edge::router(routes, web, settings, shared::edge::BODY_LIMIT)
}
