//! The caller of a request, and their network address.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use http::header;
use http::request::Parts;
use lambda_http::request::RequestContext;

use crate::edge::CallerId;
use crate::edge::error::{Error, Result};
use crate::edge::headers::cookie;
use crate::edge::refusals::{Forbidden, Refusal, Unauthenticated};
use crate::edge::refuses::Refuses;
use crate::runtime::app::App;
use crate::tables::journal::Actor;
use crate::tables::library::books::{Edit, Scope, Versions};
use crate::tables::sessions::borrowing::Borrowing;
use crate::tables::sessions::{Needs, UserSessions, Verdict};
use crate::values::{Address, Day, Role, SessionId, UserId};

/// The cookie with a website's access token. Its prefix binds it to this host and to HTTPS (RFC 6265bis, 4.1.3).
pub const ACCESS_COOKIE: &str = "__Host-access";

/// The signed-in user of a request: the access token is valid, and its session is live.
///
/// The token is in the `Authorization` header or, without this header, in a website's cookie. Extracting a caller takes
/// one strongly consistent read (1 unit). The role comes from the table, never from the token.
///
/// # Errors
/// 401 if the token is missing or invalid, or the session has ended.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub id: UserId,
    /// The session.
    pub session: SessionId,
    /// The user's role.
    pub role: Role,
    /// All sessions of the user.
    pub sessions: UserSessions,
}

impl Caller {
    /// Returns whether the caller is a librarian.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Returns whether the caller works at the desk: an assistant or a librarian.
    pub fn is_desk(&self) -> bool {
        self.role.is_desk()
    }

    /// Refuses callers who do not work at the desk.
    ///
    /// # Errors
    /// 403 if the caller is neither a librarian nor an assistant.
    pub fn require_desk(&self) -> Result<()> {
        if self.is_desk() { Ok(()) } else { Err(Forbidden::DeskOnly.into()) }
    }

    /// Returns the caller as the actor of an action at the desk. Its writes are refused if the caller has lost the role
    /// before them.
    ///
    /// # Errors
    /// 403 if the caller is neither a librarian nor an assistant.
    pub fn desk(&self, app: &App, from: Address) -> Result<Actor> {
        self.require_desk()?;
        Ok(self.acting(Needs::Desk, app, from))
    }

    /// Refuses callers who are not librarians.
    ///
    /// # Errors
    /// 403 if the caller is not a librarian.
    pub fn require_admin(&self) -> Result<()> {
        if self.is_admin() { Ok(()) } else { Err(Forbidden::LibrariansOnly.into()) }
    }

    /// Returns what the caller may edit: their own books, and each book if they are a librarian.
    pub fn edit<'a>(&self, versions: Versions, actor: &'a Actor) -> Edit<'a> {
        Edit { scope: self.scope(), versions, actor }
    }

    /// Returns the books that the caller may edit.
    pub fn scope(&self) -> Scope {
        if self.is_admin() { Scope::All } else { Scope::Own }
    }

    /// Returns the caller as the actor of an action that happens now. Its writes are refused if the session has ended
    /// before them.
    pub fn actor(&self, app: &App, from: Address) -> Actor {
        self.acting(Needs::Session, app, from)
    }

    /// Returns the caller as the actor of a librarian's action. Its writes are refused if the caller has lost the role
    /// before them.
    ///
    /// # Errors
    /// 403 if the caller is not a librarian.
    pub fn librarian(&self, app: &App, from: Address) -> Result<Actor> {
        self.require_admin()?;
        Ok(self.acting(Needs::Librarian, app, from))
    }

    /// Returns the caller as the actor of a reservation. Its writes are refused if the caller has lost the
    /// right to borrow before them.
    ///
    /// # Errors
    /// 403 if the caller has neither a verified address nor an approval, and needs one; 409 if the caller is blocked.
    pub fn borrower(&self, app: &App, from: Address, today: Day) -> Result<Actor> {
        self.fit_for(app.borrowing(today), app, from)
    }

    /// Returns the caller as the actor of a renewal of their own loan. Its writes are refused if the caller has been
    /// blocked before them.
    ///
    /// # Errors
    /// 409 if the caller is blocked.
    pub fn unblocked(&self, app: &App, from: Address, today: Day) -> Result<Actor> {
        self.fit_for(Borrowing { approval: false, ..app.borrowing(today) }, app, from)
    }

    fn fit_for(&self, needs: Borrowing, app: &App, from: Address) -> Result<Actor> {
        match needs.refusals(&self.sessions).first() {
            Some(why) => Err((*why).into()),
            None => Ok(self.acting(Needs::Borrower(needs), app, from)),
        }
    }

    fn acting(&self, needs: Needs, app: &App, from: Address) -> Actor {
        let verdict = Some(Verdict { session: self.session, needs });
        Actor { verdict, ..app.actor(self.id, from) }
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
        if let Some(id) = parts.extensions.get::<CallerId>() {
            // Fails if it is set already, to the same user: an extractor may run twice.
            let _ = id.0.set(bearer.user);
        }
        Ok(Caller { id: bearer.user, session: bearer.session, role: sessions.role, sessions })
    }
}

const BEARER: &[u8] = b"Bearer ";

/// Returns the token of `Authorization: Bearer <token>` (RFC 6750, 2.1) or, without this header, of the cookie. A
/// malformed header is refused even if the cookie is valid.
fn access_token(parts: &Parts) -> Result<&str, Unauthenticated> {
    let missing = Unauthenticated::NoToken;
    let mut headers = parts.headers.get_all(header::AUTHORIZATION).iter();
    match (headers.next(), headers.next()) {
        (None, _) => cookie(&parts.headers, ACCESS_COOKIE).ok_or(missing),
        (Some(header), None) => match header.as_bytes().split_at_checked(BEARER.len()) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case(BEARER) => {
                std::str::from_utf8(token.trim_ascii()).map_err(|_| Unauthenticated::TokenInvalid)
            }
            _ => Err(missing),
        },
        (Some(_), Some(_)) => Err(missing),
    }
}

/// Anybody who may read the catalogue: everybody or, with `CatalogReads = members`, signed-in users.
///
/// # Errors
/// 401 as for a [`Caller`], if only signed-in users may read the catalogue.
pub struct CatalogReader;

impl Refuses for CatalogReader {
    fn refusals() -> Vec<Refusal> {
        Caller::refusals()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CatalogReader
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if App::from_ref(state).settings.members_only_reads {
            Caller::from_request_parts(parts, state).await?;
        }
        Ok(CatalogReader)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    /// Extracts the address that API Gateway saw. `X-Forwarded-For` is ignored: clients can send any value in it.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let source_ip = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.as_deref(),
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
            _ => None,
        };
        Ok(Address::new(source_ip.unwrap_or_default()))
    }
}
