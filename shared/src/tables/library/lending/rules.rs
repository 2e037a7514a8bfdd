//! The library's own rules: what it is called, on which days it is open, for how long and how many it lends, and which letters it
//! writes. This is the only place where they are read.
//!
//! | question          | key   | call                           | units            |
//! |-------------------|-------|--------------------------------|------------------|
//! | the rules         | rules | GetItem, strong                | 1 R a 4 KB       |
//! | change the rules  | rules, their members | GetItem, strong; one transaction | 1 R, 2 W a KB, 6 W |
//! | move a reader to another group | rules, their members | two parts of the transaction | 4 W |
//!
//! The members are an item of their own: how many readers are in each group but the default one. Moving a reader checks that
//! the rules have the group, and a change of the rules checks that nobody is in a group that it removes.
//!
//! A function that promises something reads the rules at most once a minute: what is promised within that minute by the old
//! rules stands. Until a librarian has changed the rules, there is no item, and the defaults hold.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key};
use crate::tables::library::{Library, PublicLibrary};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::Table;
use crate::tables::write::{Changes, Committed, Part, Transaction, Write};
use crate::values::{Calendar, Day, Email, Group, Language, Letters, Text, stored};

/// The rules of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// How often they were changed.
    pub version: u64,
    /// The library's name.
    #[serde(default = "default_name", deserialize_with = "stored::required")]
    pub name: LibraryName,
    /// The lines of its address.
    #[serde(default, deserialize_with = "stored::list")]
    pub address: Vec<AddressLine>,
    /// How it is reached.
    #[serde(default)]
    pub contact: Contact,
    /// The language of letters to readers who have not chosen one.
    #[serde(default, deserialize_with = "stored::required")]
    pub language: Language,
    /// Which letters it writes.
    #[serde(default)]
    pub letters: Letters,
    /// The library's days.
    #[serde(flatten)]
    pub calendar: Calendar,
    /// What readers may borrow, by their groups.
    pub groups: Vec<GroupRules>,
    /// How many days a reader may collect a ready copy.
    pub pick_up_days: u32,
    /// How many days before the due day the reader gets a letter; 0 for none.
    pub reminder_days: u32,
    /// After how many days a reader gets each letter about an overdue loan.
    #[serde(default = "default_overdue_days")]
    pub overdue_days: Vec<u32>,
}

/// A library's name.
pub type LibraryName = Text<60>;
/// A line of an address.
pub type AddressLine = Text<80>;
/// A telephone number, as people write it.
pub type Phone = Text<40>;

/// How a library is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Its email address.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Its telephone number.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

fn default_name() -> LibraryName {
    "Carrel".parse().expect("a name")
}

fn default_overdue_days() -> Vec<u32> {
    vec![3, 10, 21]
}

/// The rules for the readers of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRules {
    /// The group. It keeps its id when it is renamed.
    #[serde(default, deserialize_with = "stored::required")]
    pub id: Group,
    /// Its name.
    #[serde(default, deserialize_with = "stored::required")]
    pub name: GroupName,
    /// How many days a loan is, from the day when it began or was renewed.
    pub loan_days: u32,
    /// The most books that a reader has out at the same time.
    pub loans: u32,
    /// The most reservations that a reader has at the same time.
    pub reservations: u32,
    /// How often a loan can be renewed.
    pub renewals: u32,
}

/// The name of a group.
pub type GroupName = Text<40>;

/// The end of a loan. It is a promise: rules that change later do not move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// The day.
    pub(super) on: Day,
    /// Its last millisecond.
    pub(super) at: Timestamp,
}

static DEFAULT: LazyLock<Rules> = LazyLock::new(|| {
    let group = |id: &str, name: &str| GroupRules {
        id: id.parse().expect("an id"),
        name: name.parse().expect("a name"),
        loan_days: 21,
        loans: 10,
        reservations: 10,
        renewals: 2,
    };
    Rules {
        version: 0,
        name: default_name(),
        address: Vec::new(),
        contact: Contact::default(),
        language: Language::default(),
        letters: Letters::default(),
        calendar: Calendar::default(),
        groups: vec![group("adults", "Adults"), group("pupils", "Pupils"), group("staff", "Staff")],
        pick_up_days: 3,
        reminder_days: 3,
        overdue_days: default_overdue_days(),
    }
});

impl Default for Rules {
    /// Returns the rules of a library that has not changed them: it is always open, and its days are those of UTC.
    fn default() -> Self {
        DEFAULT.clone()
    }
}

impl Rules {
    /// Returns the library's day at a moment.
    pub fn day(&self, moment: Timestamp) -> Day {
        self.calendar.day(moment)
    }

    /// Returns the last millisecond of the library's day.
    pub(super) fn end_of_today(&self, now: Timestamp) -> Timestamp {
        self.calendar.end_of(self.day(now))
    }

