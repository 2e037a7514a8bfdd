//! A function's route table: its router and, with the Cargo feature `contract`, its OpenAPI document.
//!
//! The functions that ship are built without the feature. The document would be up to half of the work at a function's
//! start, and several percent of its size.

use std::collections::HashSet;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, on};
use http::Method;
use utoipa::Path;
use utoipa::openapi::path::HttpMethod;
#[doc(hidden)]
pub use utoipa_axum;
use utoipa_axum::PathItemExt;

#[cfg(feature = "contract")]
use crate::edge::contract::Described;
use crate::edge::refuses::Refuses;

/// Makes [`Operations`] from handlers with a `#[utoipa::path]`: `routes!(get::get, replace::replace)`.
#[cfg(not(feature = "contract"))]
#[macro_export]
macro_rules! routes {
    ($($module:ident::$handler:ident),+) => {
        $crate::edge::routes::utoipa_axum::paste! {
            $crate::edge::routes::Operations::new(vec![$(
                $crate::edge::routes::Operation::new::<$module::[<__path_ $handler>], _>($module::$handler)
            ),+])
        }
    };
}

/// Makes [`Operations`] from handlers with a `#[utoipa::path]`: `routes!(get::get, replace::replace)`.
#[cfg(feature = "contract")]
#[macro_export]
macro_rules! routes {
    ($($module:ident::$handler:ident),+) => {
        $crate::edge::routes::utoipa_axum::paste! {
            $crate::edge::routes::Operations::new(vec![$(
                $crate::edge::routes::Operation::new::<$module::[<__path_ $handler>], _>($module::$handler)
                    .described(|| $crate::edge::routes::utoipa_axum::routes!($module::$handler))
            ),+])
        }
    };
}

/// A route table.
pub struct Routes<S> {
    pub(crate) router: Router<S>,
    /// The operations without query parameters. The others refuse unknown parameters themselves.
    pub(crate) without_query: HashSet<(Method, String)>,
    #[cfg(feature = "contract")]
    pub(crate) described: Vec<Described<S>>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Routes {
            router: Router::new(),
            without_query: HashSet::new(),
            #[cfg(feature = "contract")]
            described: Vec::new(),
        }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Adds operations.
    #[must_use]
    pub fn routes(self, operations: Operations<S>) -> Self {
        self.with(operations, None)
    }

    /// Adds operations at another path than their own. They must be POSTs.
    #[must_use]
    pub fn alias(self, path: &str, operations: Operations<S>) -> Self {
        self.with(operations, Some(path))
    }

    /// Adds a route that is not an operation of the contract.
    #[must_use]
    pub fn route(self, path: &str, handler: MethodRouter<S>) -> Self {
        Routes { router: self.router.route(path, handler), ..self }
    }

    fn with(mut self, operations: Operations<S>, alias: Option<&str>) -> Self {
        for operation in operations.all {
            #[cfg(feature = "contract")]
            self.described.push(Described { alias: alias.map(ToOwned::to_owned), ..operation.described });
            let path = alias.map_or(operation.path, ToOwned::to_owned);
            let handler = match operations.body_limit {
                Some(bytes) => operation.handler.layer(DefaultBodyLimit::max(bytes)),
                None => operation.handler,
            };
            self = self.route(&path, handler);
            if !operations.takes_query {
                self.without_query.insert((operation.method, path));
            }
        }
        self
    }
}

/// Operations for a route table.
pub struct Operations<S> {
    all: Vec<Operation<S>>,
    takes_query: bool,
    body_limit: Option<usize>,
}

impl<S> Operations<S> {
    #[doc(hidden)]
    pub fn new(all: Vec<Operation<S>>) -> Self {
        Operations { all, takes_query: false, body_limit: None }
    }

    /// Permits query parameters. Without this, a request with a query is refused before the handler.
    #[must_use]
    pub fn with_query(self) -> Self {
        Operations { takes_query: true, ..self }
    }

    /// Sets the most bytes of a body.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        Operations { body_limit: Some(bytes), ..self }
    }
}

/// An operation.
pub struct Operation<S> {
    method: Method,
    path: String,
    handler: MethodRouter<S>,
    #[cfg(feature = "contract")]
    described: Described<S>,
}

impl<S: Clone + Send + Sync + 'static> Operation<S> {
    /// Makes the operation that `P` describes.
    ///
    /// # Panics
    /// If it has no method.
    #[doc(hidden)]
    pub fn new<P: Path, T: Refuses + 'static>(handler: impl Handler<T, S>) -> Self {
        let method = P::methods().pop().expect("an operation has a method");
        Operation {
            handler: on(method.to_method_filter(), handler),
            method: plain(&method),
            path: P::path(),
            #[cfg(feature = "contract")]
            described: Described { refusals: T::refusals, ..Described::default() },
        }
    }

    /// Adds the function that describes the operation for the contract.
    #[cfg(feature = "contract")]
    #[doc(hidden)]
    #[must_use]
    pub fn described(mut self, describe: fn() -> utoipa_axum::router::UtoipaMethodRouter<S>) -> Self {
        self.described.describe = Some(describe);
        self
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
