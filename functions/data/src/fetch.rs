//! `GET /users/me/data`.

use axum::extract::State;
use axum::http::Method;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use shared::edge::caller::Caller;
use shared::edge::error::Result;
use shared::edge::forgery::NotForged;
use shared::edge::refusals::{TooMany, Unauthenticated};
use shared::values::Address;
use utoipa::ToSchema;

use crate::Data;
use crate::about::{Profile, SignIns};
use crate::archive::Archive;
use crate::{lists, readme};

/// A ZIP archive.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Zip(#[expect(dead_code, reason = "it stands for its schema")] Vec<u8>);

/// Returns all that the library stores about the caller, as a ZIP archive of JSON files and of a text that explains them.
///
/// It has the profile, the sign-ins, what is reserved, borrowed and marked as a favorite, the books that the caller added, the
/// imports, what the caller did, and the picture. It has no password, hash or token, and nothing about other people. An archive
/// has at most 4 MiB: a list that is longer than fits is cut, and `README.txt` says which one, and where the rest is.
///
/// It can be fetched once an hour. The fetch is in the activity log, and a letter tells the caller's address of it, because whoever
/// has stolen a session could fetch it as well.
///
/// # Errors
/// 401 without a live session; 403 if a page of a foreign origin asks; 429 within an hour after the last time.
#[utoipa::path(get, path = "/users/me/data", tag = "users", operation_id = "fetchData",
    extensions(("x-access" = json!("user")),
        ("x-refusals" = json!([Unauthenticated::AccountGone, TooMany::DataFetched]))),
    responses((status = 200, description = "The archive.", body = Zip, content_type = "application/zip",
        headers(("Content-Disposition" = String, description = "A name for the file.")))))]
pub(crate) async fn fetch(
    State(data): State<Data>,
    method: Method,
    _: NotForged,
    caller: Caller,
    from: Address,
) -> Result<Response> {
    let headers = [(CONTENT_TYPE, "application/zip"), (CONTENT_DISPOSITION, "attachment; filename=\"my-data.zip\"")];
    if method == Method::HEAD {
        return Ok(headers.into_response());
    }
    data.accounts.may_fetch_data(caller.id, data.app.now()).await?;
    let archive = all_of(&data, &caller).await?;
    // After the archive is made, so that a fault until then costs nobody the hour; and before anybody gets it.
    data.accounts.note_fetch(&caller.actor(&data.app, from)).await?;
    Ok((headers, archive).into_response())
}

/// Returns the archive of the caller.
async fn all_of(data: &Data, caller: &Caller) -> Result<Vec<u8>> {
    let (user, now) = (caller.id, data.app.now());
    let account = data.accounts.get_user(user).await?.ok_or(Unauthenticated::AccountGone)?;
    let attempts = data.app.sessions.attempts_at(user).await?;
    let mut archive = Archive::of(now);
    archive.add("profile.json", &json(&Profile::new(account, &caller.sessions))?)?;
    archive.add("sessions.json", &json(&SignIns::new(&caller.sessions, attempts, now))?)?;
    if let Some(picture) = data.accounts.get_picture(user).await? {
        archive.add("picture.jpg", &picture.bytes)?;
    }
    let mut cut = Vec::new();
    for list in lists::of(data, caller).await? {
        archive.add(list.name, &list.text)?;
        cut.extend(list.is_cut.then_some((list.name, list.rest)));
    }
    let rules = data.library.rules(now).await?;
    archive.add("README.txt", readme::text(data, &rules, &cut, now).as_bytes())?;
    archive.finish()
}

fn json(about: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(about).map_err(|error| shared::edge::error::Error::Internal(error.into()))
}
