//! A function's route table. Its `routes()` can be read in two ways: as a [`Routing`], which answers requests, and as an
//! [`OpenApi`] document, which tells of them.
//!
//! What ships reads it in the first way alone: the document would be up to half of what a function does at its start, and
//! several percent of its size.

use std::collections::HashSet;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, on};
use http::Method;
use utoipa::Path;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::HttpMethod;
#[doc(hidden)]
pub use utoipa_axum;
use utoipa_axum::PathItemExt;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// Handlers that have a `#[utoipa::path]`, as [`Operations`]: `routes!(get::get, replace::replace)`.
#[macro_export]
macro_rules! routes {
    ($($module:ident::$handler:ident),+) => {
        $crate::edge::routes::utoipa_axum::paste! {
            $crate::edge::routes::Operations::new(
                || vec![$($crate::edge::routes::Operation::new::<$module::[<__path_ $handler>], _>($module::$handler)),+],
                || $crate::edge::routes::utoipa_axum::routes!($($module::$handler),+),
            )
        }
    };
}

/// A route table, in whichever way it is read.
pub trait Routes<S>: Default {
    /// With these operations too; where there is an `alias`, at that path instead of theirs.
    #[must_use]
    fn with<A, T>(self, operations: Operations<A, T>, alias: Option<&str>) -> Self
    where
        A: FnOnce() -> Vec<Operation<S>>,
        T: FnOnce() -> UtoipaMethodRouter<S>;

    /// With these operations too.
    #[must_use]
    fn routes<A, T>(self, operations: Operations<A, T>) -> Self
    where
        A: FnOnce() -> Vec<Operation<S>>,
        T: FnOnce() -> UtoipaMethodRouter<S>,
    {
        self.with(operations, None)
    }

    /// With these operations, POSTs, at one more path.
    #[must_use]
    fn alias<A, T>(self, path: &str, operations: Operations<A, T>) -> Self
    where
        A: FnOnce() -> Vec<Operation<S>>,
        T: FnOnce() -> UtoipaMethodRouter<S>,
    {
        self.with(operations, Some(path))
    }
}

/// Some operations, not made yet: a table makes of them what it needs.
pub struct Operations<A, T> {
    answering: A,
    telling: T,
    takes_query: bool,
    body_limit: Option<usize>,
}

impl<A, T> Operations<A, T> {
    #[doc(hidden)]
    pub fn new<S>(answering: A, telling: T) -> Self
    where
        A: FnOnce() -> Vec<Operation<S>>,
        T: FnOnce() -> UtoipaMethodRouter<S>,
    {
        Operations { answering, telling, takes_query: false, body_limit: None }
    }

    /// They take something in the query. A request that has one reaches no others.
    #[must_use]
    pub fn with_query(self) -> Self {
        Operations { takes_query: true, ..self }
    }

    /// The most bytes that their bodies may have.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        Operations { body_limit: Some(bytes), ..self }
    }
}

/// An operation, ready to answer.
pub struct Operation<S> {
    method: Method,
    path: String,
    handler: MethodRouter<S>,
}

impl<S: Clone + Send + Sync + 'static> Operation<S> {
    /// The one that `P` tells of.
    #[doc(hidden)]
    pub fn new<P: Path, T: 'static>(handler: impl Handler<T, S>) -> Self {
        let method = P::methods().pop().unwrap_or(HttpMethod::Get);
        Operation { handler: on(method.to_method_filter(), handler), method: plain(&method), path: P::path() }
    }
}

fn plain(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// A route table that answers.
pub struct Routing<S> {
    pub(crate) router: Router<S>,
    /// The operations that take nothing in the query. Those that do refuse what they don't know by themselves.
    pub(crate) without_query: HashSet<(Method, String)>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routing<S> {
    fn default() -> Self {
        Routing { router: Router::new(), without_query: HashSet::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Routing<S> {
    /// With a route that is no operation.
    #[must_use]
    pub fn route(self, path: &str, handler: MethodRouter<S>) -> Self {
        Routing { router: self.router.route(path, handler), ..self }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for Routing<S> {
    fn with<A, T>(mut self, operations: Operations<A, T>, alias: Option<&str>) -> Self
    where
        A: FnOnce() -> Vec<Operation<S>>,
        T: FnOnce() -> UtoipaMethodRouter<S>,
    {
        for Operation { method, path, mut handler } in (operations.answering)() {
            let path = alias.map_or(path, ToOwned::to_owned);
            if let Some(bytes) = operations.body_limit {
                handler = handler.layer(DefaultBodyLimit::max(bytes));
            }
            self = self.route(&path, handler);
            if !operations.takes_query {
                self.without_query.insert((method, path));
            }
        }
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for OpenApi {
    fn with<A, T>(mut self, operations: Operations<A, T>, alias: Option<&str>) -> Self
    where
        A: FnOnce() -> Vec<Operation<S>>,
        T: FnOnce() -> UtoipaMethodRouter<S>,
    {
        let (schemas, paths, router) = (operations.telling)();
        let Some(alias) = alias else {
            return OpenApiRouter::with_openapi(self).routes((schemas, paths, router)).into_openapi();
        };
        for (path, mut item) in paths.paths {
            if let Some(operation) = &mut item.post {
                operation.operation_id = operation.operation_id.as_ref().map(|id| format!("{id}Alias"));
                operation.summary = Some(format!("The same as `{path}`."));
            }
            self.paths.paths.insert(alias.to_owned(), item);
        }
        self
    }
}
