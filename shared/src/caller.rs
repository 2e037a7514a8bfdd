//! Who is calling.

use axum::extract::{FromRef, FromRequestParts};
use http::header;
use http::request::Parts;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Signature;
use crate::sessions;
use crate::types::{Role, SessionId, UserId};

/// A signed-in user: the access token is valid and its session lives, as of this request.
///
/// Costs one strongly consistent read (1 unit). The role is the stored one, never the token's.
///
/// # Errors
/// 401 in every other case.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Who.
    pub id: UserId,
    /// By which sign-in.
    pub session: SessionId,
    /// What they may do.
    pub role: Role,
}

impl Caller {
    /// Whether the caller is a librarian.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
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
        let bearer = app.keys.verify(bearer_token(parts)?, now).await?;
        let ended = || Error::Unauthenticated("This session has ended. Sign in again.");
        let user = sessions::get(&app.sessions, bearer.user).await?.ok_or_else(ended)?;
        if !user.has_live(bearer.session, now) {
            return Err(ended());
        }
        if let Some(signature) = parts.extensions.get::<Signature>() {
            let _ = signature.0.set(bearer.user);
        }
        Ok(Caller { id: bearer.user, session: bearer.session, role: user.role })
    }
}

/// The token of `Authorization: Bearer <token>` (RFC 6750, 2.1).
fn bearer_token(parts: &Parts) -> Result<&str> {
    let missing = Error::Unauthenticated("Send an access token: Authorization: Bearer <token>.");
    let mut headers = parts.headers.get_all(header::AUTHORIZATION).iter();
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(missing);
    };
    match header.to_str().ok().and_then(|value| value.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(missing),
    }
}

/// Anyone who may look at the catalogue: everybody, or whoever is signed in where `CatalogReads = members`.
pub struct Reader;

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
