//! The devices and network addresses from which a user has signed in. Each has a count of failed attempts of its own, so
//! that strangers who guess do not lock the user out (OWASP: slow down online guessing attacks with device cookies).
//!
//! They are a map in the user's item: the id of the session that a device began, or a name that stands for an address;
//! when it last signed in; its failures. All other attempts share the count of `strangers`.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::tables::write::{Changes, Write};
use crate::values::{SessionId, milliseconds};

/// The most devices and addresses that are remembered of a user.
const MOST: usize = 20;
/// How long a device or an address is remembered after its last sign-in.
pub const REMEMBERED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The failures after which attempts must pause.
pub(super) const FREE: u32 = 5;
/// The longest pause between two attempts, in seconds (OWASP ASVS 5, 6.1.1: slow down, never lock out).
const LONGEST_PAUSE: i64 = 60;

/// Where an attempt at a password comes from.
#[derive(Debug, Clone)]
pub struct Source {
    /// A session that its device began before, if the device can prove it.
    pub device: Option<SessionId>,
    /// A name that stands for its network address.
    pub address: String,
}

/// What is stored about the attempts at a user's password, for the user.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempts {
    /// Of each device and network address from which the user has signed in, the last first.
    pub known: Vec<KnownSource>,
    /// The failures in a row of all others.
    pub failures_of_strangers: u32,
}

/// A device or a network address from which a user has signed in. What it is called stands for it and is no name of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownSource {
    /// When the user last signed in there.
    #[serde(serialize_with = "milliseconds")]
    pub signed_in_at: Timestamp,
    /// The failures in a row since.
    pub failures: u32,
}

/// The failures in a row of a device, an address or strangers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Count {
    /// When it last signed in, in seconds since 1970. Strangers never have.
    #[serde(skip_serializing_if = "is_zero")]
    signed_in: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) failures: u32,
    /// When the next attempt is allowed, in seconds since 1970.
    #[serde(skip_serializing_if = "is_zero")]
    retry_at: i64,
}

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

impl Count {
    fn signed_in(at: Timestamp) -> Self {
        Count { signed_in: at.as_second(), ..Count::default() }
    }

    fn cleared(self) -> Self {
        Count { signed_in: self.signed_in, ..Count::default() }
    }

    fn is_remembered(&self, now: Timestamp) -> bool {
        self.signed_in > (now - REMEMBERED_FOR).as_second()
    }

    /// Returns the count with one more failure.
    pub(super) fn one_more(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let pause = failures.checked_sub(FREE).map_or(0, |beyond| LONGEST_PAUSE.min(1_i64 << beyond.min(6)));
        Count { failures, retry_at: now.as_second() + pause, ..self }
    }

    /// Returns the seconds until the next attempt is allowed; `None` if it is.
    pub(super) fn pause(&self, now: Timestamp) -> Option<i64> {
        let left = self.retry_at - now.as_second();
        (self.failures >= FREE && left > 0).then_some(left)
    }
}

/// The counts of an account, as read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    strangers: Count,
    known: BTreeMap<String, Count>,
    sessions: HashMap<String, Begun>,
}

/// A session, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
struct Begun {
    device: String,
}

impl Counts {
    /// Returns the device or address that an attempt is counted for; `None` for strangers. A known device comes before
    /// its address, because strangers may have the same address.
    pub(super) fn known(&self, source: &Source, now: Timestamp) -> Option<String> {
        let is_known = |id: &String| self.known.get(id).is_some_and(|count| count.is_remembered(now));
        let device = source.device.map(|device| device.to_string()).filter(is_known);
        device.or_else(|| Some(source.address.clone()).filter(is_known))
    }

