//! How a session's tokens travel: in the body, for apps and scripts, or in cookies, for websites. Never both: a cookie
//! that scripts cannot read is worth nothing if the body has the token too.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use shared::crypto::token::LIFETIME;
use shared::edge::caller::ACCESS_COOKIE;
use shared::tables::sessions::ABSOLUTE;
use utoipa::ToSchema;

use crate::tokens::Tokens;

/// The cookie that holds a website's refresh token.
pub(crate) const REFRESH_COOKIE: &str = "__Host-refresh";

/// How the tokens travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Channel {
    /// In the body, for apps and scripts.
    #[default]
    Token,
    /// In cookies, for websites.
    Cookie,
}

impl Channel {
    /// The headers and the body that bring the tokens.
    pub(crate) fn send(self, tokens: Tokens) -> (HeaderMap, Tokens) {
        let Tokens { access_token: Some(access), refresh_token: Some(refresh), .. } = &tokens else {
            return (HeaderMap::new(), tokens);
        };
        match self {
            Channel::Token => (HeaderMap::new(), tokens),
            Channel::Cookie => {
                let headers = cookies([
                    (ACCESS_COOKIE, access, LIFETIME.as_secs()),
                    (REFRESH_COOKIE, refresh, ABSOLUTE.as_secs()),
                ]);
                let tokens = Tokens { access_token: None, refresh_token: None, token_type: "Cookie", ..tokens };
                (headers, tokens)
            }
        }
    }
}

/// The headers that take the cookies away again, from who sent them.
pub(crate) fn without_cookies(request: &HeaderMap) -> HeaderMap {
    if request.contains_key(COOKIE) {
        cookies([(ACCESS_COOKIE, "", 0), (REFRESH_COOKIE, "", 0)])
    } else {
        HeaderMap::new()
    }
}

/// Cookies for this host alone, over HTTPS, out of reach of scripts, and not sent along by other sites' forms
/// (OWASP Session Management Cheat Sheet). The prefix has the browser hold us to it.
fn cookies(cookies: [(&str, &str, i64); 2]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value, seconds) in cookies {
        let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
        headers.extend(HeaderValue::try_from(cookie).ok().map(|cookie| (SET_COOKIE, cookie)));
    }
    headers
}
