//! Lists: pages, limits, cursors.

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

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

/// Where a list goes on, sealed: a client can neither read meaning into it nor carry it to another list.
///
/// `list` names the list and everything it was filtered by. The seal is no secret, it catches mistakes: what
/// is read from a cursor is checked like everything that a client sends, and could only ever name a position in the very
/// same list.
pub fn seal(list: &str, position: &impl Serialize) -> String {
    let position = serde_json::to_vec(position).expect("a position serialises to JSON");
    let mut cursor = digest(list, &position).to_vec();
    cursor.extend_from_slice(&position);
    BASE64.encode(cursor)
}

/// The position in a cursor that [`seal`] made for the same list.
///
/// # Errors
/// 400 for anything else.
pub fn open<P: DeserializeOwned>(list: &str, cursor: &str) -> Result<P> {
    let bytes = BASE64.decode(cursor).map_err(|_| foreign_cursor())?;
    let (seal, position) = bytes.split_at_checked(16).ok_or_else(foreign_cursor)?;
    if seal != digest(list, position) {
        return Err(foreign_cursor());
    }
    serde_json::from_slice(position).map_err(|_| foreign_cursor())
}

/// Why a cursor is refused.
pub fn foreign_cursor() -> Error {
    Error::invalid("?cursor", "should be the nextCursor of a page of this very list")
}

fn digest(list: &str, position: &[u8]) -> [u8; 16] {
    let hash = Sha256::new().chain_update(list).chain_update([0]).chain_update(position).finalize();
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::{open, seal};

    #[test]
    fn a_cursor_opens_for_its_own_list_only() {
        let cursor = seal("books?author=a", &"emma");
        assert_eq!(open::<String>("books?author=a", &cursor).ok().as_deref(), Some("emma"));
        assert!(open::<String>("books?author=b", &cursor).is_err());
    }

    #[test]
    fn a_cursor_with_any_bit_changed_is_refused() {
        let cursor = seal("books", &"emma");
        for at in 0..cursor.len() {
            for bit in 0..7 {
                let mut bytes = cursor.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let changed = String::from_utf8(bytes).expect("seven bits are ASCII");
                assert!(open::<String>("books", &changed).is_err(), "{changed}");
            }
        }
    }
}
