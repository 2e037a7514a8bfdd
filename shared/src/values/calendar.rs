//! The calendar of a library: its days, and on which of them it is open.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::{Day, Week, Zone};

/// The calendar of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Where its days begin and end.
    pub zone: Zone,
    /// The days of the week on which it is open.
    pub week: Week,
    /// Days on which it is closed, whatever day of the week they are.
    pub closed: BTreeSet<Day>,
    /// Days on which it is open all the same.
    pub opened: BTreeSet<Day>,
}

/// The days of a year.
const YEAR: u32 = 366;
const MORNING: Time = Time::constant(6, 0, 0, 0);

impl Calendar {
    /// Returns the day of a moment.
    pub fn day(&self, moment: Timestamp) -> Day {
        self.zone.day(moment)
    }

    /// Returns whether the library is open on a day.
    pub fn is_open(&self, day: Day) -> bool {
        let by_the_week = || self.week.on(day.date().weekday()).is_some();
        self.opened.contains(&day) || (!self.closed.contains(&day) && by_the_week())
    }

    /// Returns the first open day from that day on. If no day of the next year is open, returns the day itself. Such rules are
    /// refused, but if they were stored, a loan would still get a due day.
    pub fn open_from(&self, day: Day) -> Day {
        (0..=YEAR).map(|later| day.later(later)).find(|day| self.is_open(*day)).unwrap_or(day)
    }

    /// Returns the open day on which what is promised at that moment for so many days ends.
    pub fn promised(&self, now: Timestamp, days: u32) -> Day {
        self.open_from(self.day(now).later(days))
    }

    /// Returns the last open day before that day. If no day of the year before is open, returns the day before it.
    pub fn open_before(&self, day: Day) -> Day {
        let before = |earlier| day.earlier(earlier);
        (1..=YEAR).map(before).find(|day| self.is_open(*day)).unwrap_or_else(|| before(1))
    }

    /// Returns the last millisecond of a day.
    pub fn end_of(&self, day: Day) -> Timestamp {
        self.zone.end_of(day)
    }

    /// Returns when the library closes on a day: at the end of the day, if that day has no hours.
    pub fn closing(&self, day: Day) -> Timestamp {
        let hours = self.week.on(day.date().weekday()).and_then(|opening| opening.closes);
        hours.map_or_else(|| self.end_of(day), |closes| self.zone.at(day, closes.time()))
    }

    /// Returns the morning of a day, when letters are written.
    pub fn morning(&self, day: Day) -> Timestamp {
        self.zone.at(day, MORNING)
    }

    /// Returns whether there is a whole year without an open day among the `years` years from that day on.
    pub fn has_a_closed_year(&self, from: Day, years: u32) -> bool {
        let mut closed = 0;
        (0..years * YEAR).any(|later| {
            closed = if self.is_open(from.later(later)) { 0 } else { closed + 1 };
            closed >= YEAR - 1
        })
    }
}

impl Default for Calendar {
    /// Returns the calendar of a library that is always open.
    fn default() -> Self {
        let (closed, opened) = (BTreeSet::new(), BTreeSet::new());
        Calendar { zone: Zone::default(), week: Week::always(), closed, opened }
    }
}

#[cfg(test)]
mod tests;
