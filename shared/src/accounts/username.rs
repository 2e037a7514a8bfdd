//! Usernames.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

/// A name of 3 to 32 letters, digits, `.`, `_` or `-`. Kept as written, unique without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 3, max_length = 32, example = "jane")]
pub struct Username(String);

impl Username {
    /// The name as it is compared.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Username {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name: String = text.trim().nfkc().collect();
        if !(3..=32).contains(&name.chars().count()) {
            return Err("should have 3 to 32 characters");
        }
        if !name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-')) {
            return Err("should have letters, digits, '.', '_' and '-' only");
        }
        Ok(Username(name))
    }
}

impl TryFrom<String> for Username {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::Username;

    #[test]
    fn a_name_is_compared_without_case() {
        let [one, other] = ["Jane.Doe", "jane.doe"].map(|name| name.parse::<Username>().expect("valid").folded());
        assert_eq!(one, other);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "a".repeat(33);
        for text in ["", "ab", "jane@example.com", "jane doe", "jane\u{0}", "jane/doe", "login#x", &long] {
            assert!(text.parse::<Username>().is_err(), "{text}");
        }
    }
}
