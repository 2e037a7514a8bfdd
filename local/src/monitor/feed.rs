//! Which events are new: each is shown once, in order, and no available event is missed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;

/// A live event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Event {
    /// Counts from 1 without gaps.
    pub(super) id: u64,
    /// `book.reserved`
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) time: Timestamp,
    /// The user who caused it.
    pub(super) actor: String,
    /// The reader whose reservation or loan it is.
    pub(super) reader: Option<String>,
    /// Who they are.
    #[serde(default)]
    pub(super) people: Vec<Person>,
    pub(super) book: Option<Book>,
    /// The 1-based position in the queue for the book.
    pub(super) place: Option<u64>,
}

/// A user of an event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) username: Option<String>,
}

/// The book of an event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Book {
    pub(super) title: String,
}

/// A frame of the socket, or a page of the list.
#[derive(Debug, Deserialize)]
pub(super) struct Items {
    pub(super) items: Vec<Event>,
    /// Whether the list has another page.
    #[serde(default, rename = "nextCursor", deserialize_with = "is_there")]
    pub(super) more: bool,
}

fn is_there<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<String>::deserialize(deserializer).map(|cursor| cursor.is_some())
}

/// Which events have been shown.
#[derive(Debug, Default)]
pub(super) struct Feed {
    /// The id of the last event that was shown.
    last: u64,
    /// The ids before it that are missing.
    missing: BTreeSet<u64>,
    /// Events that wait for a missing one before them.
    held: BTreeMap<u64, Event>,
}

/// How far back a missing event is still shown when it comes.
const RECENT: u64 = 100;

impl Feed {
    /// Starts with the newest events. Returns them in order.
    pub(super) fn begin(newest: Vec<Event>) -> (Self, Vec<Event>) {
        let first = newest.iter().map(|event| event.id).min().unwrap_or(1);
        let mut feed = Feed { last: first.saturating_sub(1), ..Feed::default() };
        let mut events = feed.take(newest);
        events.extend(feed.give_up());
        (feed, events)
    }

    /// Adds events, in any order and any number of times. Returns those to show now.
    pub(super) fn take(&mut self, events: Vec<Event>) -> Vec<Event> {
        let mut told = Vec::new();
        for event in events {
            if self.missing.remove(&event.id) {
                told.push(event);
            } else if event.id > self.last {
                self.held.insert(event.id, event);
            }
        }
        while let Some(event) = self.held.remove(&(self.last + 1)) {
            self.last = event.id;
            told.push(event);
        }
        told
    }

    /// Returns whether events wait for a missing one.
    pub(super) fn waits(&self) -> bool {
        !self.held.is_empty()
    }

    /// Stops waiting, and returns the events that waited. Missing ones may still come.
    pub(super) fn give_up(&mut self) -> Vec<Event> {
        let told: Vec<_> = std::mem::take(&mut self.held).into_values().collect();
        for event in &told {
            self.missing.extend(self.last.max(event.id.saturating_sub(RECENT)) + 1..event.id);
            self.last = event.id;
        }
        self.missing = self.missing.split_off(&self.last.saturating_sub(RECENT));
        told
    }

    /// Returns the id of the last event before which none is missing.
    pub(super) fn complete_up_to(&self) -> u64 {
        self.missing.first().map_or(self.last, |missing| missing - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u64) -> Event {
        let (kind, actor) = ("book.reserved".to_owned(), "somebody".to_owned());
        let (time, people) = (Timestamp::UNIX_EPOCH, Vec::new());
        Event { id, kind, time, actor, reader: None, people, book: None, place: None }
    }

    fn events(ids: &[u64]) -> Vec<Event> {
        ids.iter().copied().map(event).collect()
    }

    fn ids(events: &[Event]) -> Vec<u64> {
        events.iter().map(|event| event.id).collect()
    }

    fn after(ids: &[u64]) -> Feed {
        Feed::begin(events(ids)).0
    }

    #[test]
    fn an_event_is_shown_once_however_often_it_comes() {
        let mut feed = after(&[1, 2]);
        assert_eq!(ids(&feed.take(events(&[2, 3, 3]))), [3]);
        assert_eq!(ids(&feed.take(events(&[1, 2, 3]))), [0; 0]);
        assert_eq!(ids(&feed.take(events(&[3, 4]))), [4]);
        assert!(!feed.waits());
    }

    #[test]
    fn events_are_shown_in_order() {
        let mut feed = after(&[6, 5, 7]);
        assert_eq!(ids(&feed.take(events(&[10, 9, 8]))), [8, 9, 10]);
    }

    #[test]
    fn the_first_events_are_shown_with_their_gaps() {
        let (feed, told) = Feed::begin(events(&[17, 18, 20]));
        assert_eq!((ids(&told), feed.complete_up_to()), (vec![17, 18, 20], 18));
        let (mut feed, told) = Feed::begin(Vec::new());
        assert_eq!((ids(&told), feed.complete_up_to()), (vec![], 0));
        assert_eq!(ids(&feed.take(events(&[1]))), [1]);
    }

    #[test]
    fn events_after_a_gap_wait_until_it_is_filled() {
        let mut feed = after(&[1]);
        assert_eq!(ids(&feed.take(events(&[3, 5]))), [0; 0]);
        assert!(feed.waits());
        assert_eq!(feed.complete_up_to(), 1);
        assert_eq!(ids(&feed.take(events(&[2]))), [2, 3]);
        assert!(feed.waits());
        assert_eq!(ids(&feed.take(events(&[2, 3, 4, 5]))), [4, 5]);
        assert!(!feed.waits());
    }

    #[test]
    fn a_missing_event_is_shown_if_it_comes_later() {
        let mut feed = after(&[1]);
        assert_eq!(ids(&feed.take(events(&[3, 6]))), [0; 0]);
        assert_eq!(ids(&feed.give_up()), [3, 6]);
        assert_eq!(feed.complete_up_to(), 1);
        assert_eq!(ids(&feed.take(events(&[4, 7]))), [4, 7]);
        assert_eq!(ids(&feed.take(events(&[2, 4, 5, 6]))), [2, 5]);
        assert_eq!(feed.complete_up_to(), 7);
    }

    #[test]
    fn an_event_that_is_missing_for_long_is_forgotten() {
        let mut feed = after(&[1]);
        feed.take(events(&[1_000_000]));
        assert_eq!(ids(&feed.give_up()), [1_000_000]);
        assert_eq!(feed.missing.len() as u64, RECENT - 1);
        feed.take(events(&[2_000_000]));
        feed.give_up();
        assert_eq!(feed.complete_up_to(), 2_000_000 - RECENT);
    }

    #[test]
    fn unknown_fields_of_a_frame_are_ignored() {
        let text = r#"{"items":[{"id":17,"type":"book.reserved","time":"2026-11-20T12:03:04.123Z","actor":"a",
            "book":{"id":"b","title":"Kindred"},"reservation":"r","place":3,"more":{}}],"nextCursor":"c"}"#;
        let Items { items, more } = serde_json::from_str(text).expect("it is a page");
        assert_eq!((items[0].id, items[0].place, more), (17, Some(3), true));
        let Items { items, more } = serde_json::from_str(r#"{"items":[]}"#).expect("it is a frame");
        assert!(items.is_empty() && !more);
    }
}
