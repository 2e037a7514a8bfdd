//! Time zones.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned, civil};
use serde::{Deserialize, Serialize};

use super::Day;

/// A time zone: its name in IANA's database, and its rules as that database has them, in TZif (RFC 9636).
///
/// The rules are stored with the name, so that only the function that accepts a name has the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Zone {
    name: String,
    rules: Vec<u8>,
    zone: TimeZone,
}

/// A zone as stored. Its rules are in base64.
#[derive(Serialize, Deserialize)]
struct Stored {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    rules: String,
}

impl From<Zone> for Stored {
    fn from(zone: Zone) -> Self {
        Stored { name: zone.name, rules: BASE64.encode(zone.rules) }
    }
}

impl TryFrom<Stored> for Zone {
    type Error = &'static str;

    fn try_from(Stored { name, rules }: Stored) -> Result<Self, Self::Error> {
        if rules.is_empty() {
            return Ok(Zone::default());
        }
        let rules = BASE64.decode(rules).ok();
        rules.and_then(|rules| Zone::new(&name, &rules)).ok_or("the rules of a time zone cannot be read")
    }
}

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

impl Zone {
    /// Makes a zone of what the database has under its name; `None` if the rules cannot be read.
    pub fn new(name: &str, rules: &[u8]) -> Option<Self> {
        let zone = TimeZone::tzif(name, rules).ok()?;
        Some(Zone { name: name.to_owned(), rules: rules.to_owned(), zone })
    }

    /// Returns the name: `Europe/Berlin`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the day of a moment.
    pub fn day(&self, moment: Timestamp) -> Day {
        Day::of(self.local(moment).date())
    }

    /// Returns a moment as the clocks of the zone show it.
    pub fn local(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.zone.clone())
    }

    /// Returns the last millisecond of a day. The day ends where the next one begins, and that is not always at midnight.
    pub fn end_of(&self, day: Day) -> Timestamp {
        let next = day.date().tomorrow().and_then(|next| next.to_zoned(self.zone.clone()));
        next.map_or(Timestamp::MAX, |next| next.timestamp() - MILLISECOND)
    }

    /// Returns the moment of a time of a day. A time that the clocks skip is the one that they show instead.
    pub(super) fn at(&self, day: Day, time: civil::Time) -> Timestamp {
        let moment = day.date().to_datetime(time).to_zoned(self.zone.clone());
        moment.map_or(Timestamp::MAX, |moment| moment.timestamp())
    }
}

impl Default for Zone {
    /// Returns UTC.
    fn default() -> Self {
        Zone { name: "UTC".to_owned(), rules: Vec::new(), zone: TimeZone::UTC }
    }
}
