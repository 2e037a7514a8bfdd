//! Email addresses.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use super::stored::Stored;

/// An email address, in lower case and Unicode's composed form (NFC). People write the case and the accents of their
/// address differently each time, and mail providers do not distinguish addresses by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Email, max_length = 254, example = "jane@example.com")]
pub struct Email(String);

impl Email {
    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = &'static str;

    /// Parses a mailbox (RFC 5321) of at most 254 bytes. Quoted local parts and address literals are refused. An
    /// international domain is stored in its ASCII form (RFC 5890).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "should be an email address such as jane@example.com";
        let text: String = text.trim().nfc().collect();
        if text.len() > 254 {
            return Err("should have at most 254 characters");
        }
        let (local, domain) = text.rsplit_once('@').ok_or(WRONG)?;
        let atom = |part: &str| !part.is_empty() && part.chars().all(is_local);
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| WRONG)?;
        let labels_fit = domain.split('.').all(|label| (1..=63).contains(&label.len()));
        let named =
            domain.rsplit('.').next().is_some_and(|top| top.len() > 1 && !top.chars().all(|c| c.is_ascii_digit()));
        if local.len() > 64 || !local.split('.').all(atom) || !domain.contains('.') || !labels_fit || !named {
            return Err(WRONG);
        }
        let address = format!("{}@{domain}", local.to_lowercase());
        if address.len() > 254 { Err("should have at most 254 characters") } else { Ok(Email(address)) }
    }
}

/// Returns whether a letter may be in a local part: `atext` of RFC 5322, and letters outside ASCII (RFC 6531).
fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter)
}

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Stored for Email {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Email(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    fn parse(text: &str) -> Option<String> {
        text.parse().ok().map(|email: Email| email.as_str().to_owned())
    }

    #[test]
    fn an_address_has_one_form() {
        assert_eq!(parse("Jane.Doe+books@Example.COM").as_deref(), Some("jane.doe+books@example.com"));
        assert_eq!(parse("jane@bücher.example").as_deref(), Some("jane@xn--bcher-kva.example"));
        assert_eq!(parse("rene\u{301}e@example.com").as_deref(), Some("ren\u{e9}e@example.com"));
    }

    #[test]
    fn an_invalid_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));
        for text in [
            "",
            "jane",
            "@example.com",
            "jane@",
            "jane@localhost",
            "a b@example.com",
            "jane@@example.com",
            "jane@exa mple.com",
            "jane@-example.com",
            ".jane@example.com",
            "jane@1.2.3.4",
            "jane\r\n@example.com",
            &long,
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
