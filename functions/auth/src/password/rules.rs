//! The rules for passwords (NIST SP 800-63B: a length and a list of common passwords, but no rules of composition).

use std::cmp::Reverse;

use serde::Deserialize;
use shared::tables::accounts::User;
use shared::values::{Card, Email, Name, Username, fold};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use super::common::is_common;

/// A new password: 8 to 128 characters of any kind. Common passwords are refused.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery")]
pub(crate) struct NewPassword(Password);

/// What a stranger who guesses a user's password knows: the user, and the library.
pub(crate) struct Known<'a> {
    pub(crate) email: Option<&'a Email>,
    pub(crate) username: Option<&'a Username>,
    pub(crate) card: Option<&'a Card>,
    pub(crate) names: [Option<&'a Name>; 2],
    /// The URL of the library's website.
    pub(crate) site: &'a str,
}

impl<'a> Known<'a> {
    /// Returns what is known of a user.
    pub(crate) fn of(user: &'a User, site: &'a str) -> Self {
        let names = [user.first_name.as_ref(), user.last_name.as_ref()];
        let (email, username, card) = (user.email.as_ref(), user.username.as_ref(), user.card.as_ref());
        Known { email, username, card, names, site }
    }

    /// Returns the words that such a password would have, folded, the longest first.
    fn words(&self) -> Vec<String> {
        let email = self.email.map(|email| email.as_str().rsplit_once('@').map_or("", |(local, _)| local));
        let names = self.names.into_iter().flatten().map(Name::as_str).chain(self.username.map(Username::as_str));
        let own = names.chain(self.card.map(Card::as_str)).chain(email);
        let host = self.site.split("//").last().unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
        let host = host.split('.').filter(|&label| label != "localhost");
        let mut words: Vec<_> = own.chain(host).chain(["carrel", "library", "librarian"]).map(fold).collect();
        words.retain(|word| word.chars().count() >= 3);
        words.sort_by_key(|word| Reverse(word.len()));
        words
    }
}

/// The fewest letters and digits that a password has beside known words.
const OWN_CHARACTERS: usize = 5;

impl NewPassword {
    /// Returns the password if the user of whom this is known may have it.
    ///
    /// # Errors
    /// The reason, as the end of a sentence for people.
    pub(crate) fn accept(self, known: &Known<'_>) -> Result<Password, &'static str> {
        let text = self.0.as_str();
        let lower = text.to_lowercase();
        // Compared after parsing, so that every spelling of the same name is refused.
        let is_email = |email: &Email| {
            let local = email.as_str().rsplit_once('@').map(|(local, _)| local);
            local == Some(&*lower) || text.parse().is_ok_and(|own: Email| own == *email)
        };
        if known.email.is_some_and(is_email) {
            return Err("should not be your email");
        }
        let is_username = |name: &Username| text.parse().is_ok_and(|own: Username| own.folded() == name.folded());
        if known.username.is_some_and(is_username) {
            return Err("should not be your username");
        }
        if known.card.is_some_and(|card| text.parse().is_ok_and(|own: Card| own == *card)) {
            return Err("should not be the number of your card");
        }
        let folded = fold(text);
        let rest = known.words().iter().fold(folded.clone(), |rest, word| rest.replace(word, " "));
        let own: String = rest.chars().filter(|letter| letter.is_alphanumeric()).collect();
        if rest != folded && (own.chars().count() < OWN_CHARACTERS || is_common(&own)) {
            return Err("should have more than your names, the library's name and a few characters");
        }
        Ok(self.0)
    }
}

impl TryFrom<String> for NewPassword {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let password = Password::from(text);
        match password.as_str().chars().count() {
            8..=128 if is_common(&password.as_str().to_lowercase()) => {
                Err("is one of the passwords that everybody tries first")
            }
            8..=128 => Ok(NewPassword(password)),
            _ => Err("should have 8 to 128 characters"),
        }
    }
}

/// A password in the form in which passwords are compared (RFC 8265, OpaqueString): every blank is U+0020, and letters
/// are composed, so that é and the blank are the same from every keyboard.
#[derive(Deserialize, ToSchema)]
#[serde(from = "String")]
#[schema(value_type = String, format = Password, max_length = 1000, example = "correct horse battery")]
pub(crate) struct Password(Forms);

struct Forms {
    text: String,
    /// The form of earlier versions, which kept each kind of blank; `None` if it is the same. Hashes of it are still stored.
    with_blanks: Option<String>,
}

