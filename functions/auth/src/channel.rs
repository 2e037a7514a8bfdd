//! How a session's tokens are sent: in the body, for apps and scripts, or in cookies, for websites. Never in both:
//! scripts cannot read the cookies, but they could read the body.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use shared::crypto::token::LIFETIME;
use shared::edge::caller::ACCESS_COOKIE;
use shared::edge::error::Result;
use shared::edge::site::refuse_other_site;
use shared::tables::sessions::{ABSOLUTE, REMEMBERED_FOR};
use utoipa::ToSchema;

use crate::tokens::Tokens;

/// The cookie that holds a website's refresh token.
pub(crate) const REFRESH_COOKIE: &str = "__Host-refresh";

/// The cookie by which a browser that has signed in before is known. Signing out leaves it.
pub(crate) const DEVICE_COOKIE: &str = "__Host-device";

/// How the tokens of a session are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Channel {
    /// In the body, for apps and scripts.
    #[default]
    Token,
    /// In cookies, for websites.
    Cookie,
}

/// A session whose tokens are in its cookies: for websites.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CookieSession {
    #[schema(inline)]
    token_type: Cookie,
    /// How long the access token is valid, in seconds.
    #[schema(example = 600)]
    expires_in: i64,
}

/// The token type of a website.
#[derive(Serialize, ToSchema)]
enum Cookie {
    Cookie,
}

/// What a client gets of its session, depending on the channel. `tokenType` distinguishes them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Sent {
    Token(Tokens),
    Cookie(CookieSession),
}

impl Channel {
    /// Refuses cookies for a page of another site, before anything is done.
    ///
    /// # Errors
    /// 400 at `/session`.
    pub(crate) fn reaches(self, headers: &HeaderMap) -> Result<()> {
        if self == Channel::Cookie { refuse_other_site(headers, "/session") } else { Ok(()) }
    }

    /// Returns the headers and the body that send the tokens, and a browser's device cookie.
    pub(crate) fn send(self, tokens: Tokens, device: Option<&str>) -> (HeaderMap, Sent) {
        match self {
            Channel::Token => (HeaderMap::new(), Sent::Token(tokens)),
            Channel::Cookie => {
                let device = device.map(|device| (DEVICE_COOKIE, device, REMEMBERED_FOR.as_secs()));
                let session = [
                    (ACCESS_COOKIE, &*tokens.access_token, LIFETIME.as_secs()),
                    (REFRESH_COOKIE, &*tokens.refresh_token, ABSOLUTE.as_secs()),
                ];
                let headers = cookies(session.into_iter().chain(device));
                let session = CookieSession { token_type: Cookie::Cookie, expires_in: tokens.expires_in };
                (headers, Sent::Cookie(session))
            }
        }
    }
}

/// Returns headers that delete the cookies, if the request has cookies.
pub(crate) fn without_cookies(request: &HeaderMap) -> HeaderMap {
    if request.contains_key(COOKIE) {
        cookies([(ACCESS_COOKIE, "", 0), (REFRESH_COOKIE, "", 0)])
    } else {
        HeaderMap::new()
    }
}

/// Returns headers that set cookies for this host only, over HTTPS only, unreadable for scripts, and not sent with the
/// forms of other sites (OWASP Session Management Cheat Sheet). Browsers enforce host and HTTPS because of the names'
/// prefix, `__Host-`.
fn cookies<'a>(cookies: impl IntoIterator<Item = (&'a str, &'a str, i64)>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value, seconds) in cookies {
        let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
        headers.extend(HeaderValue::try_from(cookie).ok().map(|cookie| (SET_COOKIE, cookie)));
    }
    headers
}
