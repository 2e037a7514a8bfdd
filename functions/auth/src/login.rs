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
use shared::tables::accounts::logins::SignInName;
use shared::tables::sessions::Session;
use shared::tables::sessions::attempts::Account;
use shared::values::{Address, Email, SessionId, Username, required};
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::{Channel, Sent};
use crate::password::{Password, Slot, Verified};
use crate::proof::{Trial, prove};
use crate::register::user_agent;
use crate::tokens::{Refresh, Sealed};

/// An email, a username or the number of a card, and the password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Credentials {
    #[serde(default, deserialize_with = "required")]
    #[schema(required = false, nullable = false, example = "jane@example.com")]
    email: Option<String>,
    #[serde(default, deserialize_with = "required")]
    /// The username, or the number of the card as it is printed.
    #[schema(required = false, nullable = false)]
    username: Option<String>,
    password: Password,
    /// The last refresh token that this device got, if any, even if it has expired. It tells that the device has signed
    /// in before, so that it does not have to wait when strangers guess the password. A website has a cookie for that.
    #[schema(inline, nullable)]
    refresh_token: Option<Sealed>,
    /// How the tokens are sent.
    #[serde(default)]
    #[schema(required = false)]
    session: Channel,
}

/// Signs in.
///
/// The answer and its time are the same for an unknown name and for a wrong password. After five failures in a row, the
/// account accepts a try only after a pause. The pause doubles with each failure, up to a minute. A device or a network
/// address that has signed in to the account within ninety days has failures and pauses of its own.
///
/// # Errors
/// 400 if the request is invalid; 401 if the name or the password is wrong; 429 after too many failures of the account
/// or of the network address.
#[utoipa::path(post, path = "/auth/login", tag = "auth", operation_id = "login", request_body = Credentials,
    extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([Unauthenticated::WrongCredentials, TooMany::Requests]))),
    responses(
        (status = 200, description = "Signed in.", body = inline(Sent),
            headers(("Set-Cookie" = String, description = "The tokens of a `cookie` session.")))))]
pub(crate) async fn login(
    State(auth): State<Auth>,
    from: Address,
    headers: HeaderMap,
    Body(credentials): Body<Credentials>,
) -> Result<impl IntoResponse> {
    let now = auth.app.now();
    credentials.session.reaches(&headers)?;
    let name = sign_in_name(credentials.email.as_deref(), credentials.username.as_deref())?;
    let slot = auth.hasher.slot()?;
    let (login_name, login) = auth.accounts.get_login_of(&name).await?.unzip();
    let device = auth.sources.device(&auth.signer, credentials.refresh_token.as_ref(), &headers);
    let trial = Trial {
        account: login.as_ref().map_or(Account::Unknown(name.counted()), |login| Account::User(login.user)),
        stored: login.as_ref().and_then(|login| login.hash.as_deref()),
        // An unknown name has the source of a user who does not exist.
        source: auth.sources.of(login.as_ref().map_or([0; 16].into(), |login| login.user), device, &from),
        from: &from,
        now,
    };
    let (proven, attempt) = prove(&auth, &slot, trial, &credentials.password).await?;
    let (Some(login), Some(login_name), Verified::Yes | Verified::YesButWeak) = (login, login_name, proven) else {
        return Err(Unauthenticated::WrongCredentials.into());
    };

    let name_of_device = user_agent(&headers);
    let is_cookie = credentials.session == Channel::Cookie;
    let (session, device) = (SessionId::new(now, auth.app.random()), Session::new(now, &name_of_device, is_cookie));
    let actor = auth.app.actor(login.user, from);
    if !auth.app.sessions.open(session, &device, login.epoch, attempt, &actor).await? {
        return Err(Unauthenticated::WrongCredentials.into());
    }
    metrics::count(metrics::SIGN_INS);
    if let (Verified::YesButWeak, Some(hash)) = (proven, &login.hash) {
        // A failure does not fail the sign-in: the next sign-in tries again.
        if let Err(error) = strengthen(&auth, &slot, &login_name, &credentials.password, hash).await {
            tracing::warn!(error = error.cause(), "replacing a weak password hash failed");
        }
    }
    let refresh = Refresh { user: login.user, session, generation: 0 };
    let tokens = auth.tokens(refresh, now).await?;
    let (headers, tokens) = credentials.session.send(tokens, Some(&auth.sources.cookie(login.user, session)));
    Ok((headers, Json(tokens)))
}

/// Returns the name in the form that is looked up. Older rules accepted names that today's refuse, so it is not checked.
/// A name that no user can have becomes one that costs the same reads.
pub(crate) fn sign_in_name(email: Option<&str>, username: Option<&str>) -> Result<SignInName> {
    let impossible = |name: &str| {
        let hash = Sha256::digest(name);
        format!("?{}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    match (email, username) {
        (Some(email), None) => {
            Ok(SignInName { folded: Email::sign_in_name(email).unwrap_or_else(|_| impossible(email)), card: None })
        }
        (None, Some(name)) => Ok(SignInName {
            folded: Username::sign_in_name(name).unwrap_or_else(|_| impossible(name)),
            card: name.parse().ok(),
        }),
        (Some(_), Some(_)) => Err(Error::invalid("/username", "goes without email")),
        (None, None) => Err(Error::invalid("/email", "is missing; send an email or a username")),
    }
}

/// Replaces a weak hash by one of the current strength. Only a sign-in can do it, because it has the password.
async fn strengthen(auth: &Auth, slot: &Slot, name: &str, password: &Password, weak: &str) -> Result<()> {
    let strong = slot.hash(password, auth.app.random()).await?;
    Ok(auth.accounts.strengthen_hash(name, weak, &strong).await?)
}
