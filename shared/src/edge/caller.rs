//! Who is calling, and from where.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use http::header;
use http::request::Parts;
use lambda_http::request::RequestContext;

use crate::edge::Signature;
use crate::edge::error::{Error, Result};
use crate::edge::refusals::{Forbidden, Refusal, Unauthenticated};
use crate::edge::refuses::Refuses;
use crate::runtime::app::App;
use crate::tables::sessions::UserSessions;
use crate::values::{Address, Role, SessionId, UserId};

/// The cookie that holds a website's access token. The prefix binds it to this very host, over HTTPS (RFC 6265bis, 4.1.3).
pub const ACCESS_COOKIE: &str = "__Host-access";

/// A signed-in user: the access token is valid and its session lives, as of this request.
///
/// The token comes in the `Authorization` header, or in a website's cookie where there is no such header. Costs one
/// strongly consistent read (1 unit). The role is the stored one, never the token's.
///
/// # Errors
/// 401 in every other case.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub id: UserId,
    /// By which sign-in.
    pub session: SessionId,
    /// What they may do.
    pub role: Role,
    /// Where else they are signed in.
    pub sessions: UserSessions,
}

impl Caller {
    /// Whether the caller is a librarian.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Lets librarians through.
    ///
    /// # Errors
    /// 403 for everybody else.
    pub fn require_admin(&self) -> Result<()> {
        if self.is_admin() { Ok(()) } else { Err(Forbidden::LibrariansOnly.into()) }
    }
}

impl Refuses for Caller {
    fn refusals() -> Vec<Refusal> {
        use Unauthenticated::{NoToken, SessionEnded, TokenExpired, TokenInvalid};
        [NoToken, TokenInvalid, TokenExpired, SessionEnded].map(Unauthenticated::refusal).into()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let app = App::from_ref(state);
        let now = app.now();
        let bearer = app.keys.verify(access_token(parts)?, now).await?;
        let sessions = app.sessions.get(bearer.user).await?.ok_or(Unauthenticated::SessionEnded)?;
        if !sessions.has_live(bearer.session, now) {
            return Err(Unauthenticated::SessionEnded.into());
        }
        if let Some(signature) = parts.extensions.get::<Signature>() {
            // A second caller of the same request is the same one.
            let _ = signature.0.set(bearer.user);
        }
        Ok(Caller { id: bearer.user, session: bearer.session, role: sessions.role, sessions })
    }
}

/// The token of `Authorization: Bearer <token>` (RFC 6750, 2.1), else of the cookie. A wrong header is refused, even
/// beside a valid cookie.
fn access_token(parts: &Parts) -> Result<&str, Unauthenticated> {
    let missing = Unauthenticated::NoToken;
    let mut headers = parts.headers.get_all(header::AUTHORIZATION).iter();
    match (headers.next(), headers.next()) {
        (None, _) => cookie(parts, ACCESS_COOKIE).ok_or(missing),
        (Some(header), None) => match header.to_str().ok().and_then(|value| value.split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
            _ => Err(missing),
        },
        (Some(_), Some(_)) => Err(missing),
    }
}

/// The value of a cookie (RFC 6265, 5.4). One that is there twice is not there: a browser would not send it so.
pub fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let headers = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = headers.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

/// Anyone who may look at the catalogue: everybody, or whoever is signed in where `CatalogReads = members`.
pub struct Reader;

impl Refuses for Reader {
    fn refusals() -> Vec<Refusal> {
        Caller::refusals()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if App::from_ref(state).settings.members_only_reads {
            Caller::from_request_parts(parts, state).await?;
        }
        Ok(Reader)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    /// The address that API Gateway saw. What `X-Forwarded-For` claims counts for nothing.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let source_ip = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.as_deref(),
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
            _ => None,
        };
        Ok(Address::new(source_ip.unwrap_or_default()))
    }
}
