//! When a library is open.

use std::fmt;

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::required;

/// A time of a day, to the minute: `09:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "18:00")]
pub struct Clock(Time);

impl Clock {
    pub(super) fn time(self) -> Time {
        self.0
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl From<Clock> for String {
    fn from(clock: Clock) -> String {
        clock.to_string()
    }
}

impl TryFrom<String> for Clock {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts = text.split_once(':').and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
        let clock = parts.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok()).map(Clock);
        clock.filter(|clock| clock.to_string() == text).ok_or("should be a time of a day such as 18:00")
    }
}

/// A day of the week on which the library is open, and its hours on that day. Without hours, it is open for the whole day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// When it opens. Sent with `closes`, or not at all.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false, example = "10:00")]
    pub opens: Option<Clock>,
    /// When it closes.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub closes: Option<Clock>,
}

/// The days of the week on which the library is open. It is closed on the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"tuesday": {"opens": "10:00", "closes": "18:00"}, "saturday": {}}))]
pub struct Week {
    /// Mondays.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub monday: Option<Opening>,
    /// Tuesdays.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub tuesday: Option<Opening>,
    /// Wednesdays.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub wednesday: Option<Opening>,
    /// Thursdays.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub thursday: Option<Opening>,
    /// Fridays.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub friday: Option<Opening>,
    /// Saturdays.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub saturday: Option<Opening>,
    /// Sundays.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub sunday: Option<Opening>,
}

impl Week {
    /// Returns the week of a library that is always open.
    pub fn always() -> Self {
        let open = Some(Opening::default());
        Week {
            monday: open,
            tuesday: open,
            wednesday: open,
            thursday: open,
            friday: open,
            saturday: open,
            sunday: open,
        }
    }

    /// Returns the opening of a day of the week; `None` if the library is closed.
    pub(super) fn on(&self, weekday: Weekday) -> Option<Opening> {
        let (_, opening) = self.days()[usize::from(weekday.to_monday_zero_offset().unsigned_abs())];
        opening
    }

    /// Returns the days with their names, from Monday on.
    pub fn days(&self) -> [(&'static str, Option<Opening>); 7] {
        [
            ("monday", self.monday),
            ("tuesday", self.tuesday),
            ("wednesday", self.wednesday),
            ("thursday", self.thursday),
            ("friday", self.friday),
            ("saturday", self.saturday),
            ("sunday", self.sunday),
        ]
    }
}
