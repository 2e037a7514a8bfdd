//! `POST /auth/register`, also `/register`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use shared::accounts::{self, Email, Registered, User, Username};
use shared::error::{Error, Result, problems};
use shared::extract;
use shared::sessions::{Session, UserSessions};
use shared::types::{Name, Role, SessionId, UserId};
use utoipa::ToSchema;

use crate::Auth;
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
    security(()), extensions(("x-access" = json!("public"))),
    responses(
        (status = 201, description = "Registered and signed in.", body = Welcome, headers(("Location" = String, description = "The user."))),
        problems::Invalid, problems::Conflict, problems::TooLarge, problems::UnsupportedMediaType))]
pub(crate) async fn register(
    State(auth): State<Auth>,
    headers: HeaderMap,
    extract::Json(new): extract::Json<Registration>,
) -> Result<impl IntoResponse> {
    if new.email.is_none() && new.username.is_none() {
        return Err(Error::invalid("/email", "is missing; an email or a username is needed to sign in"));
    }
    let password = new.password.accept(new.email.as_ref(), new.username.as_ref());
    let password = password.map_err(|reason| Error::invalid("/password", reason))?;
    let now = auth.app.now();
    let user = User {
        id: UserId::new(now, auth.app.random()),
        email: new.email,
        username: new.username,
        first_name: new.first_name,
        last_name: new.last_name,
        created_at: now,
    };
    let session = SessionId::new(now, auth.app.random());
    let first = Session::new(now, user_agent(&headers));
    let signed_in = UserSessions::new(user.id, Role::Member, Some((session, first)));
    let hash = auth.hasher.hash(&password, auth.app.random()).await?;
    match accounts::register(&auth.app.accounts, &auth.app.sessions, &user, &hash, &signed_in).await? {
        Registered::Done => {}
        Registered::EmailTaken => return Err(Error::Conflict("Somebody has registered with this email.")),
        Registered::UsernameTaken => return Err(Error::Conflict("Somebody has this username.")),
    }
    let tokens = auth.signer.tokens(Refresh { user: user.id, session, generation: 0 }, auth.app.random(), now)?;
    let location = [(header::LOCATION, auth.app.url(&format!("/users/{}", user.id)))];
    Ok((StatusCode::CREATED, location, Json(Welcome { user, tokens })))
}

/// What the client calls itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
