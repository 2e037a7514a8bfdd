//! `POST /auth/refresh-token`, also `/auth/refresh`.

use axum::Json;
use axum::body::HttpBody;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::edge::error::Result;
use shared::edge::extract::Body;
use shared::edge::headers::cookie;
use shared::edge::refusals::{TooLarge, Unauthenticated, UnsupportedMediaType};
use shared::tables::sessions::refresh::Refreshed;
use shared::values::Address;
use utoipa::ToSchema;

use crate::Auth;
use crate::channel::{Channel, REFRESH_COOKIE, Sent};
use crate::tokens::{Refresh, Sealed};

/// A refresh token, which is spent by the request.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    #[schema(inline)]
    refresh_token: Sealed,
}

/// Exchanges a refresh token for a new pair of tokens (RFC 9700, 4.14.2). The refresh token is spent.
///
/// An app sends the token in the body. A website sends it in its cookie, without a body, and gets the new pair in
/// cookies too. Spending a token again within 30 seconds, after a double click or a lost answer, returns the same next
/// refresh token. Spending it later means that somebody has a copy, and ends the session.
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
    let has_type = parts.headers.contains_key(CONTENT_TYPE);
    let (channel, token) = match cookie(&parts.headers, REFRESH_COOKIE).filter(|_| !has_type) {
        Some(token) => (Channel::Cookie, Sealed(token.to_owned())),
        // A website without its cookie.
        None if !has_type && body.is_end_stream() => {
            return Err(Unauthenticated::NoRefreshToken.into());
        }
        None => {
            let request = Request::from_parts(parts, body);
            let Body(RefreshRequest { refresh_token }) = Body::from_request(request, &()).await?;
            (Channel::Token, refresh_token)
        }
    };
    let spent = auth.signer.open(&token).ok_or(Unauthenticated::RefreshTokenInvalid)?;
    let now = auth.app.now();
    let actor = auth.app.actor(spent.user, from);
    match auth.app.sessions.spend_refresh(spent.session, spent.generation, &actor).await? {
        Refreshed::Next | Refreshed::Again => {
            let next = Refresh { generation: spent.generation + 1, ..spent };
            let (headers, tokens) = channel.send(auth.signer.tokens(next, auth.app.random(), now)?, None);
            Ok((headers, Json(tokens)))
        }
        Refreshed::Stolen => {
            tracing::warn!(user_id = %spent.user, "a refresh token was used twice: the session was ended");
            Err(Unauthenticated::RefreshTokenInvalid.into())
        }
        Refreshed::Ended => Err(Unauthenticated::RefreshTokenInvalid.into()),
    }
}
