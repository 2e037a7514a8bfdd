//! Access tokens (RFC 9068 JWTs) and the public keys that verify them.
//!
//! Only auth can sign. Every function verifies tokens itself, with the public keys in the Sessions table. An authorizer
//! of API Gateway would cache its result for minutes, but a sign-out must apply to the next request.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::tables::sessions::keys::PublicKey;
use crate::tables::{self, Failure, Sessions};
use crate::values::{SessionId, UserId};

/// The only algorithm. A token that names another is refused before its signature is checked (RFC 8725, 3.1).
pub const ALGORITHM: Algorithm = Algorithm::EdDSA;
/// `typ` of an access token (RFC 9068, 2.1), so that no other kind of JWT is accepted as one.
pub const TYPE: &str = "at+jwt";
/// `aud` of an access token.
pub const AUDIENCE: &str = "carrel";
/// How long an access token is valid.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// For how long a token is accepted after its end, because clocks differ.
const LEEWAY_SECONDS: i64 = 30;
/// How far ahead the clock may be of the function that has signed. A token that is refused until then would be a caller who has
/// signed in and is told to sign in; and who can sign needs no time that is to come.
const AHEAD_SECONDS: i64 = 300;
/// The most bytes of a token that is parsed. Ours have about 500.
const LONGEST: usize = 2_048;

/// The claims of an access token. It does not contain the user's role, or whether the session is live.
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
    /// The id of the token.
    pub jti: String,
}

/// The user and session of a valid token.
#[derive(Debug, Clone, Copy)]
pub struct Bearer {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
}

/// Why a token was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotVerified {
    /// It is not one of our tokens, or was changed.
    Invalid,
    /// It is one of our tokens, and has expired.
    Expired,
}

/// A cache of the public keys.
pub struct Keys {
    sessions: Sessions,
    issuer: String,
    cache: RwLock<Cache>,
}

#[derive(Default)]
struct Cache {
    keys: HashMap<String, (DecodingKey, i64)>,
    read_at: Option<Timestamp>,
}

impl Keys {
    pub(crate) fn new(sessions: Sessions, issuer: String) -> Self {
        Keys { sessions, issuer, cache: RwLock::default() }
    }

    /// Reads the public keys again.
    ///
    /// # Errors
    /// A fault of the Sessions table.
    pub async fn refresh(&self, now: Timestamp) -> tables::Result<()> {
        let keys = self.sessions.public_keys().await?;
        let decoding =
            |(key, until): (PublicKey, i64)| Some((key.id, (DecodingKey::from_ed_components(&key.x).ok()?, until)));
        let cache = Cache { keys: keys.into_iter().filter_map(decoding).collect(), read_at: Some(now) };
        *self.cache.write().unwrap_or_else(PoisonError::into_inner) = cache;
        Ok(())
    }

    /// Returns until when the cached key with that id is accepted, in seconds since 1970.
    pub fn end_of(&self, id: &str) -> Option<i64> {
        self.cached(id).0.map(|(_, until)| until)
    }

    /// Verifies a token, and returns its user and session.
    ///
    /// # Errors
    /// [`NotVerified`]; a fault of the Sessions table.
    pub async fn verify(&self, token: &str, now: Timestamp) -> tables::Result<Bearer, Failure<NotVerified>> {
        const INVALID: Failure<NotVerified> = Failure::Refused(NotVerified::Invalid);
        if token.len() > LONGEST {
            return Err(INVALID);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| INVALID)?;
        let key_id = key_id(header).ok_or(INVALID)?;
        let (key, until) = self.key(&key_id, now).await?.ok_or(INVALID)?;

        // The library treats a claim of a wrong type as absent, and uses the system's clock only. So it checks the
        // signature, the struct requires every claim with its type, and the values are checked here.
        let mut signature_only = Validation::new(ALGORITHM);
        signature_only.validate_exp = false;
        signature_only.validate_aud = false;
        signature_only.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &signature_only).map_err(|_| INVALID)?.claims;
        let seconds = now.as_second();
        // A token that lives longer than ours is not one of ours, whoever signed it.
        if claims.exp.saturating_sub(claims.iat) > LIFETIME.as_secs() {
            return Err(INVALID);
        }
        if claims.iss != self.issuer || claims.aud != AUDIENCE || claims.nbf > seconds.saturating_add(AHEAD_SECONDS) {
            return Err(INVALID);
        }
        if claims.exp <= seconds.saturating_sub(LEEWAY_SECONDS) {
            return Err(Failure::Refused(NotVerified::Expired));
        }
        if until <= seconds {
            // Somebody has signed with the key again, or pretends to.
            self.refresh(now).await?;
            if self.end_of(&key_id).is_none_or(|until| until <= seconds) {
                return Err(Failure::Refused(NotVerified::Expired));
            }
        }
        Ok(Bearer { user: claims.sub.parse().map_err(|_| INVALID)?, session: claims.sid.parse().map_err(|_| INVALID)? })
    }

    /// Returns the key with that id, and its end. An unknown id may be a new key, so the keys are read again, at most once
    /// a second.
    async fn key(&self, id: &str, now: Timestamp) -> tables::Result<Option<(DecodingKey, i64)>> {
        let (found, read_at) = self.cached(id);
        if found.is_some() || read_at.is_some_and(|at| now.duration_since(at).abs() < SignedDuration::from_secs(1)) {
            return Ok(found);
        }
        self.refresh(now).await?;
        Ok(self.cached(id).0)
    }

    fn cached(&self, id: &str) -> (Option<(DecodingKey, i64)>, Option<Timestamp>) {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        (cache.keys.get(id).cloned(), cache.read_at)
    }
}

/// Returns the key id of a header if its other fields are exactly those of our tokens. A header with a key, a URL of a
/// key or a critical extension is refused (RFC 8725, 3.10).
fn key_id(mut header: Header) -> Option<String> {
    let kid = header.kid.take()?;
    let mut ours = Header::new(ALGORITHM);
    ours.typ = Some(TYPE.into());
    (header == ours).then_some(kid)
}
