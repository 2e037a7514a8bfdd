//! Days.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stored::Stored;

/// A day, written `2024-05-31` (RFC 3339 full-date).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Date, example = "1979-06-01")]
pub struct Day(Date);

impl Day {
    pub(super) fn of(date: Date) -> Self {
        Day(date)
    }

    pub(super) fn date(self) -> Date {
        self.0
    }

    /// Returns the day that many days later.
    #[must_use]
    pub fn later(self, days: u32) -> Self {
        Day(self.0.saturating_add(Span::new().days(i64::from(days))))
    }

    /// Returns the day that many days earlier.
    #[must_use]
    pub fn earlier(self, days: u32) -> Self {
        Day(self.0.saturating_sub(Span::new().days(i64::from(days))))
    }

    /// Returns how many days later than `other` it is; 0 if it is not later.
    pub fn days_after(self, other: Day) -> u32 {
        let days = other.0.duration_until(self.0).as_hours() / 24;
        u32::try_from(days).unwrap_or_default()
    }
}

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

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Stored for Day {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Day::try_from(raw).ok()
    }
}