impl Password {
    pub(super) fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Returns the forms that a stored hash may be of: the present one, and that of earlier versions.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        [Some(&self.0.text), self.0.with_blanks.as_ref()].into_iter().flatten().map(String::as_str)
    }
}

impl From<String> for Password {
    fn from(sent: String) -> Self {
        let text: String = sent.chars().map(|letter| if is_blank(letter) { ' ' } else { letter }).nfc().collect();
        let with_blanks: String = sent.nfc().collect();
        Password(Forms { with_blanks: Some(with_blanks).filter(|before| *before != text), text })
    }
}

/// Returns whether a character is a blank of any width, but no line break.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() && !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::{Known, NewPassword, Password};

    const NOTHING: Known<'_> = Known { email: None, username: None, card: None, names: [None, None], site: "" };

    /// Returns why `text` cannot be the password of Jane Āusten, jane.austen@bücher.example, Miss_Straße.
    fn refusal(text: &str) -> Option<&'static str> {
        let email = "Jane.Austen@b\u{fc}cher.example".parse().expect("an email");
        let username = "Miss_Stra\u{df}e".parse().expect("a username");
        let card = "2041 0077".parse().expect("a card");
        let new = match NewPassword::try_from(text.to_owned()) {
            Ok(new) => new,
            Err(reason) => return Some(reason),
        };
        let names = ["Jane", "\u{100}usten"].map(|name| name.parse().expect("a name"));
        let known = Known {
            email: Some(&email),
            username: Some(&username),
            card: Some(&card),
            names: [Some(&names[0]), Some(&names[1])],
            site: "https://books.springfield.example:8443/v1",
        };
        new.accept(&known).err()
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
        assert!(new.accept(&NOTHING).is_ok_and(|accepted| accepted.as_str() == long));
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
        for card in ["20410077", "2041-0077", "*2041 0077*"] {
            assert_eq!(refusal(card), Some("should not be the number of your card"), "{card}");
        }
        let new = |text: &str| NewPassword::try_from(text.to_owned()).expect("of the right length");
        assert!(new("jane.austen").accept(&NOTHING).is_ok(), "the name of another user is accepted");
    }

    #[test]
    fn a_password_of_any_composition_is_accepted() {
        for plain in ["aabbccddee", "        ", "correct horse", "ключ от шкафа"] {
            assert_eq!(refusal(plain), None, "{plain}");
        }
    }

    #[test]
    fn pw3_a_password_of_known_words_is_refused() {
        let known = Some("should have more than your names, the library's name and a few characters");
        for text in [
            "carrelcarrel",
            "library1",
            "Library-2024",
            "carrel_Library",
            "librarian!",
            "springfield",
            "Springfield12",
            "jane.austen.",
            "jane1234",
            "20410077!",
            "jane20410077",
            "JaneAusten",
            "miss_straße_",
            "MISS_STRASSE1",
            "\u{c0}usten99",
            "library password",
            "libr\u{e1}ry123",
        ] {
            assert_eq!(refusal(text), known, "{text}");
        }
        let email = "gullwing@example.com".parse().expect("an email");
        for text in ["gullwing1", "Gullwing-2024", "gullwinggullwing"] {
            let new = NewPassword::try_from(text.to_owned()).expect("of the right length");
            assert_eq!(new.accept(&Known { email: Some(&email), ..NOTHING }).err(), known, "{text}");
        }
        for text in ["correct horse library", "janitor's horse", "my carrel is green", "library-9f8s7d6a"] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn fl21_every_blank_is_the_same() {
        let form = |text: &str| Password::from(text.to_owned()).as_str().to_owned();
        for blank in "\u{a0}\u{3000}\u{2003}\u{202f}\u{1680}\u{205f}".chars() {
            assert_eq!(form(&format!("correct{blank}horse")), "correct horse", "{blank:?}");
        }
        assert_eq!(form("tab\tbreak\u{2028}"), "tab\tbreak\u{2028}");
        let forms = |text: &str| Password::from(text.to_owned()).forms().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(forms("correct\u{a0}horse"), ["correct horse", "correct\u{a0}horse"]);
        assert_eq!(forms("correct horse"), ["correct horse"]);
    }

    #[test]
    fn can1_every_letter_of_a_password_has_one_form() {
        for letter in '\0'..='\u{ffff}' {
            let once = Password::from(format!("{letter}a{letter}{letter}"));
            assert_eq!(Password::from(once.as_str().to_owned()).as_str(), once.as_str(), "{letter:?}");
        }
    }
}
