//! `PUT /users/{userId}/card`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::extract::{Body, Path};
use shared::edge::refusals::{Conflict, NotFound};
use shared::values::{Address, Card, UserId};
use utoipa::ToSchema;

use crate::Users;
use crate::profile::Profile;

/// A card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewCard {
    /// Its number, as it is scanned or typed.
    card: Card,
}

/// Gives a user a card, with which they sign in and which the desk scans. It takes the place of their old one, which opens
/// nothing from now on.
///
/// For a year nobody gets the number of an old card, unless it was a slip: within ten minutes it is free again at once.
///
/// # Errors
/// 400 if the number is no text, or has not 4 to 32 letters and digits, or no digit, or is that of a book; 401 without a
/// live session; 403 if the caller does not work at the desk; 404 if there is no such user; 409 if another card has the
/// number or had it within a year, if a username reads the same, or if it is the barcode of a copy.
#[utoipa::path(put, path = "/users/{userId}/card", tag = "users", operation_id = "putCard", request_body = NewCard,
    params(("userId" = UserId, Path)), extensions(("x-access" = json!("desk")),
        ("x-refusals" = json!([NotFound::User, Conflict::CardTaken, Conflict::BarcodeTaken]))),
    responses((status = 200, description = "The changed user.", body = Profile)))]
pub(crate) async fn put_card(
    State(users): State<Users>,
    caller: Caller,
    Path(id): Path<UserId>,
    from: Address,
    Body(NewCard { card }): Body<NewCard>,
) -> Result<Json<Profile>> {
    let actor = caller.desk(&users.app, from)?;
    let today = users.today().await?;
    let (user, standing) = users.accounts.change_card(id, Some(&card), &actor).await?;
    Ok(Json(Profile::whole(&users.app, user, &standing, today)))
}
