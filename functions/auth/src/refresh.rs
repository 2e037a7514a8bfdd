//! `POST /auth/refresh-token`, also `/auth/refresh`.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::edge::error::Result;
use shared::edge::extract::{Body, whole_body};
use shared::edge::headers::{cookie, media_type};
use shared::edge::refusals::{TooLarge, Unauthenticated, UnsupportedMediaType};
use shared::tables::sessions::Client;
use shared::tables::sessions::refresh::{Presented, Refreshed};
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::{Channel, REFRESH_COOKIE, Sent};
use crate::register::user_agent;
use crate::tokens::{Refresh, Sealed};

/// A refresh token, which is spent by the request.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    /// Without it, the token in the cookie counts.
    #[schema(inline, nullable)]
    refresh_token: Option<Sealed>,
}

/// Exchanges a refresh token for a new pair of tokens (RFC 9700, 4.14.2). The refresh token is spent.
///
/// An app sends the token in the body. A website sends it in its cookie, without a token in the body, and gets the new
/// pair in cookies too. A session keeps its channel: the token of a cookie is not accepted in the body.
///
/// Spending a token again returns the newest refresh token, if it comes from the network address and the program that
/// spent it, within 10 seconds (another tab was faster) or, while nobody has used its successor, within 60 seconds (the
/// answer was lost). Everything else means that somebody has a copy, and ends the session.
///
/// # Errors
/// 401 if there is no refresh token, or if it is not the current one of a live session.
#[utoipa::path(post, path = "/auth/refresh-token", tag = "auth", operation_id = "refreshToken",
    request_body = inline(Option<RefreshRequest>), extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([Unauthenticated::NoRefreshToken, Unauthenticated::RefreshTokenInvalid, TooLarge::Body, UnsupportedMediaType::Json]))),
    responses(
        (status = 200, description = "The next pair.", body = inline(Sent),
            headers(("Set-Cookie" = String, description = "The tokens of a `cookie` session.")))))]
pub(crate) async fn refresh(State(auth): State<Auth>, from: Address, request: Request) -> Result<impl IntoResponse> {
    let (parts, body) = request.into_parts();
    let bytes = whole_body(Request::from_parts(parts.clone(), body), &()).await?;
    let cookie = cookie(&parts.headers, REFRESH_COOKIE).map(|token| Sealed(token.to_owned()));
    let client = Client::new(&from, &user_agent(&parts.headers));
    let kind = media_type(&parts.headers).filter(|kind| !kind.is_empty());
    let (is_json, is_empty) = (kind.is_none_or(|kind| kind == "application/json"), bytes.is_empty());
    // An empty body needs no type. But what a form can send is refused: a page of another site could send it.
    let named = if is_empty && is_json {
        None
    } else {
        let request = Request::from_parts(parts, bytes.into());
        let Body(RefreshRequest { refresh_token }) = Body::from_request(request, &()).await?;
        refresh_token
    };
    let (channel, token) = match (named, cookie) {
        (Some(token), _) => (Channel::Token, token),
        (None, Some(token)) => (Channel::Cookie, token),
        (None, None) => return Err(Unauthenticated::NoRefreshToken.into()),
    };
    let spent = auth.signer.open(&token).ok_or(Unauthenticated::RefreshTokenInvalid)?;
    let now = auth.app.now();
    let actor = auth.app.actor(spent.user, from);
    let (session, generation) = (spent.session, spent.generation);
    let presented = Presented { session, generation, in_cookie: channel == Channel::Cookie };
    match auth.app.sessions.spend_refresh(presented, &client, &actor).await? {
        Refreshed::To(generation) => {
            let next = Refresh { generation, ..spent };
            let (headers, tokens) = channel.send(auth.tokens(next, now).await?, None);
            Ok((headers, Json(tokens)))
        }
        Refreshed::Stolen => {
            tracing::warn!(user_id = %spent.user, "a refresh token was used twice: the session was ended");
            Err(Unauthenticated::RefreshTokenInvalid.into())
        }
        Refreshed::Ended => Err(Unauthenticated::RefreshTokenInvalid.into()),
    }
}