    /// Returns whether there is such a group.
    pub fn has(&self, group: &Group) -> bool {
        self.groups.iter().any(|other| other.id == *group)
    }

    /// Returns the rules for a group: those for adults, if the group does not exist any more.
    pub fn of(&self, group: &Group) -> &GroupRules {
        let find = |id: &Group| self.groups.iter().find(|group| group.id == *id);
        find(group).or_else(|| find(&Group::default())).unwrap_or(&DEFAULT.groups[0])
    }

    /// Returns the day on which a loan of a reader of that group ends, if it begins now.
    pub fn due_day(&self, group: &Group, now: Timestamp) -> Day {
        self.calendar.promised(now, self.of(group).loan_days)
    }

    /// Returns when a copy lapses that becomes ready now: when the library closes on an open day.
    pub fn ready_until(&self, now: Timestamp) -> Timestamp {
        self.calendar.closing(self.calendar.promised(now, self.pick_up_days))
    }

    /// Returns the end of a loan of a reader of that group, if it begins now.
    pub(super) fn due(&self, group: &Group, now: Timestamp) -> Due {
        self.due_on(self.due_day(group, now))
    }

    /// Returns the end of a loan that is due on that day or, if the library is closed then, on the next open day.
    pub(super) fn due_on(&self, day: Day) -> Due {
        let on = self.calendar.open_from(day);
        Due { on, at: self.calendar.end_of(on) }
    }

    /// Returns when the sweep next looks at a loan that begins now: in the morning it reminds the reader, or it finds the loan overdue. Who
    /// borrows a book for less than the time of the reminder is not reminded.
    pub(super) fn first_deadline(&self, due: Due, now: Timestamp) -> Timestamp {
        let reminder = self.calendar.morning(due.on.earlier(self.reminder_days));
        if self.reminder_days > 0 && reminder > now { reminder } else { self.late_from(due.on) }
    }

    /// Returns from when on a loan is overdue that is due on that day. A day on which the library has closed since it was
    /// promised does not count.
    pub(super) fn late_from(&self, due: Day) -> Timestamp {
        self.calendar.end_of(self.calendar.open_from(due)) + SignedDuration::from_millis(1)
    }

    /// Returns how many days a loan is late at a moment; 0 if it is not overdue.
    pub fn days_late(&self, due: Day, moment: Timestamp) -> u32 {
        self.day(moment).days_after(self.calendar.open_from(due))
    }

    /// Returns when the library next writes about a loan that was due on that day; `None` after the last letter.
    pub(super) fn next_letter(&self, due: Day, now: Timestamp) -> Option<Timestamp> {
        self.letter_mornings(due).find(|morning| *morning > now)
    }

    /// Returns the number of the letter about a loan that was due on that day for which it is time, from 1: the last one whose
    /// morning has come. `None` before the first.
    pub(super) fn letter_due(&self, due: Day, now: Timestamp) -> Option<u32> {
        u32::try_from(self.letter_mornings(due).take_while(|morning| *morning <= now).count())
            .ok()
            .filter(|step| *step > 0)
    }

    fn letter_mornings(&self, due: Day) -> impl Iterator<Item = Timestamp> {
        let from = self.calendar.open_from(due);
        self.overdue_days.iter().map(move |days| self.calendar.morning(from.later(*days)))
    }

    /// Returns whether a loan is overdue.
    pub(super) fn is_late(&self, due: Day, now: Timestamp) -> bool {
        self.days_late(due, now) > 0
    }
}

/// The rules as a function has read them last, and when.
#[derive(Clone, Default)]
pub(crate) struct Known(Arc<Mutex<Option<Read>>>);

/// When the rules were read, and what they were.
type Read = (Timestamp, Arc<Rules>);

/// How long they are used without reading them again.
const KNOWN_FOR: SignedDuration = SignedDuration::from_secs(60);

impl Known {
    fn get(&self, now: Timestamp) -> Option<Arc<Rules>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(read, _)| now.duration_since(*read).abs() < KNOWN_FOR).map(|(_, rules)| rules.clone())
    }

    async fn read(&self, table: &Table, now: Timestamp) -> Result<Arc<Rules>> {
        let stored = table.get::<Stored>(rules_key(), Strong).await?;
        let rules = Arc::new(stored.map_or_else(Rules::default, |stored| stored.rules));
        self.set(now, &rules);
        Ok(rules)
    }

    fn set(&self, now: Timestamp, rules: &Arc<Rules>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, rules.clone()));
    }
}

/// The rules as stored: one item.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    pk: String,
    sk: String,
    /// The ids of the groups, for conditions.
    group_ids: Vec<Group>,
    #[serde(flatten)]
    rules: Rules,
}

const RULES: &str = "rules";
const MEMBERS: &str = "members";

fn rules_key() -> Key {
    Key::of(RULES).and(RULES)
}

fn members_key() -> Key {
    Key::of(RULES).and(MEMBERS)
}

