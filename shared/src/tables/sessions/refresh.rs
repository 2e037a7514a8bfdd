//! Spending refresh tokens.
//!
//! | question                              | key    | call                      | units |
//! |---------------------------------------|--------|---------------------------|-------|
//! | is it current, within grace or stolen | user#u | UpdateItem on a condition | ≤ 2 W |
//! | record a use within grace             | entry#id | PutItem                 | 1 W   |
//!
//! A spent token is forgiven where its client cannot know better: another tab was faster, or the answer was lost. It
//! must come from the address and the program that refreshed the session last. Everything else is a copy in other
//! hands, and ends the session.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ending::Ending;
use super::{Session, Sessions, UserKey, UserSessions, begun_after, refreshed_after};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::key::Key;
use crate::tables::table::from_item;
use crate::tables::write::Written;
use crate::values::{Address, SessionId};

/// How long a spent token is forgiven, in seconds, for the other tabs of a website.
const GRACE: i64 = 10;
/// How long it is forgiven while nobody has used its successor, in seconds, for an answer that was lost.
const GRACE_UNUSED: i64 = 60;
/// The number of generations of which the time of spending is stored.
const REMEMBERED: u32 = 4;

/// A client, as far as it can be recognised: a hash of its network address and of the name of its program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Client(String);

impl Client {
    /// Makes the client of a request.
    pub fn new(from: &Address, user_agent: &str) -> Self {
        let hash = Sha256::new().chain_update(from.as_str()).chain_update([0]).chain_update(user_agent).finalize();
        Client(BASE64.encode(&hash[..9]))
    }
}

/// When the last generations of a session were spent, in seconds since 1970. Each has its place by its number, so that
/// one write sets it without knowing the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Spent {
    #[serde(skip_serializing_if = "Option::is_none")]
    spent0: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spent1: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spent2: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spent3: Option<i64>,
}

impl Spent {
    /// Returns the name of the attribute with the time of a generation.
    fn attribute(generation: u32) -> String {
        format!("spent{}", generation % REMEMBERED)
    }

    fn at(&self, generation: u32) -> Option<i64> {
        [self.spent0, self.spent1, self.spent2, self.spent3][(generation % REMEMBERED) as usize]
    }
}

/// A refresh token that is presented.
#[derive(Debug, Clone, Copy)]
pub struct Presented {
    /// Its session.
    pub session: SessionId,
    /// Its generation.
    pub generation: u32,
    /// Whether it was in a cookie.
    pub in_cookie: bool,
}

/// The outcome of spending a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// The session goes on with the tokens of this generation.
    To(u32),
    /// Somebody has a copy of the token. The session has been ended.
    Stolen,
    /// Its session has ended, or has its tokens elsewhere: in cookies, or not in cookies.
    Ended,
}

impl Session {
    /// Returns whether a spent token of that generation is forgiven to a client.
    fn forgives(&self, generation: u32, client: &Client, now: i64) -> bool {
        let late = self.generation - generation;
        let spent =
            if late == 1 { Some(self.refreshed) } else { self.spent.at(generation).filter(|_| late <= REMEMBERED) };
        let grace = if late == 1 { GRACE_UNUSED } else { GRACE };
        self.by.as_ref().is_none_or(|by| by == client) && spent.is_some_and(|spent| now - spent <= grace)
    }
}

impl Sessions {
    /// Spends a refresh token of the actor.
    ///
    /// One conditional write decides. Of two parallel uses one succeeds, and the other gets the same next token.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn spend_refresh(&self, token: Presented, client: &Client, actor: &Actor) -> Result<Refreshed> {
        let (Presented { session: id, generation, in_cookie }, now) = (token, actor.at);
        let expression = "SET sessions.#id.generation = :next, sessions.#id.refreshed = :now, sessions.#id.#by = :by, \
                          sessions.#id.#spent = :now";
        let update = self.table.update(Key::of(UserKey(actor.id)), expression).name("#id", id);
        let update = update.value(":next", generation + 1).value(":now", now.as_second());
        let update = update.name("#by", "by").value(":by", client).name("#spent", Spent::attribute(generation));
        let update = update.when("sessions.#id.generation = :current").value(":current", generation);
        let update = update.when("sessions.#id.created > :begun").value(":begun", begun_after(now));
        let update = update.when("sessions.#id.refreshed > :refreshed").value(":refreshed", refreshed_after(now));
        let channel = if in_cookie { "attribute_exists" } else { "attribute_not_exists" };
        let update = update.when(format!("{channel}(sessions.#id.cookie)"));
        let item = match update.showing_item().send().await? {
            Written::Done(_) => return Ok(Refreshed::To(generation + 1)),
            Written::Refused(item) => item,
        };
        let Some(item) = item else { return Ok(Refreshed::Ended) };
        let user: UserSessions = from_item(item)?;
        let is_same = |session: &&Session| session.is_live(now) && session.cookie == in_cookie;
        let Some(session) = user.sessions.get(&id).filter(is_same).filter(|session| session.generation > generation)
        else {
            return Ok(Refreshed::Ended);
        };
        if session.forgives(generation, client, now.as_second()) {
            self.journal.put(actor, Entry::of_user(Action::RefreshedAgain, actor.id)).send().await?;
            return Ok(Refreshed::To(session.generation));
        }
        let letter = Letter::to_reader(actor.id, Subject::SessionStolen);
        let entry = Entry::of_user(Action::SessionStolen, actor.id).with_letter(Some(letter));
        self.end(Ending::One(id), entry, actor).await?;
        Ok(Refreshed::Stolen)
    }
}
