//! Access tokens (RFC 9068 JWTs) and the public keys that verify them.
//!
//! Only auth can sign. Every function verifies by itself with public keys from the Sessions table: an API Gateway
//! authorizer would cache its verdict for minutes, and signing out must hold at the very next request.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::edge::error::Result;
use crate::edge::refusals::Unauthenticated;
use crate::tables::sessions::keys::PublicKey;
use crate::tables::{self, Sessions};
use crate::values::{SessionId, UserId};

/// The one algorithm. A token that names another is refused unread (RFC 8725, 3.1).
pub const ALGORITHM: Algorithm = Algorithm::EdDSA;
/// `typ` of an access token (RFC 9068, 2.1), so that no other kind of JWT can stand in for one.
pub const TYPE: &str = "at+jwt";
/// `aud` of an access token.
pub const AUDIENCE: &str = "carrel";
/// How long an access token holds.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How far clocks may be apart.
const LEEWAY_SECONDS: i64 = 30;
/// Ours have some 500 bytes.
const LONGEST: usize = 2_048;

/// What an access token says. Whether the session still lives, and what its user may do, it does not say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The stack that signed it.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The user.
    pub sub: String,
    /// The session.
    pub sid: String,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
    /// Not valid before, in seconds since 1970.
    pub nbf: i64,
    /// Not valid after, in seconds since 1970.
    pub exp: i64,
    /// Names this one token.
    pub jti: String,
}

/// Whom a valid token names.
#[derive(Debug, Clone, Copy)]
pub struct Bearer {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
}

/// The public keys, remembered.
pub struct Keys {
    sessions: Sessions,
    issuer: String,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    read_at: Option<Timestamp>,
}

impl Keys {
    pub(crate) fn new(sessions: Sessions, issuer: String) -> Self {
        Keys { sessions, issuer, known: RwLock::default() }
    }

    /// Reads the public keys anew.
    ///
    /// # Errors
    /// When the Sessions table cannot be read.
    pub async fn refresh(&self, now: Timestamp) -> tables::Result<()> {
        let keys = self.sessions.public_keys().await?;
        let decoding = |key: PublicKey| Some((key.id, DecodingKey::from_ed_components(&key.x).ok()?));
        let known = Known { keys: keys.into_iter().filter_map(decoding).collect(), read_at: Some(now) };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// Whether this one was among them when they were read last.
    pub fn knows(&self, id: &str) -> bool {
        self.remembered(id).0.is_some()
    }

    /// Whom `token` names, if it is one of ours and holds at `now`.
    ///
    /// # Errors
    /// 401 for every token that is not; the detail says no more than "get a new one".
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Bearer> {
        const REFUSED: Unauthenticated = Unauthenticated::TokenInvalid;
        if token.len() > LONGEST {
            return Err(REFUSED.into());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| REFUSED)?;
        let key_id = key_id(header).ok_or(REFUSED)?;
        let key = self.key(&key_id, now).await?.ok_or(REFUSED)?;

        // The library would take a claim of the wrong type for an absent one, and knows no clock but the system's:
        // it checks the signature, the struct demands every claim with its type, and the rest is said here.
        let mut signature_only = Validation::new(ALGORITHM);
        signature_only.validate_exp = false;
        signature_only.validate_aud = false;
        signature_only.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &signature_only).map_err(|_| REFUSED)?.claims;
        let seconds = now.as_second();
        if claims.iss != self.issuer || claims.aud != AUDIENCE || claims.nbf > seconds.saturating_add(LEEWAY_SECONDS) {
            return Err(REFUSED.into());
        }
        if claims.exp <= seconds.saturating_sub(LEEWAY_SECONDS) {
            return Err(Unauthenticated::TokenExpired.into());
        }
        Ok(Bearer { user: claims.sub.parse().map_err(|_| REFUSED)?, session: claims.sid.parse().map_err(|_| REFUSED)? })
    }

    /// The key of that id. An unknown one may be new: the table is asked again, at most once a second.
    async fn key(&self, id: &str, now: Timestamp) -> tables::Result<Option<DecodingKey>> {
        let (found, read_at) = self.remembered(id);
        if found.is_some() || read_at.is_some_and(|at| now.duration_since(at).abs() < SignedDuration::from_secs(1)) {
            return Ok(found);
        }
        self.refresh(now).await?;
        Ok(self.remembered(id).0)
    }

    fn remembered(&self, id: &str) -> (Option<DecodingKey>, Option<Timestamp>) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.keys.get(id).cloned(), known.read_at)
    }
}

/// The key id of a header that is exactly as ours are. One that brings its own key, points to one, or asks for
/// something critical is refused (RFC 8725, 3.10).
fn key_id(mut header: Header) -> Option<String> {
    let kid = header.kid.take()?;
    let mut ours = Header::new(ALGORITHM);
    ours.typ = Some(TYPE.into());
    (header == ours).then_some(kid)
}