    /// Returns what they say about the user.
    pub(super) fn shown(&self) -> Attempts {
        let source = |count: &Count| KnownSource {
            signed_in_at: Timestamp::from_second(count.signed_in).unwrap_or(Timestamp::UNIX_EPOCH),
            failures: count.failures,
        };
        let mut known: Vec<_> = self.known.values().map(source).collect();
        known.sort_by_key(|source| std::cmp::Reverse(source.signed_in_at));
        Attempts { known, failures_of_strangers: self.strangers.failures }
    }

    /// Returns whether somebody has signed in before, however long ago.
    pub(super) fn has_signed_in(&self) -> bool {
        !self.known.is_empty() || !self.sessions.is_empty()
    }

    /// Returns whether there are sessions, and none of them is of a device with this name.
    pub(super) fn lacks(&self, name: &str) -> bool {
        !self.sessions.is_empty() && self.sessions.values().all(|begun| begun.device != name)
    }

    /// Returns the count of a known device or address, or of strangers.
    pub(super) fn of(&self, known: Option<&str>) -> Count {
        known.map_or(self.strangers, |id| self.known.get(id).copied().unwrap_or_default())
    }

    /// Returns what changes once somebody has proved that the account is theirs. The counts of `cleared` begin anew; the
    /// address is known from now on, and so is the device that begins the session `new`.
    pub(super) fn after(
        &self,
        cleared: &[Option<String>],
        source: &Source,
        new: Option<SessionId>,
        now: Timestamp,
    ) -> After {
        let mut known = self.known.clone();
        for id in cleared.iter().flatten() {
            known.entry(id.clone()).and_modify(|count| *count = count.cleared());
        }
        known.entry(source.address.clone()).or_default().signed_in = now.as_second();
        if let Some(new) = new {
            // The device is known by its new session, unless the old one may still ask for the password.
            let old = source.device.map(|device| device.to_string());
            known.retain(|id, _| old.as_ref() != Some(id) || self.sessions.contains_key(id));
            known.insert(new.to_string(), Count::signed_in(now));
        }
        known.retain(|_, count| count.is_remembered(now));
        for id in self.surplus(&known, now) {
            known.remove(&id);
        }
        After { before: self.known.clone(), known, strangers_cleared: cleared.contains(&None) }
    }

    /// Returns what is too much: what has not signed in for longest, but sessions and what signs in now at the last.
    fn surplus(&self, known: &BTreeMap<String, Count>, now: Timestamp) -> Vec<String> {
        let mut ids: Vec<_> = known.iter().collect();
        ids.sort_by_key(|(id, count)| {
            (count.signed_in == now.as_second() || self.sessions.contains_key(*id), count.signed_in)
        });
        ids.iter().take(known.len().saturating_sub(MOST)).map(|(id, _)| (*id).clone()).collect()
    }
}

/// The devices and addresses before and after a proof, and whether the strangers' count begins anew.
pub(crate) struct After {
    before: BTreeMap<String, Count>,
    known: BTreeMap<String, Count>,
    strangers_cleared: bool,
}

impl After {
    /// Adds its clauses to the changes of the user's item.
    pub(super) fn add_to(&self, changes: &mut Changes) {
        if self.strangers_cleared {
            changes.remove("strangers");
        }
        // An item may lack the map, and then nothing in it can be set.
        if self.before.is_empty() {
            return changes.set("known = :known");
        }
        for (at, (_, count)) in (0..).zip(self.changed()) {
            match count {
                Some(_) => changes.set(format!("known.#known{at} = :known{at}")),
                None => changes.remove(format!("known.#known{at}")),
            }
        }
    }

    /// Adds its names and values to the write with these changes.
    pub(super) fn fill(&self, write: Write) -> Write {
        if self.before.is_empty() {
            return write.value(":known", &self.known);
        }
        (0..).zip(self.changed()).fold(write, |write, (at, (id, count)): (u32, _)| {
            let write = write.name(format!("#known{at}"), id);
            match count {
                Some(count) => write.value(&format!(":known{at}"), count),
                None => write,
            }
        })
    }

