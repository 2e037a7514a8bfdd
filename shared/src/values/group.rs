//! Groups of readers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stored::Stored;

/// The id of a group of readers, who have the same lending rules: 1 to 20 small letters, digits and hyphens. The rules of
/// the library name its groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9-]{1,20}$", example = "pupils")]
pub struct Group(String);

impl Default for Group {
    /// Returns the group of everybody whom nobody has put in another group.
    fn default() -> Self {
        Group("adults".to_owned())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Group {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=20).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Group(text.to_owned()))
        } else {
            Err("should have 1 to 20 small letters, digits and hyphens")
        }
    }
}

impl TryFrom<String> for Group {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Stored for Group {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Some(Group(raw))
    }
}
