//! The rules for passwords (NIST SP 800-63B: a length and a list of common passwords, but no rules of composition).

use serde::Deserialize;
use shared::values::{Email, Username};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use super::common::is_common;

/// A new password: 8 to 128 characters of any kind. Common passwords are refused.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery")]
pub(crate) struct NewPassword(Password);

impl NewPassword {
    /// Returns the password if the user with these names may have it.
    ///
    /// # Errors
    /// The reason, as the end of a sentence for people.
    pub(crate) fn accept(self, email: Option<&Email>, username: Option<&Username>) -> Result<Password, &'static str> {
        let text = self.0.as_str();
        let lower = text.to_lowercase();
        if is_common(&lower) {
            return Err("is one of the passwords that everybody tries first");
        }
        // Compared after parsing, so that every spelling of the same name is refused.
        let is_email = |email: &Email| {
            let local = email.as_str().rsplit_once('@').map(|(local, _)| local);
            local == Some(&*lower) || text.parse().is_ok_and(|own: Email| own == *email)
        };
        if email.is_some_and(is_email) {
            return Err("should not be your email");
        }
        let is_username = |name: &Username| text.parse().is_ok_and(|own: Username| own.folded() == name.folded());
        if username.is_some_and(is_username) {
            return Err("should not be your username");
        }
        Ok(self.0)
    }
}

impl TryFrom<String> for NewPassword {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let password = Password::from(text);
        match password.as_str().chars().count() {
            8..=128 => Ok(NewPassword(password)),
            _ => Err("should have 8 to 128 characters"),
        }
    }
}

/// A password as typed, in Unicode's composed form, so that é is the same from every keyboard (NIST SP 800-63B).
#[derive(Deserialize, ToSchema)]
#[serde(from = "String")]
#[schema(value_type = String, format = Password, max_length = 1000, example = "correct horse battery")]
pub(crate) struct Password(String);

impl Password {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Password(text.nfc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::NewPassword;

    /// Returns why `text` cannot be the password of the user jane.austen@bücher.example, Miss_Straße.
    fn refusal(text: &str) -> Option<&'static str> {
        let email = "Jane.Austen@b\u{fc}cher.example".parse().expect("an email");
        let username = "Miss_Stra\u{df}e".parse().expect("a username");
        let new = match NewPassword::try_from(text.to_owned()) {
            Ok(new) => new,
            Err(reason) => return Some(reason),
        };
        new.accept(Some(&email), Some(&username)).err()
    }

    #[test]
    fn the_length_counts_in_composed_characters() {
        let length = Some("should have 8 to 128 characters");
        for letter in ["é", "e\u{301}", "書", "🔑"] {
            assert_eq!(refusal(&letter.repeat(7)), length, "{letter}");
            assert_eq!(refusal(&letter.repeat(8)), None, "{letter}");
            assert_eq!(refusal(&letter.repeat(128)), None, "{letter}");
            assert_eq!(refusal(&letter.repeat(129)), length, "{letter}");
        }
    }

    #[test]
    fn a_long_password_is_not_truncated() {
        let long = "x".repeat(127) + "y";
        let new = NewPassword::try_from(long.clone()).expect("of the right length");
        assert!(new.accept(None, None).is_ok_and(|accepted| accepted.as_str() == long));
    }

    #[test]
    fn a_common_password_is_refused_in_any_case() {
        for common in ["password", "PassWord", "12345678", "QWERTYUIOP", "iloveyou"] {
            assert_eq!(refusal(common), Some("is one of the passwords that everybody tries first"), "{common}");
        }
    }

    #[test]
    fn a_users_own_names_are_refused_in_any_spelling() {
        for email in ["jane.austen@bücher.example", "JANE.Austen@xn--bcher-kva.example", "Jane.AUSTEN"] {
            assert_eq!(refusal(email), Some("should not be your email"), "{email}");
        }
        for username in ["miss_straße", "MISS_STRASSE", "Miss_Straße"] {
            assert_eq!(refusal(username), Some("should not be your username"), "{username}");
        }
        let new = |text: &str| NewPassword::try_from(text.to_owned()).expect("of the right length");
        assert!(new("jane.austen").accept(None, None).is_ok(), "the name of another user is accepted");
    }

    #[test]
    fn a_password_of_any_composition_is_accepted() {
        for plain in ["aabbccddee", "        ", "jane.austen.", "miss_straße_", "correct horse", "ключ от шкафа"]
        {
            assert_eq!(refusal(plain), None, "{plain}");
        }
    }
}