    fn changed(&self) -> impl Iterator<Item = (&String, Option<&Count>)> {
        let set = self.known.iter().filter(|(id, count)| self.before.get(*id) != Some(count));
        let removed = self.before.keys().filter(|id| !self.known.contains_key(*id));
        set.map(|(id, count)| (id, Some(count))).chain(removed.map(|id| (id, None)))
    }
}

/// Returns what is known of a new user, who begins this session at this source.
pub(super) fn at_first(source: &Source, session: SessionId, now: Timestamp) -> BTreeMap<String, Count> {
    Counts::default().after(&[], source, Some(session), now).known
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::{SignedDuration, Timestamp};

    use super::{Begun, Count, Counts, MOST, REMEMBERED_FOR, Source};
    use crate::values::SessionId;

    const NOW: i64 = 1_800_000_000;

    fn now() -> Timestamp {
        Timestamp::from_second(NOW).expect("a time")
    }

    fn source(device: Option<u8>) -> Source {
        Source { device: device.map(session), address: "home".to_owned() }
    }

    fn session(number: u8) -> SessionId {
        [number; 16].into()
    }

    fn begun() -> Begun {
        Begun { device: "Phone".to_owned() }
    }

    fn count(age: i64, failures: u32) -> Count {
        Count { signed_in: NOW - age, failures, retry_at: NOW + 60 * i64::from(failures >= 5) }
    }

    fn counts(known: &[(&str, Count)]) -> Counts {
        let known = known.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect();
        Counts { strangers: count(0, 9), known, ..Counts::default() }
    }

    #[test]
    fn lck1_a_proof_clears_the_count_of_its_attempt_and_no_other() {
        let device = session(1).to_string();
        let counts = counts(&[("home", count(9, 5)), (&device, count(9, 3)), ("other", count(9, 4))]);
        let after = counts.after(&[Some(device.clone())], &source(Some(1)), None, now());
        assert!(!after.strangers_cleared);
        let failures: BTreeMap<_, _> = after.known.iter().map(|(id, count)| (id.as_str(), count.failures)).collect();
        assert_eq!(failures, BTreeMap::from([("home", 5), ("other", 4), (device.as_str(), 0)]));
        assert!(counts.after(&[None], &source(None), None, now()).strangers_cleared);
    }

    #[test]
    fn lck1_a_device_moves_to_its_new_session_if_the_old_one_has_ended() {
        let (old, new) = (session(1).to_string(), session(2).to_string());
        let mut counts = counts(&[(&old, count(9, 0))]);
        let ids = |counts: &Counts| {
            let after = counts.after(&[], &source(Some(1)), Some(session(2)), now());
            after.known.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(ids(&counts), [new.clone(), "home".to_owned()]);
        counts.sessions.insert(old.clone(), begun());
        assert_eq!(ids(&counts), [old, new, "home".to_owned()]);
    }

    #[test]
    fn lck1_the_oldest_go_first_but_live_sessions_and_what_is_new_stay() {
        let live = session(7).to_string();
        let names: Vec<_> = (0..MOST).map(|number| format!("address{number}")).collect();
        let ages = (0..).map(|age| count(100 - age, 0));
        let mut known: Vec<_> = names.iter().map(String::as_str).zip(ages).collect();
        known.push((&live, count(1_000, 0)));
        known.push(("forgotten", count((REMEMBERED_FOR + SignedDuration::from_secs(1)).as_secs(), 0)));
        let mut counts = counts(&known);
        counts.sessions.insert(live.clone(), begun());
        let after = counts.after(&[], &source(None), Some(session(2)), now());
        assert_eq!(after.known.len(), MOST);
        for stays in [&live, "home", &session(2).to_string(), "address19", "address3"] {
            assert!(after.known.contains_key(stays), "{stays}");
        }
        assert!(!after.known.contains_key("address2") && !after.known.contains_key("forgotten"));
    }
}
