//! `POST /auth/login`, also `/login`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::{TooMany, Unauthenticated};
use shared::runtime::metrics;
use shared::tables::accounts::logins::Standing;
use shared::tables::sessions::Session;
use shared::tables::sessions::attempts::Account;
use shared::values::{Address, Email, SessionId, Username};
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::Channel;
use crate::password::{Password, Place, Verified};
use crate::proof::prove;
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
    /// How the tokens shall travel.
    #[serde(default)]
    #[schema(required = false)]
    session: Channel,
}

/// Signs in.
///
/// Whatever is wrong, an unknown name or a wrong password, the answer and the time it takes are the same. After five
/// failures in a row the account takes a try only after a pause, which doubles up to a minute.
///
/// # Errors
/// 401 if name and password do not go together; 400 if the request is no such thing at all; 429 after too many
/// failures of the account or of the address.
#[utoipa::path(post, path = "/auth/login", tag = "auth", operation_id = "login", request_body = Credentials,
    extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([Unauthenticated::WrongCredentials, TooMany::Requests]))),
    responses(
        (status = 200, description = "Signed in.", body = Tokens,
            headers(("Set-Cookie" = String, description = "The tokens of a `cookie` session.")))))]
pub(crate) async fn login(
    State(auth): State<Auth>,
    from: Address,
    headers: HeaderMap,
    Body(credentials): Body<Credentials>,
) -> Result<impl IntoResponse> {
    let now = auth.app.now();
    let name = sign_in_name(&credentials)?;
    let place = auth.hasher.place()?;
    let (login, standing) = auth.accounts.look_up_login(&name, &from, now).await?;
    if let Standing::Throttled { retry_after } = standing {
        return Err(Error::TooMany { retry_after });
    }
    let account = login.as_ref().map_or(Account::Nobody(&name), |login| Account::User(login.user));
    let stored = login.as_ref().map(|login| login.hash.as_str());
    let proven = prove(&auth, &place, account, &credentials.password, stored, &from, now).await?;
    let (Some(login), Verified::Yes | Verified::YesButWeak) = (login, proven) else {
        return Err(Unauthenticated::WrongCredentials.into());
    };

    let (session, device) = (SessionId::new(now, auth.app.random()), Session::new(now, user_agent(&headers)));
    if !auth.app.sessions.open(session, &device, &auth.app.actor(login.user, from)).await? {
        return Err(Unauthenticated::WrongCredentials.into());
    }
    metrics::count(metrics::SIGN_INS);
    if proven == Verified::YesButWeak {
        // Who has proven themselves gets in, whatever becomes of the stronger hash: the next sign-in tries again.
        if let Err(error) = strengthen(&auth, &place, &name, &credentials.password, &login.hash).await {
            tracing::warn!(?error, "a weak password hash stays");
        }
    }
    let refresh = Refresh { user: login.user, session, generation: 0 };
    let (headers, tokens) = credentials.session.send(auth.signer.tokens(refresh, auth.app.random(), now)?);
    Ok((headers, Json(tokens)))
}

/// The name as it is looked for. One that nobody can have is looked for all the same, and found by nobody.
fn sign_in_name(credentials: &Credentials) -> Result<String> {
    let impossible = |name: &str| {
        let hash = Sha256::digest(name);
        format!("?{}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    match (&credentials.email, &credentials.username) {
        (Some(email), None) => {
            Ok(email.parse().map_or_else(|_| impossible(email), |email: Email| email.as_str().to_owned()))
        }
        (None, Some(name)) => Ok(name.parse().map_or_else(|_| impossible(name), |name: Username| name.folded())),
        (Some(_), Some(_)) => Err(Error::invalid("/username", "goes without email")),
        (None, None) => Err(Error::invalid("/email", "is missing; send an email or a username")),
    }
}

/// Stores a hash of today's strength in the place of a weak one. Only this moment knows the password.
async fn strengthen(auth: &Auth, place: &Place, name: &str, password: &Password, weak: &str) -> Result<()> {
    let strong = place.hash(password, auth.app.random()).await?;
    Ok(auth.accounts.strengthen_hash(name, weak, &strong).await?)
}
