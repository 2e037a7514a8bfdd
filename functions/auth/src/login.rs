//! `POST /auth/login`, also `/login`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::accounts::{self, Email, Username};
use shared::error::{Error, Result, problems};
use shared::extract;
use shared::sessions::{self, Session};
use shared::types::SessionId;
use utoipa::ToSchema;

use crate::Auth;
use crate::password::{Password, Verified};
use crate::register::user_agent;
use crate::tokens::{Refresh, Tokens};

/// Who wants in, by email or by username.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Credentials {
    #[schema(nullable, example = "jane@example.com")]
    email: Option<String>,
    #[schema(nullable)]
    username: Option<String>,
    password: Password,
}

/// Signs in.
///
/// Whatever is wrong, an unknown name or a wrong password, the answer and the time it takes are the same.
///
/// # Errors
/// 401 if name and password do not go together; 400 if the request is no such thing at all.
#[utoipa::path(post, path = "/auth/login", tag = "auth", operation_id = "login", request_body = Credentials,
    security(()), extensions(("x-access" = json!("public"))),
    responses(
        (status = 200, description = "Signed in.", body = Tokens),
        problems::Invalid, problems::Unauthenticated, problems::TooLarge, problems::UnsupportedMediaType))]
pub(crate) async fn login(
    State(auth): State<Auth>,
    headers: HeaderMap,
    extract::Json(credentials): extract::Json<Credentials>,
) -> Result<Json<Tokens>> {
    const REFUSED: Error = Error::Unauthenticated("The email, username or password is wrong.");
    // A name that nobody can have is looked for nowhere, but refused like any other.
    let name = match (&credentials.email, &credentials.username) {
        (Some(email), None) => email.parse().ok().map(|email: Email| email.as_str().to_owned()),
        (None, Some(username)) => username.parse().ok().map(|username: Username| username.folded()),
        (Some(_), Some(_)) => return Err(Error::invalid("/username", "goes without email")),
        (None, None) => return Err(Error::invalid("/email", "is missing; send an email or a username")),
    };
    let login = match &name {
        Some(name) => accounts::login(&auth.app.accounts, name).await?,
        None => None,
    };
    let stored = login.as_ref().map(|login| login.hash.as_str());
    let proven = auth.hasher.verify(&credentials.password, stored).await?;
    let (Some(name), Some(login), Verified::Yes | Verified::YesButWeak) = (name, login, proven) else {
        return Err(REFUSED);
    };
    let now = auth.app.now();
    let session = SessionId::new(now, auth.app.random());
    if !sessions::open(&auth.app.sessions, login.user, session, &Session::new(now, user_agent(&headers)), now).await? {
        return Err(REFUSED);
    }
    if proven == Verified::YesButWeak {
        // Who has proven themselves gets in, whatever becomes of the stronger hash: the next sign-in tries again.
        if let Err(error) = strengthen(&auth, &name, &credentials.password, &login.hash).await {
            tracing::warn!(?error, "a weak password hash stays");
        }
    }
    let refresh = Refresh { user: login.user, session, generation: 0 };
    Ok(Json(auth.signer.tokens(refresh, auth.app.random(), now)?))
}

/// Stores a hash of today's strength in the place of a weak one. Only this moment knows the password.
async fn strengthen(auth: &Auth, name: &str, password: &Password, weak: &str) -> Result<()> {
    let strong = auth.hasher.hash(password, auth.app.random()).await?;
    Ok(accounts::replace_hash(&auth.app.accounts, name, weak, &strong).await?)
}
