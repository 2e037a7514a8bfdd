//! Days.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stored::Stored;

/// A day, written `2024-05-31` (RFC 3339 full-date).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Date, example = "1979-06-01")]
pub struct Day(Date);

impl Day {
    /// Returns the library's day at a moment. Its days are those of UTC; nothing else asks for the time zone.
    pub fn at(moment: Timestamp) -> Self {
        Day(moment.to_zoned(TimeZone::UTC).date())
    }
}

impl Day {
    /// Returns the last millisecond of the day.
    pub fn end(self) -> Timestamp {
        let midnight = self.0.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC));
        midnight.map_or(Timestamp::MAX, |next| next.timestamp() - SignedDuration::from_millis(1))
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

impl Stored for Day {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Day::try_from(raw).ok()
    }
}
