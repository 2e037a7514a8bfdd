//! `GET` and `POST /letters/{token}`: the link with which a mail program switches letters off (RFC 8058).

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::response::IntoResponse;
use serde::Serialize;
use shared::edge::error::Result;
use shared::edge::extract::Path;
use shared::edge::refusals::NotFound;
use shared::tables::Failure;
use shared::tables::accounts::User;
use shared::tables::accounts::user::NotChanged;
use shared::values::{Address, LetterKind, Patch};
use utoipa::ToSchema;

use crate::Auth;

/// The most characters of a token: those for the longest address.
const LONGEST: usize = 578;

/// The token in the link of a letter.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, max_length = 578, pattern = "^[0-9a-f]+$",
    example = "0192f3a45b6c7d8e9f0123456789abcd00106a616e65406578616d706c652e636f6d7f3c5d2e9a1b4c6d8e0f2a3b4c5d6e7f")]
pub(crate) struct SwitchToken(String);

impl FromStr for SwitchToken {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_digit);
        if fits { Ok(SwitchToken(text.to_owned())) } else { Err("is not the token of a letter") }
    }
}

/// The letters that are switched off now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SwitchedOff {
    /// Their kind.
    off: LetterKind,
}

/// Leads to the page that asks whether to switch the letters off.
///
/// Some mail programs open this link for the reader instead of calling it with POST. Others open every link by themselves, so it
/// changes nothing.
///
/// # Errors
/// 400 if the token cannot be one of a letter.
#[utoipa::path(get, path = "/letters/{token}", tag = "auth", operation_id = "openSwitch",
    params(("token" = inline(SwitchToken), Path, description = "The token in the link of a letter.")),
    extensions(("x-access" = json!("public"))),
    responses((status = 302, description = "The page is at `Location`.",
        headers(("Location" = String, description = "The page.")))))]
pub(crate) async fn open_switch(
    State(auth): State<Auth>,
    Path(SwitchToken(token)): Path<SwitchToken>,
) -> impl IntoResponse {
    let settings = &auth.app.settings;
    // Without a website of its own, a library has it in its API.
    let site = if settings.site_url.is_empty() { settings.url("/web") } else { settings.site_url.clone() };
    let page = format!("{site}/letters?token={token}");
    (StatusCode::FOUND, [(LOCATION, page), (CACHE_CONTROL, "no-store".to_owned())])
}

/// Switches off the letters of one kind for one reader. Idempotent.
///
/// The header `List-Unsubscribe` of a letter leads here, and mail programs call it for the reader: without a session, a key or
/// cookies, with a form as its body, which is not read. All other letters still come. The reader switches them on again in their
/// account.
///
/// # Errors
/// 400 if the token cannot be one of a letter; 404 if it is not the token of a letter to the account's present address.
#[utoipa::path(post, path = "/letters/{token}", tag = "auth", operation_id = "switchLettersOff",
    params(("token" = inline(SwitchToken), Path, description = "The token in the link of a letter.")),
    extensions(("x-access" = json!("public")), ("x-refusals" = json!([NotFound::Switch]))),
    responses((status = 200, description = "They are off.", body = SwitchedOff)))]
pub(crate) async fn switch_letters_off(
    State(auth): State<Auth>,
    Path(SwitchToken(token)): Path<SwitchToken>,
    from: Address,
) -> Result<Json<SwitchedOff>> {
    let (id, kind, email) = auth.letters.open_switch(&token).ok_or(NotFound::Switch)?;
    let is_theirs = |user: &User| user.email.as_ref() == Some(&email);
    let change = |user: &mut User| {
        if is_theirs(user) {
            user.letters = Some(user.letters.unwrap_or_default().without(kind));
        }
    };
    let actor = auth.app.actor(id, from);
    match auth.accounts.change_user(|_| true, change, Patch::Keep, &actor).await {
        Ok(user) if is_theirs(&user) => Ok(Json(SwitchedOff { off: kind })),
        Ok(_) | Err(Failure::Refused(NotChanged::Gone | NotChanged::Stale)) => Err(NotFound::Switch.into()),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}
