//! Email addresses.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use super::characters::is_ignorable;
use super::stored::Stored;

/// An email address in its one spelling: without invisible characters, in lower case, and with the ASCII form of an
/// international domain (RFC 5890). Before the `@` are ASCII characters only: no letter could be sent to others, because
/// SES does not support them (RFC 6531).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Email, max_length = 254, example = "jane@example.com")]
pub struct Email(String);

const WRONG: &str = "should be an email address such as jane@example.com";
const TOO_LONG: &str = "should have at most 254 characters";

impl Email {
    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name with which the user of an address signs in. It is the address in its one spelling, also of
    /// addresses that only older rules accepted.
    ///
    /// # Errors
    /// If no rules could accept the address.
    pub fn sign_in_name(text: &str) -> Result<String, &'static str> {
        if text.len() > 1_000 {
            return Err(TOO_LONG);
        }
        // Of what a person pastes: full-width letters, invisible characters, spaces at the ends.
        let text: String = text.chars().filter(|&letter| !is_ignorable(letter)).nfkc().collect();
        let (local, domain) = text.trim().rsplit_once('@').ok_or(WRONG)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| WRONG)?;
        // The Turkish İ has the lower case i with a dot above it.
        let local = local.to_lowercase().replace("i\u{307}", "i");
        let address: String = format!("{local}@{domain}").nfkc().collect();
        if address.len() > 254 { Err(TOO_LONG) } else { Ok(address) }
    }
}

impl FromStr for Email {
    type Err = &'static str;

    /// Parses a mailbox (RFC 5321) of at most 254 characters. Quoted local parts and address literals are refused. All
    /// checks come after the last rewriting.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = Email::sign_in_name(text)?;
        let (local, domain) = address.rsplit_once('@').ok_or(WRONG)?;
        if !local.is_ascii() {
            return Err("should have no letters other than a to z before the @, because mail cannot be sent to them");
        }
        let is_atom = |part: &str| !part.is_empty() && part.chars().all(is_local);
        let labels_fit = domain.split('.').all(|label| (1..=63).contains(&label.len()));
        let top = domain.rsplit_once('.').map(|(_, top)| top);
        let is_named = top.is_some_and(|top| top.len() > 1 && !top.bytes().all(|byte| byte.is_ascii_digit()));
        if local.len() > 64 || !local.split('.').all(is_atom) || !labels_fit || !is_named {
            return Err(WRONG);
        }
        Ok(Email(address))
    }
}

/// Returns whether a character may be in a local part: `atext` of RFC 5322.
fn is_local(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter)
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
    use proptest::prelude::*;

    use super::Email;
    use crate::values::characters::scalars;

    fn parse(text: &str) -> Option<String> {
        text.parse().ok().map(|email: Email| email.as_str().to_owned())
    }

    #[test]
    fn an_address_has_one_form() {
        assert_eq!(parse("Jane.Doe+books@Example.COM").as_deref(), Some("jane.doe+books@example.com"));
        assert_eq!(parse("jane@bücher.example").as_deref(), Some("jane@xn--bcher-kva.example"));
        assert_eq!(parse("ｊａｎｅ＠example．com").as_deref(), Some("jane@example.com"));
    }

    #[test]
    fn fl1_the_turkish_i_signs_in_as_i() {
        for spelling in ["İpek@example.com", "I\u{307}pek@example.com", "i\u{307}pek@example.com", "IPEK@EXAMPLE.COM"]
        {
            assert_eq!(parse(spelling).as_deref(), Some("ipek@example.com"), "{spelling}");
        }
    }

    #[test]
    fn fl6_invisible_characters_are_no_part_of_an_address() {
        for spelling in ["\u{200e}jane@example.com", "jane@example.com\u{feff}", " ja\u{ad}ne@exam\u{200b}ple.com\t"] {
            assert_eq!(parse(spelling).as_deref(), Some("jane@example.com"), "{spelling:?}");
        }
    }

    #[test]
    fn fc3_an_address_that_ses_cannot_write_to_is_refused() {
        for address in ["josé@example.com", "mıke@example.com", "иван@example.com", "名@example.com"] {
            let refused = address.parse::<Email>().expect_err(address);
            assert!(refused.contains("before the @"), "{address}: {refused}");
        }
        assert_eq!(Email::sign_in_name("José@Example.com").as_deref(), Ok("josé@example.com"));
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

    #[test]
    fn can1_every_letter_of_an_address_that_is_accepted_is_accepted_again() {
        for letter in scalars() {
            for text in [
                format!("{letter}@example.com"),
                format!("a{letter}{letter}b@example.com"),
                format!("a@b{letter}c.example"),
            ] {
                let Some(once) = parse(&text) else { continue };
                assert_eq!(parse(&once).as_ref(), Some(&once), "{text:?}");
            }
            // 32 times Ⱥ grows in lower case.
            if let Some(once) = parse(&format!("{}@example.com", letter.to_string().repeat(32))) {
                assert_eq!(parse(&once), Some(once));
            }
        }
    }

    proptest! {
        #[test]
        fn can1_every_address_that_is_accepted_is_accepted_again(
            any in any::<String>(),
            // Of what is rewritten, and of what stays.
            local in "[a-zA-ZİıſßȺﬁＡ-Ｚ\u{307}\u{200b}.+]{1,70}",
            domain in "\\PC{1,20}\\.\\PC{1,5}",
        ) {
            for text in [
                format!("{any}@example.com"),
                format!("{local}@example.com"),
                format!("jane@{domain}"),
                format!("{local}@{domain}"),
            ] {
                if let Some(once) = parse(&text) {
                    prop_assert_eq!(parse(&once), Some(once));
                }
            }
        }
    }
}
