//! Days.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stored::Stored;

/// A day, written `2024-05-31` (RFC 3339 full-date).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Date, example = "1979-06-01")]
pub struct Day(Date);

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // The parser accepts more forms than the RFC. Only the form that it writes itself is accepted here.
        match text.parse::<Date>() {
            Ok(date) if date.to_string() == text && text.len() == 10 => Ok(Day(date)),
            _ => Err("should be a day such as 2024-05-31"),
        }
    }
}

impl Stored for Day {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Day::try_from(raw).ok()
    }
}
