//! Signs access tokens and seals refresh tokens.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{EncodingKey, Header};
use serde::{Deserialize, Serialize};
use shared::crypto::ed25519;
use shared::crypto::seal::Sealer;
use shared::crypto::token::{ALGORITHM, AUDIENCE, Claims, LIFETIME, TYPE};
use shared::edge::error::{Error, Result};
use shared::tables::sessions::keys::PublicKey;
use shared::values::{SessionId, UserId};
use utoipa::ToSchema;

use crate::Secrets;

/// The tokens of a session, in the body: for apps and scripts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    /// The access token, to be sent with every request as `Authorization: Bearer …`.
    pub(crate) access_token: String,
    /// The refresh token, which `/auth/refresh-token` exchanges once for the next pair.
    pub(crate) refresh_token: String,
    #[schema(inline)]
    pub(crate) token_type: Bearer,
    /// How long the access token is valid, in seconds.
    #[schema(example = 600)]
    pub(crate) expires_in: i64,
}

/// The token type of an app.
#[derive(Serialize, ToSchema)]
pub(crate) enum Bearer {
    Bearer,
}

/// The contents of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refresh {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    /// How often the session was refreshed before.
    pub(crate) generation: u32,
}

/// A refresh token as text.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, max_length = 200)]
pub(crate) struct Sealed(pub(crate) String);

impl TryFrom<String> for Sealed {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > 200 { Err("should have at most 200 characters") } else { Ok(Sealed(text)) }
    }
}

/// Signs access tokens with the private key, and seals refresh tokens.
pub(crate) struct Signer {
    issuer: String,
    key: EncodingKey,
    header: Header,
    public: PublicKey,
    refresh_tokens: Sealer,
}

impl Signer {
    pub(crate) fn new(secrets: &Secrets, issuer: String) -> Self {
        ed25519::install();
        let key = EncodingKey::from_ed_der(&pkcs8(&secrets.signing_key()));
        let public = public_key(&key);
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.into());
        header.kid = Some(public.id.clone());
        Signer { issuer, key, header, public, refresh_tokens: secrets.refresh_sealer() }
    }

    pub(crate) fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Returns the pair of tokens for a generation of a session. The refresh token of a generation is always the same.
    pub(crate) fn tokens(&self, refresh: Refresh, token_id: [u8; 16], now: Timestamp) -> Result<Tokens> {
        let seconds = now.as_second();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.into(),
            sub: refresh.user.to_string(),
            sid: refresh.session.to_string(),
            iat: seconds,
            nbf: seconds,
            exp: seconds + LIFETIME.as_secs(),
            jti: BASE64.encode(token_id),
        };
        let access_token =
            jsonwebtoken::encode(&self.header, &claims, &self.key).map_err(|error| Error::Internal(error.into()))?;
        let refresh_token = self.seal(refresh);
        Ok(Tokens { access_token, refresh_token, token_type: Bearer::Bearer, expires_in: LIFETIME.as_secs() })
    }

    /// Returns the refresh token of a generation of a session.
    fn seal(&self, Refresh { user, session, generation }: Refresh) -> String {
        self.refresh_tokens.seal(&(user.as_bytes(), session.as_bytes(), generation.to_be_bytes()))
    }

    /// Returns the contents of a refresh token, if this library sealed it.
    pub(crate) fn open(&self, token: &Sealed) -> Option<Refresh> {
        let (user, session, generation): ([u8; 16], [u8; 16], [u8; 4]) = self.refresh_tokens.open(&token.0)?;
        let generation = u32::from_be_bytes(generation);
        Some(Refresh { user: user.into(), session: session.into(), generation })
    }
}

/// Encodes an Ed25519 seed as `jsonwebtoken` expects private keys (PKCS #8, RFC 8410, 7).
fn pkcs8(seed: &[u8; 32]) -> Vec<u8> {
    const PREFIX: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [PREFIX.as_slice(), seed].concat()
}

/// Returns the public key. Its id is its thumbprint (RFC 7638).
fn public_key(key: &EncodingKey) -> PublicKey {
    let jwk = Jwk::from_encoding_key(key, ALGORITHM).expect("a 32-byte seed is an Ed25519 key");
    let id = jwk.thumbprint(ThumbprintHash::SHA256).expect("an Ed25519 key has a thumbprint");
    match jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => PublicKey { id, x: pair.x },
        _ => unreachable!("an Ed25519 key is an octet key pair"),
    }
}

#[cfg(test)]
mod tests {
    use fuzzer::{Target, changed_bytes, fuzz};

    use super::{Refresh, Sealed, Signer};
    use crate::Secrets;

    const SECRET: &str = "the pepper of the version before, 32 bytes or more";
    const ANOTHER: &str = "another secret of another library, and long enough";

    fn secrets(signing: &str, pepper: &str) -> Secrets {
        Secrets::new(signing, pepper, SECRET).expect("32 bytes each")
    }

    fn signer(pepper: &str) -> Signer {
        Signer::new(&secrets(SECRET, pepper), "carrel".into())
    }

    #[test]
    fn a_refresh_token_of_the_previous_version_still_opens() {
        let refresh = Refresh { user: [1; 16].into(), session: [2; 16].into(), generation: 3 };
        let token = "AQEBAQEBAQEBAQEBAQEBAQICAgICAgICAgICAgICAgIAAAADbJY7ypmglJ4mn58nXyxNblKJp7ISVfOmS7eklqRD46c";
        assert_eq!(signer(SECRET).seal(refresh), token);
        assert_eq!(signer(SECRET).open(&Sealed(token.to_owned())), Some(refresh));
    }

    #[test]
    fn a_refresh_token_opens_only_unchanged_and_only_in_its_own_library() {
        let refresh = Refresh { user: [1; 16].into(), session: [2; 16].into(), generation: 3 };
        let sealed = signer(SECRET).seal(refresh);
        assert_eq!(signer(SECRET).open(&Sealed(sealed.clone())), Some(refresh));
        assert_eq!(signer(ANOTHER).open(&Sealed(sealed.clone())), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = Sealed(String::from_utf8(changed).expect("still ASCII"));
            assert_eq!(signer(SECRET).open(&changed), None, "{at}");
        }
    }

    #[test]
    fn fuzz_refresh_tokens() {
        let refresh = |generation| Refresh { user: [1; 16].into(), session: [2; 16].into(), generation };
        let (ours, others) = (signer(SECRET), signer(ANOTHER));
        let tokens: Vec<String> = [0, 1, 3, u32::MAX].map(|generation| ours.seal(refresh(generation))).into();
        let mut seeds: Vec<Vec<u8>> = tokens.iter().map(|token| token.clone().into_bytes()).collect();
        seeds.push(others.seal(refresh(3)).into_bytes());
        fuzz(&Target { name: "refresh-tokens", cases: 5_000, change: changed_bytes, seeds }, |input| {
            let Ok(token) = Sealed::try_from(String::from_utf8_lossy(input).into_owned()) else { return None };
            let opened = ours.open(&token);
            if let Some(opened) = opened {
                assert!(tokens.contains(&token.0), "a changed token was accepted");
                assert_eq!(ours.seal(opened), token.0, "it reads back as another");
            }
            Some(opened.map(|opened| opened.generation))
        });
    }

    #[test]
    fn the_same_secret_always_derives_the_same_key() {
        let key = |secret: &str| Signer::new(&secrets(secret, SECRET), "carrel".into()).public_key().clone();
        assert_eq!(key(SECRET), key(SECRET));
        assert_ne!(key(SECRET), key(ANOTHER));
    }
}
