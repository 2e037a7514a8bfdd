//! Usernames that a user may choose.

use serde::Deserialize;
use shared::values::Username;
use utoipa::ToSchema;

/// Names that readers would take for the library's own: its roles, its addresses (RFC 2142) and its words.
const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "admins",
    "anonymous",
    "api",
    "auth",
    "billing",
    "carrel",
    "contact",
    "deleted",
    "everybody",
    "everyone",
    "guest",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "librarian",
    "librarians",
    "library",
    "login",
    "mail",
    "mailer-daemon",
    "manager",
    "moderator",
    "nobody",
    "noreply",
    "null",
    "official",
    "operator",
    "owner",
    "password",
    "postmaster",
    "privacy",
    "register",
    "root",
    "security",
    "service",
    "settings",
    "staff",
    "support",
    "sysadmin",
    "system",
    "team",
    "undefined",
    "user",
    "username",
    "webmaster",
    "www",
];

/// A username that is not reserved, and has a letter.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = Username)]
pub(crate) struct NewUsername(pub(crate) Username);

impl TryFrom<String> for NewUsername {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let name: Username = text.parse()?;
        if RESERVED.iter().any(|reserved| name.looks_like(reserved)) {
            return Err("is reserved for the library");
        }
        // A number is a card's.
        if !name.as_str().contains(char::is_alphabetic) {
            return Err("should have at least one letter");
        }
        Ok(NewUsername(name))
    }
}

#[cfg(test)]
mod tests {
    use super::{NewUsername, RESERVED};

    #[test]
    fn nam1_a_reserved_name_is_refused_in_every_spelling() {
        let others = [
            "Admin",
            "ADMINISTRATOR",
            "аdміn".trim(),
            "1ogin",
            "_support_",
            "no-reply",
            "no.reply",
            "ＲＯＯＴ",
            "Libr\u{430}ry",
        ];
        for name in RESERVED.iter().copied().chain(others) {
            assert!(NewUsername::try_from(name.to_owned()).is_err(), "{name}");
        }
        for number in ["007", "2041-0077", "12.34"] {
            assert!(NewUsername::try_from(number.to_owned()).is_err(), "{number}");
        }
        for name in ["adminah", "7up", "librarian_jane", "ruth", "supporter"] {
            assert!(NewUsername::try_from(name.to_owned()).is_ok(), "{name}");
        }
    }
}
