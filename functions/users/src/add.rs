//! `POST /users`.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, IdempotencyKey};
use shared::edge::refusals::{Conflict, NotFound};
use shared::tables::accounts::User;
use shared::tables::library::idempotency::Request;
use shared::tables::sessions::{Standing, UserSessions};
use shared::values::{Address, Card, Email, Group, Name, Role, UserId, required};
use utoipa::ToSchema;

use crate::Users;
use crate::profile::Profile;

/// A reader who stands at the desk.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewReader {
    /// The first name.
    first_name: Name,
    /// The last name.
    last_name: Name,
    /// The email address. A letter lets the reader choose a password.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false, required = false)]
    email: Option<Email>,
    /// The number of the card.
    #[serde(default, deserialize_with = "required")]
    #[schema(nullable = false, required = false)]
    card: Option<Card>,
    /// The group.
    #[serde(default)]
    #[schema(required = false)]
    group: Group,
}

/// Adds a reader who stands at the desk. They may borrow at once, and have no password yet.
///
/// With an email, a letter lets them choose a password within seven days; that proves the address. Without one, a librarian
/// issues a code: `POST /users/{userId}/sign-in-code`.
///
/// With an `Idempotency-Key`, the same request sent again within 24 hours adds nobody, and returns the same reader as they are
/// then.
///
/// # Errors
/// 400 if a field is invalid, or if the rules do not have the group; 401 without a live session; 403 if the caller does not
/// work at the desk; 409 if another user
/// has the email, or if the card is taken; 404 if the reader whom the same request has added does not exist any more; 422 if the
/// `Idempotency-Key` was sent with another request.
#[utoipa::path(post, path = "/users", tag = "users", operation_id = "addUser", request_body = NewReader,
    params(IdempotencyKey),
    extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::User, Conflict::EmailTaken, Conflict::CardTaken, Conflict::BarcodeTaken]))),
    responses((status = 201, description = "The new reader.", body = Profile, headers(("Location" = String, description = "The URL of the user.")))))]
pub(crate) async fn add(
    State(users): State<Users>,
    caller: Caller,
    key: Option<IdempotencyKey>,
    from: Address,
    Body(new): Body<NewReader>,
) -> Result<impl IntoResponse> {
    let app = &users.app;
    let actor = caller.desk(app, from)?;
    let request = key.map(|key| Request::new(caller.id, &key.0, &("user", &new)));
    let NewReader { first_name, last_name, email, card, group } = new;
    let today = users.today().await?;
    let id = UserId::new(actor.at, app.random());
    let (first_name, last_name) = (Some(first_name), Some(last_name));
    let user = User { email, card, first_name, last_name, ..User::new(id, actor.at) };
    // Somebody at the desk has seen them.
    let approved = Standing { approved: Some(true), group: Some(group), ..Standing::default() };
    let standing = UserSessions::new(id, Role::Member).with(approved);
    let (user, standing) = users.accounts.add_user(user, standing, app.id(), request.as_ref(), &actor).await?;
    let location = [(header::LOCATION, app.settings.url(&format!("/users/{}", user.id)))];
    Ok((StatusCode::CREATED, location, Json(Profile::whole(app, user, &standing, today))))
}
