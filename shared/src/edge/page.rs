//! Lists, page by page: [`Listing`] is what a client asks for, [`Page`] what it gets.

use std::marker::PhantomData;

use axum::Json;
use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::Ref;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{Array, ArrayBuilder};
use utoipa::{IntoParams, ToSchema};

use crate::crypto::seal::Sealer;
use crate::edge::error::{Error, Result};
use crate::edge::extract::query::parse_pairs;
use crate::edge::refusals::{Invalid, Refusal};
use crate::edge::refuses::Refuses;
use crate::runtime::app::App;
use crate::values::{Bounded, UserId};

/// The number of items that a page has at most.
pub type Limit = Bounded<1, 100>;

/// The limit of a request that names none.
pub const DEFAULT_LIMIT: Limit = Limit::of::<20>();

/// A list and a position in it, as a client asks for them: the list's own parameters `F`, `limit` and `cursor`.
///
/// A cursor seals a position `P`. It is bound to its list: the path, the list's own parameters in their canonical form
/// and, for a user's own list, the user ([`Listing::of`]).
///
/// # Errors
/// 400 naming each parameter that is unknown, given twice or invalid.
pub struct Listing<F, P> {
    /// The list's own parameters.
    pub filter: F,
    /// The number of items that the page has at most.
    pub limit: usize,
    /// The path of the list, with the stage, and its own parameters.
    url: String,
    /// What its cursors are bound to.
    name: String,
    cursor: Option<String>,
    /// The limit, if the request names one.
    named: Option<Limit>,
    position: PhantomData<fn() -> P>,
}

/// The parameters of a list that has none of its own.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// The parameters that every list has.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageParams {
    /// The number of items that the page has at most. The default is 20.
    #[param(inline, required = false, nullable = false)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before. It is valid for the same list only.
    #[param(nullable = false)]
    cursor: Option<String>,
}

impl<F, P, S> FromRequestParts<S> for Listing<F, P>
where
    F: DeserializeOwned + Serialize,
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        let (of_page, of_list): (Vec<_>, _) = pairs.partition(|(name, _)| matches!(name.as_str(), "limit" | "cursor"));
        let (filter, page) = (parse_pairs::<F>(of_list), parse_pairs::<PageParams>(of_page));
        let (filter, PageParams { limit, cursor }) = match (filter, page) {
            (Ok(filter), Ok(page)) => (filter, page),
            (filter, page) => {
                let wrong = [filter.err(), page.err()];
                return Err(Error::Invalid(wrong.into_iter().flatten().flatten().collect()));
            }
        };
        let canonical = serde_urlencoded::to_string(&filter).map_err(|error| Error::Internal(error.into()))?;
        let separator = if canonical.is_empty() { "" } else { "?" };
        let url = App::from_ref(state).settings.url(&format!("{}{separator}{canonical}", parts.uri.path()));
        let (name, named) = (url.clone(), limit);
        let limit = limit.unwrap_or(DEFAULT_LIMIT).get() as usize;
        Ok(Listing { filter, limit, url, name, cursor, named, position: PhantomData })
    }
}

impl<F, P> Refuses for Listing<F, P> {
    fn refusals() -> Vec<Refusal> {
        vec![Invalid::Input.refusal()]
    }
}

impl<F: IntoParams, P> IntoParams for Listing<F, P> {
    fn into_params(parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = F::into_params(&parameter_in);
        parameters.extend(PageParams::into_params(parameter_in));
        parameters
    }
}

impl<F, P: DeserializeOwned + Serialize> Listing<F, P> {
    /// The same list, of that user: its cursors are valid for them alone.
    #[must_use]
    pub fn of(self, user: UserId) -> Self {
        Listing { name: format!("{} of {user}", self.url), ..self }
    }

