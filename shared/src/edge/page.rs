//! Lists: pages, limits, cursors.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::crypto::seal::Sealer;
use crate::edge::error::{Error, Result};
use crate::values::Bounded;

/// How many items a page has at most.
pub type Limit = Bounded<1, 100>;

/// The limit of those who name none.
pub const DEFAULT_LIMIT: Limit = Limit::of::<20>();

/// What a list that takes nothing else is asked with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many items at most; 20 where nothing is said.
    #[param(inline, required = false, nullable = false)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

impl PageParams {
    /// How many items at most.
    pub fn limit(&self) -> i32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).get()
    }

    /// The position that the cursor names.
    ///
    /// # Errors
    /// 400 if the cursor is not one of `list`.
    pub fn after<P: DeserializeOwned>(&self, list: &str) -> Result<Option<P>> {
        self.cursor.as_ref().map(|cursor| open(list, cursor)).transpose()
    }
}

/// For `skip_serializing_if`: what names a page is no part of the address of its list. `skip_serializing` would leave it out
/// of the contract as well.
pub fn names_a_page<T>(_: &T) -> bool {
    true
}

/// One page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items, in the order asked for.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page. Absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_cursor: Option<String>,
}

impl<T: Serialize> Page<T> {
    /// The page as a response, with `Link: …; rel="next"` (RFC 8288) while there is more. `url` is the list's own,
    /// with every query parameter but the cursor.
    pub fn into_response(self, url: &str) -> Response {
        self.linked(url, "cursor")
    }

    /// The same for a list whose position is called otherwise.
    pub fn linked(self, url: &str, position: &str) -> Response {
        let next = self.next_cursor.as_ref().map(|cursor| {
            let separator = if url.contains('?') { '&' } else { '?' };
            format!("<{url}{separator}{position}={cursor}>; rel=\"next\"")
        });
        let mut response = Json(self).into_response();
        if let Some(link) = next.and_then(|link| HeaderValue::try_from(link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// Returns the cursor of a position in `list`: its name and everything that it is filtered by. It is void for any other
/// list.
pub fn seal(list: &str, position: &impl Serialize) -> String {
    Sealer::public(list).seal(position)
}

/// Returns the position in a cursor that [`seal`] made for the same list. Whoever knows the code can make a cursor, so the
/// position is checked like all input.
///
/// # Errors
/// 400 for anything else.
pub fn open<P: DeserializeOwned>(list: &str, cursor: &str) -> Result<P> {
    Sealer::public(list).open(cursor).ok_or_else(foreign_cursor)
}

/// Why a cursor is refused.
pub fn foreign_cursor() -> Error {
    Error::invalid("?cursor", "should be the nextCursor of a page of this very list")
}
