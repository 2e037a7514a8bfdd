//! `PUT /auth/password`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result, problems};
use shared::edge::extract::Body;
use shared::tables::accounts::logins::{self, NewHash};
use shared::tables::journal::{Letter, Subject};
use shared::tables::sessions::ending::Ending;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::message::Message;
use crate::password::{NewPassword, Password};
use crate::proof::prove_caller;

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    current_password: Password,
    new_password: NewPassword,
}

/// Changes the caller's password. Every other session ends, and a letter says so.
///
/// # Errors
/// 401 without a live session; 403 if the current password is wrong; 400 naming what the new one lacks; 429 after too
/// many tries.
#[utoipa::path(put, path = "/auth/password", tag = "auth", operation_id = "changePassword", request_body = Change,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-access" = json!("user"))),
    responses((status = 200, description = "Changed.", body = Message), problems::Invalid, problems::Unauthenticated,
        problems::Forbidden, problems::Conflict, problems::TooLarge, problems::UnsupportedMediaType, problems::TooMany))]
pub(crate) async fn change_password(
    State(auth): State<Auth>,
    caller: Caller,
    from: Address,
    Body(change): Body<Change>,
) -> Result<Json<Message>> {
    let place = auth.hasher.place()?;
    let user = prove_caller(&auth, &place, &caller, &change.current_password, &from).await?;
    let new = change.new_password.accept(user.email.as_ref(), user.username.as_ref());
    let new = new.map_err(|reason| Error::invalid("/newPassword", reason))?;
    let hash = place.hash(&new, auth.app.random()).await?;
    let occasion = auth.app.occasion(caller.id, from);
    let letter = Letter::to(&user, Subject::PasswordChanged);
    let new = NewHash {
        user: &user,
        hash: &hash,
        reset: None,
        ending: Ending::These(caller.sessions.others(caller.session)),
        occasion: &occasion,
        letter,
    };
    if !logins::replace_password(&auth.app.accounts, &auth.app.sessions, new).await? {
        return Err(Error::Conflict("The account was changed in between. Try again."));
    }
    Ok(Json(Message { message: "password changed successfully" }))
}
