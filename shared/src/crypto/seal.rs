//! Tokens that go out by mail. Made from what is named and a key that is in no table; nothing is stored but the nonce of
//! the reset that counts.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use uuid::Uuid;

use crate::crypto::secret::Secret;
use crate::values::Email;
use crate::values::UserId;

/// How long the link of a welcome letter proves the address.
pub const VERIFICATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Seals and opens the tokens of letters. Auth opens them, whoever delivers the letters makes them.
#[derive(Clone)]
pub struct LetterKey([u8; 32]);

impl LetterKey {
    /// The key that is derived from the secret of the letters.
    pub fn from_secret(secret: &Secret) -> Self {
        LetterKey(secret.derive(b"carrel letter token key"))
    }

    /// The token that resets the password of `user`, as long as `nonce` is the one that counts.
    pub fn reset_token(&self, user: UserId, nonce: Uuid) -> String {
        self.seal(b'r', &[user.as_bytes().as_slice(), nonce.as_bytes()].concat())
    }

    /// The user and nonce of [`LetterKey::reset_token`].
    pub fn open_reset(&self, token: &str) -> Option<(UserId, Uuid)> {
        let named: [u8; 32] = self.open(b'r', token)?.try_into().ok()?;
        let user: [u8; 16] = named[..16].try_into().ok()?;
        Some((user.into(), Uuid::from_slice(&named[16..]).ok()?))
    }

    /// The token that proves that `user` reads the mail of `email`, sent at `sent_at`.
    pub fn verification_token(&self, user: UserId, email: &Email, sent_at: Timestamp) -> String {
        let end = (sent_at + VERIFICATION_LIFETIME).as_second().to_be_bytes();
        self.seal(b'v', &[user.as_bytes().as_slice(), &end, email.as_str().as_bytes()].concat())
    }

    /// The user and address of [`LetterKey::verification_token`], within its lifetime.
    pub fn open_verification(&self, token: &str, now: Timestamp) -> Option<(UserId, Email)> {
        let named = self.open(b'v', token)?;
        let (user, rest) = named.split_first_chunk::<16>()?;
        let (end, email) = rest.split_first_chunk::<8>()?;
        let email = std::str::from_utf8(email).ok()?.parse().ok()?;
        (now.as_second() < i64::from_be_bytes(*end)).then(|| ((*user).into(), email))
    }

    fn seal(&self, purpose: u8, named: &[u8]) -> String {
        let mac = self.mac(purpose, named).finalize().into_bytes();
        BASE64.encode([mac.as_slice(), named].concat())
    }

    fn open(&self, purpose: u8, token: &str) -> Option<Vec<u8>> {
        let bytes = BASE64.decode(token).ok()?;
        let (mac, named) = bytes.split_at_checked(32)?;
        self.mac(purpose, named).verify_slice(mac).ok()?;
        Some(named.to_vec())
    }

    fn mac(&self, purpose: u8, named: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(&[purpose]);
        mac.update(named);
        mac
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    use super::{LetterKey, VERIFICATION_LIFETIME};
    use crate::values::UserId;

    const KEY: LetterKey = LetterKey([7; 32]);

    #[test]
    fn a_token_opens_for_its_own_purpose_and_under_its_own_key() {
        let (user, nonce): (UserId, _) = ([1; 16].into(), Uuid::from_bytes([2; 16]));
        let token = KEY.reset_token(user, nonce);
        assert_eq!(KEY.open_reset(&token), Some((user, nonce)));
        assert_eq!(LetterKey([8; 32]).open_reset(&token), None);
        assert_eq!(KEY.open_verification(&token, Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_verification_ends_by_itself() {
        let (user, email, now): (UserId, _, _) =
            ([1; 16].into(), "jane@example.com".parse().expect("valid"), Timestamp::UNIX_EPOCH);
        let token = KEY.verification_token(user, &email, now);
        assert_eq!(KEY.open_verification(&token, now), Some((user, email)));
        assert_eq!(KEY.open_verification(&token, now + VERIFICATION_LIFETIME + SignedDuration::from_secs(1)), None);
    }
}
