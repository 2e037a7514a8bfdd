//! `POST /auth/register`, also `/register`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::edge::error::{Error, Result};
use shared::edge::extract::Body;
use shared::edge::headers::text;
use shared::edge::refusals::{Conflict, TooMany};
use shared::tables::accounts::User;
use shared::tables::accounts::limits::CLAIMS;
use shared::tables::accounts::names;
use shared::tables::journal::Subject;
use shared::tables::sessions::{Session, UserSessions};
use shared::values::{Address, Email, Name, Role, SessionId, UserId, Username, required};
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::{Channel, CookieSession, Sent};
use crate::new_username::NewUsername;
use crate::password::{Known, NewPassword};
use crate::tokens::{Refresh, Tokens};

/// A new user. An email or a username is required. Without an email, a forgotten password cannot be reset.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Registration {
    #[serde(default, deserialize_with = "required")]
    #[schema(required = false, nullable = false)]
    email: Option<Email>,
    #[schema(value_type = Option<Username>, nullable)]
    username: Option<NewUsername>,
    password: NewPassword,
    #[schema(nullable, example = "Jane")]
    first_name: Option<Name>,
    #[schema(nullable, example = "Doe")]
    last_name: Option<Name>,
    /// How the tokens are sent.
    #[serde(default)]
    #[schema(required = false)]
    session: Channel,
}

/// The new user of an app, and the tokens of the first session.
#[derive(Serialize, ToSchema)]
pub(crate) struct Welcome {
    /// The user.
    user: User,
    #[serde(flatten)]
    tokens: Tokens,
}

/// The new user of a website, whose tokens are in cookies.
#[derive(Serialize, ToSchema)]
pub(crate) struct CookieWelcome {
    /// The user.
    user: User,
    #[serde(flatten)]
    session: CookieSession,
}

/// The answer, depending on the channel. `tokenType` distinguishes them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Registered {
    Token(Welcome),
    Cookie(CookieWelcome),
}

impl Registered {
    fn new(user: User, sent: Sent) -> Self {
        match sent {
            Sent::Token(tokens) => Registered::Token(Welcome { user, tokens }),
            Sent::Cookie(session) => Registered::Cookie(CookieWelcome { user, session }),
        }
    }
}

/// Registers a reader and signs them in.
///
/// # Errors
/// 400 if a field is invalid, with its name; 409 if another user has the email, or a username that is or looks the
/// same; 429 after twenty registrations from one network address within an hour, unless it is the library's own.
#[utoipa::path(post, path = "/auth/register", tag = "auth", operation_id = "register", request_body = Registration,
    extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([Conflict::EmailTaken, Conflict::UsernameTaken, TooMany::Requests]))),
    responses(
        (status = 201, description = "Registered and signed in.", body = inline(Registered), headers(("Location" = String, description = "The URL of the user.")))))]
pub(crate) async fn register(
    State(auth): State<Auth>,
    from: Address,
    headers: HeaderMap,
    Body(new): Body<Registration>,
) -> Result<impl IntoResponse> {
    if new.email.is_none() && new.username.is_none() {
        return Err(Error::invalid("/email", "is missing; an email or a username is needed to sign in"));
    }
    new.session.reaches(&headers)?;
    let username = new.username.map(|NewUsername(username)| username);
    let known = Known {
        email: new.email.as_ref(),
        username: username.as_ref(),
        card: None,
        names: [new.first_name.as_ref(), new.last_name.as_ref()],
        site: &auth.app.settings.site_url,
    };
    let password = new.password.accept(&known);
    let password = password.map_err(|reason| Error::invalid("/password", reason))?;
    let slot = auth.hasher.slot()?;
    let now = auth.app.now();
    // Before hashing: refusals must be cheap.
    count_claim(&auth, &from, now).await?;
    let user = User {
        email: new.email,
        username,
        first_name: new.first_name,
        last_name: new.last_name,
        ..User::new(UserId::new(now, auth.app.random()), now)
    };
    let session = SessionId::new(now, auth.app.random());
    let first = Session::new(now, &user_agent(&headers), new.session == Channel::Cookie);
    let source = auth.sources.of(user.id, None, &from);
    let signed_in = UserSessions::signed_in(user.id, Role::Member, (session, first), &source, now);
    let hash = slot.hash(&password, auth.app.random()).await?;
    let actor = auth.app.actor(user.id, from);
    let letter = user.letter(Subject::Welcome);
    let registration = names::Registration { user: &user, hash: &hash, sessions: &signed_in, letter };
    auth.accounts.register(registration, &actor).await?;
    let tokens = auth.tokens(Refresh { user: user.id, session, generation: 0 }, now).await?;
    let (mut headers, sent) = new.session.send(tokens, Some(&auth.sources.cookie(user.id, session)));
    let location = HeaderValue::try_from(auth.app.settings.url(&format!("/users/{}", user.id)));
    headers.extend(location.ok().map(|location| (header::LOCATION, location)));
    Ok((StatusCode::CREATED, headers, Json(Registered::new(user, sent))))
}

/// Counts that somebody claims an email address: the answer tells whether another user has it.
///
/// # Errors
/// 429 after twenty claims from one network address within an hour, unless it is the library's own.
pub(crate) async fn count_claim(auth: &Auth, from: &Address, now: Timestamp) -> Result<()> {
    if auth.app.settings.library_addresses.iter().any(|network| network.contains(from)) {
        return Ok(());
    }
    Ok(auth.accounts.count(&CLAIMS, from, now).await?)
}

/// Returns the `User-Agent` header, or an empty text.
pub(crate) fn user_agent(headers: &HeaderMap) -> String {
    text(headers, &header::USER_AGENT).unwrap_or_default()
}