    /// Returns the position that the cursor names.
    ///
    /// # Errors
    /// 400 if it is not a cursor of this list.
    pub fn after(&self) -> Result<Option<P>> {
        self.cursor.as_ref().map(|cursor| position(&self.name, cursor)).transpose()
    }

    /// Returns which of the parameters that every list has the request names.
    pub fn named_of_page(&self) -> Option<&'static str> {
        let named = [(self.named.is_some(), "limit"), (self.cursor.is_some(), "cursor")];
        named.into_iter().find_map(|(is_named, name)| is_named.then_some(name))
    }

    /// Returns the page of this list with these items. `next` is the position where the list continues.
    pub fn page<T: Serialize>(&self, items: Vec<T>, next: Option<P>) -> Response {
        self.page_with(items, next, NoFilter {})
    }

    /// Returns the page with further fields.
    pub fn page_with<T: Serialize>(&self, items: Vec<T>, next: Option<P>, more: impl Serialize) -> Response {
        let next_cursor = self.cursor(next);
        let next = next_cursor.clone();
        self.linked(Json(With { page: Page { items, next_cursor }, more }), next.as_deref())
    }

    /// Returns a page that is no JSON, with the `Link` to the next one.
    pub fn page_of(&self, page: impl IntoResponse, next: Option<P>) -> Response {
        self.linked(page, self.cursor(next).as_deref())
    }

    fn cursor(&self, next: Option<P>) -> Option<String> {
        next.map(|position| cursor(&self.name, &position))
    }

    fn linked(&self, page: impl IntoResponse, next: Option<&str>) -> Response {
        let limit = self.named.map(|limit| format!("limit={}", limit.get()));
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let url = limit.map_or_else(|| self.url.clone(), |limit| format!("{}{separator}{limit}", self.url));
        linked(page, next, &url, "cursor")
    }
}

/// Returns the cursor of a position in the list called `name`: its path with the stage, and its own parameters; and
/// ` of ` the user whose list it is. Anybody who knows the code can make one, so positions are checked like all input.
pub fn cursor(name: &str, position: &impl Serialize) -> String {
    Sealer::public(name).seal(position)
}

/// Returns the position that a [`cursor`] of the list called `name` names.
///
/// # Errors
/// 400 if it is not a cursor of this list.
pub fn position<P: DeserializeOwned>(name: &str, cursor: &str) -> Result<P> {
    Sealer::public(name).open(cursor).ok_or_else(foreign_cursor)
}

/// The refusal of a cursor that is not one of this list.
pub fn foreign_cursor() -> Error {
    Error::invalid("?cursor", "should be the nextCursor of a page of this very list")
}

/// One page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items, in the order asked for.
    #[schema(schema_with = items::<T>)]
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page. Absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub next_cursor: Option<String>,
}

/// Describes the items of a page for the contract. They refer to the item's own schema, so that a typed client has one
/// type for a book, whether it comes alone or in a list.
fn items<T: ToSchema>() -> Array {
    let item = Ref::from_schema_name(T::name());
    ArrayBuilder::new().items(item).description(Some("The items, in the order asked for.")).build()
}

impl<T: Serialize> Page<T> {
    /// Returns the page with `Link: …; rel="next"` (RFC 8288) if there is more. `url` is the list's own, with every
    /// parameter but `position`, which names where the list continues.
    pub fn linked(self, url: &str, position: &str) -> Response {
        let next = self.next_cursor.clone();
        linked(Json(self), next.as_deref(), url, position)
    }
}

/// A page with further fields.
#[derive(Serialize)]
struct With<T, M> {
    #[serde(flatten)]
    page: Page<T>,
    #[serde(flatten)]
    more: M,
}

fn linked(page: impl IntoResponse, next: Option<&str>, url: &str, position: &str) -> Response {
    let next = next.map(|cursor| {
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("<{url}{separator}{position}={cursor}>; rel=\"next\"")
    });
    let mut response = page.into_response();
    if let Some(link) = next.and_then(|link| HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