/// Readers are still in a group that a change would remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InUse(pub Group);

/// Returns whether somebody is in a group.
fn is_in(group: &Group, members: &Item) -> bool {
    let count = members.get(&group.to_string()).and_then(|count| count.as_n().ok()?.parse::<i64>().ok());
    count.is_some_and(|count| count > 0)
}

impl PublicLibrary {
    /// Returns the rules: as they were at most a minute ago.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn rules(&self, now: Timestamp) -> Result<Arc<Rules>> {
        match self.known_rules.get(now) {
            Some(rules) => Ok(rules),
            None => self.known_rules.read(&self.table, now).await,
        }
    }
}

impl Library {
    /// Returns the rules: as they were at most a minute ago.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn rules(&self, now: Timestamp) -> Result<Arc<Rules>> {
        match self.known_rules.get(now) {
            Some(rules) => Ok(rules),
            None => self.current_rules(now).await,
        }
    }

    /// Reads the rules as they are.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn current_rules(&self, now: Timestamp) -> Result<Arc<Rules>> {
        self.known_rules.read(&self.table, now).await
    }

    /// Returns whether the rules have a group.
    pub(crate) async fn has_group(&self, group: &Group, now: Timestamp) -> Result<bool> {
        Ok(self.rules(now).await?.has(group) || self.current_rules(now).await?.has(group))
    }

    /// Adds the parts that move a reader to another group. A new reader comes from the default one. Returns the part that is
    /// refused if the rules do not have the group any more.
    pub(crate) fn move_member(&self, transaction: &mut Transaction, from: &Group, to: &Group) -> Option<Part> {
        if from == to {
            return None;
        }
        let (mut changes, mut update) = (Changes::default(), self.table.update(members_key(), ""));
        let is_counted = |group: &Group| *group != Group::default();
        update = update.value(":one", 1);
        if is_counted(from) {
            // A reader of an earlier version was not counted.
            changes.set("#from = if_not_exists(#from, :one) - :one");
            update = update.name("#from", from);
        }
        if is_counted(to) {
            changes.set("#to = if_not_exists(#to, :none) + :one");
            update = update.name("#to", to).value(":none", 0);
        }
        transaction.add(update.updating(changes.into()));
        let check = self.table.check(rules_key()).when("(attribute_not_exists(pk) OR contains(groupIds, :group))");
        is_counted(to).then(|| transaction.add(check.value(":group", to)))
    }

    /// Returns the check that nobody is in any of these groups.
    fn check_no_members(&self, groups: &[&Group]) -> Write {
        let check = self.table.check(members_key()).showing_item().value(":none", 0);
        groups.iter().enumerate().fold(check, |check, (at, group)| {
            let name = format!("#group{at}");
            check.when(format!("(attribute_not_exists({name}) OR {name} <= :none)")).name(name, group)
        })
    }

    /// Changes the rules. `change` computes the new ones from the current ones, or refuses. If they are equal, nothing is
    /// written.
    ///
    /// # Errors
    /// What `change` refuses with; a fault of the tables.
    pub async fn change_rules<E: From<InUse>>(
        &self,
        change: impl Fn(&Rules) -> Result<Rules, E>,
        actor: &Actor,
    ) -> Result<Arc<Rules>, Failure<E>> {
        let mut retry = self.retry();
        loop {
            let current = self.current_rules(actor.at).await?;
            let changed = Rules { version: current.version, ..change(&current).map_err(Failure::Refused)? };
            if changed == *current {
                return Ok(current);
            }
            let rules = Rules { version: current.version + 1, ..changed };
            let group_ids = rules.groups.iter().map(|group| group.id.clone()).collect();
            let stored = Stored { pk: RULES.into(), sk: RULES.into(), group_ids, rules: rules.clone() };
            let put = self.table.put(&stored);
            let put = if current.version == 0 { put.if_new() } else { put.if_version(current.version) };
            let mut transaction = self.sessions.transaction(actor);
            transaction.add_all([put, self.journal.put(actor, Entry::of_user(Action::RulesChanged, actor.id))]);
            let removed = current.groups.iter().map(|group| &group.id).filter(|id| !rules.has(id));
            let removed: Vec<_> = removed.collect();
            let empty = (!removed.is_empty()).then(|| transaction.add(self.check_no_members(&removed)));
            match transaction.commit().await? {
                Committed::Done => {
                    let rules = Arc::new(rules);
                    self.known_rules.set(actor.at, &rules);
                    return Ok(rules);
                }
                Committed::Refused(refusal) => {
                    let members = empty.and_then(|part| refusal.item(part));
                    if let Some(group) = members.and_then(|members| removed.into_iter().find(|id| is_in(id, members))) {
                        return Err(Failure::Refused(InUse(group.clone()).into()));
                    }
                }
            }
            retry.again_or_busy().await?;
        }
    }
}
