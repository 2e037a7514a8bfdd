//! The tokens of letters. They are in no table: each is sealed. A reset token is valid only with the user's current
//! nonce.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::crypto::seal::Sealer;
use crate::crypto::secret::Secret;
use crate::values::{Email, LetterKind, UserId};

/// How long the token of a welcome letter is valid.
pub const VERIFICATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Seals and opens the tokens of letters. Dispatch seals them, and auth opens them.
#[derive(Clone)]
pub struct LetterKey {
    resets: Sealer,
    verifications: Sealer,
    codes: Sealer,
    switches: Sealer,
}

impl LetterKey {
    /// Derives the keys from the secret of the letters.
    pub fn from_secret(secret: &Secret) -> Self {
        LetterKey {
            resets: Sealer::for_links(secret, "carrel reset token key"),
            verifications: Sealer::for_links(secret, "carrel verification token key"),
            codes: Sealer::new(secret, "carrel sign-in code key"),
            switches: Sealer::for_links(secret, "carrel letters switch key"),
        }
    }

    /// Returns the token that resets the password of `user` while `nonce` is their current one.
    pub fn reset_token(&self, user: UserId, nonce: Uuid) -> String {
        self.resets.seal(&(user.as_bytes(), nonce.as_bytes()))
    }

    /// Returns the user and the nonce of a [`LetterKey::reset_token`]; `None` if the token is invalid.
    pub fn open_reset(&self, token: &str) -> Option<(UserId, Uuid)> {
        let (user, nonce): ([u8; 16], [u8; 16]) = self.resets.open(token)?;
        Some((user.into(), Uuid::from_bytes(nonce)))
    }

    /// Returns the code with which `user` chooses a password while `nonce` is their current one.
    pub fn sign_in_code(&self, user: UserId, nonce: Uuid) -> String {
        self.codes.code(&(user.as_bytes(), nonce.as_bytes()))
    }

    /// Returns whether what somebody typed is that code, in any case and with blanks or hyphens. It takes the same time for
    /// every code of the right length.
    pub fn is_sign_in_code(&self, typed: &str, user: UserId, nonce: Uuid) -> bool {
        let code = self.sign_in_code(user, nonce);
        let typed =
            typed.bytes().filter(|letter| !matches!(letter, b' ' | b'-')).map(|letter| letter.to_ascii_uppercase());
        let typed: Vec<u8> = typed.take(code.len() + 1).collect();
        let differences = code.bytes().zip(&typed).fold(0, |differences, (one, other)| differences | (one ^ other));
        typed.len() == code.len() && differences == 0
    }

    /// Returns the token that proves that `user` receives mail at `email`. Its lifetime begins at `sent_at`.
    pub fn verification_token(&self, user: UserId, email: &Email, sent_at: Timestamp) -> String {
        let end = (sent_at + VERIFICATION_LIFETIME).as_second();
        self.verifications.seal(&(user.as_bytes(), end, email))
    }

    /// Returns the user and the address of a [`LetterKey::verification_token`]; `None` if the token is invalid or has
    /// expired.
    pub fn open_verification(&self, token: &str, now: Timestamp) -> Option<(UserId, Email)> {
        let (user, end, email): ([u8; 16], i64, Email) = self.verifications.open(token)?;
        (now.as_second() < end).then(|| (user.into(), email))
    }

    /// Returns the token that switches off letters of a kind to `user`, while their address is `email`. It does not expire: whoever
    /// has a letter may want no more of them years later.
    pub fn switch_token(&self, user: UserId, kind: LetterKind, email: &Email) -> String {
        self.switches.seal(&(user.as_bytes(), kind, email))
    }

    /// Returns the user, the kind and the address of a [`LetterKey::switch_token`]; `None` if the token is invalid.
    pub fn open_switch(&self, token: &str) -> Option<(UserId, LetterKind, Email)> {
        let (user, kind, email): ([u8; 16], LetterKind, Email) = self.switches.open(token)?;
        Some((user.into(), kind, email))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    use super::{LetterKey, VERIFICATION_LIFETIME};
    use crate::crypto::secret::Secret;
    use crate::values::{LetterKind, UserId};

    fn key(byte: u8) -> LetterKey {
        LetterKey::from_secret(&Secret::new([byte; 32]).expect("32 bytes"))
    }

    #[test]
    fn a_token_opens_only_for_its_purpose_and_with_its_key() {
        let (user, nonce): (UserId, _) = ([1; 16].into(), Uuid::from_bytes([2; 16]));
        let token = key(7).reset_token(user, nonce);
        assert_eq!(key(7).open_reset(&token), Some((user, nonce)));
        assert_eq!(key(8).open_reset(&token), None);
        assert_eq!(key(7).open_verification(&token, Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_sign_in_code_is_typed_in_any_spelling_and_is_of_one_user_and_nonce() {
        let (user, nonce): (UserId, _) = ([1; 16].into(), Uuid::from_bytes([2; 16]));
        let code = key(7).sign_in_code(user, nonce);
        assert!(code.len() == 12 && code.bytes().all(|letter| letter.is_ascii_alphanumeric()), "{code}");
        for typed in [code.clone(), code.to_lowercase(), format!("{}-{} {}", &code[..4], &code[4..8], &code[8..])] {
            assert!(key(7).is_sign_in_code(&typed, user, nonce), "{typed}");
        }
        let long = format!("{code}2");
        for wrong in ["", &code[1..], &long, "222222222222"] {
            assert!(!key(7).is_sign_in_code(wrong, user, nonce), "{wrong}");
        }
        assert!(!key(8).is_sign_in_code(&code, user, nonce));
        assert!(!key(7).is_sign_in_code(&code, [3; 16].into(), nonce));
        assert!(!key(7).is_sign_in_code(&code, user, Uuid::from_bytes([3; 16])));
    }

    #[test]
    fn a_token_that_switches_letters_off_names_one_user_one_kind_and_one_address() {
        let (user, email): (UserId, _) = ([1; 16].into(), "jane@example.com".parse().expect("valid"));
        let tokens = [LetterKind::Ready, LetterKind::DueSoon, LetterKind::Overdue].map(|kind| {
            let token = key(7).switch_token(user, kind, &email);
            assert_eq!(key(7).open_switch(&token), Some((user, kind, email.clone())));
            assert_eq!(key(8).open_switch(&token), None);
            assert_eq!(key(7).open_verification(&token, Timestamp::UNIX_EPOCH), None);
            token
        });
        // The kinds have their places in tokens that are already in mailboxes.
        let places = tokens.map(|token| token[32..34].to_owned());
        assert_eq!(places, ["00", "01", "02"]);
    }

    #[test]
    fn a_verification_token_expires() {
        let (user, email, now): (UserId, _, _) =
            ([1; 16].into(), "jane@example.com".parse().expect("valid"), Timestamp::UNIX_EPOCH);
        let token = key(7).verification_token(user, &email, now);
        assert_eq!(key(7).open_verification(&token, now), Some((user, email)));
        let later = now + VERIFICATION_LIFETIME + SignedDuration::from_secs(1);
        assert_eq!(key(7).open_verification(&token, later), None);
    }
}
