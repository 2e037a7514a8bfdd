//! `POST /auth/register`, also `/register`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::refusals::Conflict;
use shared::tables::accounts::User;
use shared::tables::accounts::names;
use shared::tables::journal::Subject;
use shared::tables::sessions::{Session, UserSessions};
use shared::values::{Address, Email, Name, Role, SessionId, UserId, Username};
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::Channel;
use crate::password::NewPassword;
use crate::tokens::{Refresh, Tokens};

/// Who wants to join. An email or a username, or both; without an email a lost password stays lost.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Registration {
    #[schema(nullable)]
    email: Option<Email>,
    #[schema(nullable)]
    username: Option<Username>,
    password: NewPassword,
    #[schema(nullable, example = "Jane")]
    first_name: Option<Name>,
    #[schema(nullable, example = "Doe")]
    last_name: Option<Name>,
    /// How the tokens shall travel.
    #[serde(default)]
    #[schema(required = false)]
    session: Channel,
}

/// A new user, signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Welcome {
    /// The user.
    user: User,
    #[serde(flatten)]
    tokens: Tokens,
}

/// Registers a reader and signs them in.
///
/// # Errors
/// 400 naming the field; 409 if somebody has the email or the username.
#[utoipa::path(post, path = "/auth/register", tag = "auth", operation_id = "register", request_body = Registration,
    extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([Conflict::EmailTaken, Conflict::UsernameTaken]))),
    responses(
        (status = 201, description = "Registered and signed in.", body = Welcome, headers(("Location" = String, description = "The user.")))))]
pub(crate) async fn register(
    State(auth): State<Auth>,
    from: Address,
    headers: HeaderMap,
    Body(new): Body<Registration>,
) -> Result<impl IntoResponse> {
    if new.email.is_none() && new.username.is_none() {
        return Err(Error::invalid("/email", "is missing; an email or a username is needed to sign in"));
    }
    let place = auth.hasher.place()?;
    let password = new.password.accept(new.email.as_ref(), new.username.as_ref());
    let password = password.map_err(|reason| Error::invalid("/password", reason))?;
    let now = auth.app.now();
    let user = User {
        id: UserId::new(now, auth.app.random()),
        email: new.email,
        email_verified: false,
        username: new.username,
        first_name: new.first_name,
        last_name: new.last_name,
        created_at: now,
        version: 1,
    };
    let session = SessionId::new(now, auth.app.random());
    let first = Session::new(now, user_agent(&headers));
    let signed_in = UserSessions::new(user.id, Role::Member, Some((session, first)));
    let hash = place.hash(&password, auth.app.random()).await?;
    let actor = auth.app.actor(user.id, from);
    let letter = user.letter(Subject::Welcome);
    let registration = names::Registration { user: &user, hash: &hash, sessions: &signed_in, letter };
    auth.accounts.register(registration, &actor).await?;
    let tokens = auth.signer.tokens(Refresh { user: user.id, session, generation: 0 }, auth.app.random(), now)?;
    let (mut headers, tokens) = new.session.send(tokens);
    let location = HeaderValue::try_from(auth.app.url(&format!("/users/{}", user.id)));
    headers.extend(location.ok().map(|location| (header::LOCATION, location)));
    Ok((StatusCode::CREATED, headers, Json(Welcome { user, tokens })))
}

/// What the client calls itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
