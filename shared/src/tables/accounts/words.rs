//! Finding users: by card, username or email, or by the beginnings of their names.
//!
//! | question                        | key                        | call                                              | units |
//! |---------------------------------|----------------------------|---------------------------------------------------|-------|
//! | who has this card or name       | card#c, login#n            | BatchGetItem, strong                              | 2 R   |
//! | whose names begin with … and …  | index users: find#l, word… | Query of the longest word, filtered by the others | ≤ 50 R |
//! | and who are they                | user#u in both tables      | BatchGetItem over both                            | 1 R each |
//! | store a word of a name          | word#w#u                   | part of the transaction of the name               | +3 W  |
//!
//! Each word of a user's names is an item, in the partition of its first letter. It has all words of the user, so that one
//! Query answers for several words.

use serde::{Deserialize, Serialize};

use super::cards::card_key;
use super::logins::login_key;
use super::user::UserKey;
use super::{Accounts, User, user};
use crate::tables::fault::Result;
use crate::tables::key::Key;
use crate::tables::sessions::UserSessions;
use crate::tables::table::Consistency::{self, Eventual, Strong};
use crate::tables::table::readable;
use crate::tables::write::{Transaction, Write};
use crate::values::{Card, Email, Name, UserId, Username, fold};

/// The most users that a search finds.
pub const MOST_FOUND: usize = 20;
/// The most words that are stored of a user's names.
const MOST_WORDS: usize = 8;
/// The most words that a search reads, if it has to look for others among them.
const MOST_READ: usize = 2_000;

/// A word as stored.
#[derive(Serialize)]
struct Record {
    pk: String,
    kind: String,
    user: UserId,
    /// All words of the user, with a blank before each.
    words: String,
}

/// What is read of a word.
#[derive(Deserialize)]
struct Word {
    user: UserId,
}

/// What is read of a card or a login.
#[derive(Deserialize)]
struct Named {
    pk: String,
    #[serde(default)]
    user: Option<UserId>,
    /// The login to which a card leads. That of a username has none.
    #[serde(default)]
    login: Option<String>,
}

impl Named {
    /// Returns whether it is a login or a card, and no username in the form of a card.
    fn is_whole(&self) -> bool {
        self.login.is_some() || !self.pk.starts_with("card#")
    }
}

/// The users whom a search has found.
#[derive(Debug, Default)]
pub struct Found {
    /// At most [`MOST_FOUND`] of them, with their standing, in the order of their names.
    pub users: Vec<(User, UserSessions)>,
    /// Whether there are more.
    pub more: bool,
}

/// Returns the words of a text in folded form. Apostrophes are no part of a word.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text).replace('\'', "");
    let words = folded.split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '-' | '.' | '_'));
    words.filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// Returns the partition of the words that begin with the same letter.
fn kind(word: &str) -> String {
    format!("find#{}", word.chars().next().unwrap_or_default())
}

fn word_key(word: &str, user: UserId) -> String {
    format!("word#{word}#{user}")
}

impl User {
    /// Returns the user with the words of their names.
    pub(super) fn with_words(self) -> User {
        let names =
            [self.first_name.as_ref().map(|name| name.as_str()), self.last_name.as_ref().map(|name| name.as_str())];
        let names = names.into_iter().chain([self.username.as_ref().map(Username::as_str)]).flatten();
        let mut found: Vec<String> = Vec::new();
        for word in names.flat_map(words) {
            if found.len() < MOST_WORDS && !found.contains(&word) {
                found.push(word);
            }
        }
        User { words: found, ..self }
    }
}

impl Accounts {
    /// Adds the writes by which the words of a user become others.
    pub(super) fn move_words(&self, transaction: &mut Transaction, old: Option<&User>, new: Option<&User>) {
        let words = |user: Option<&User>| user.map(|user| user.words.clone()).unwrap_or_default();
        let (before, after) = (words(old), words(new));
        if before == after {
            return;
        }
        if let Some(new) = new {
            transaction.add_all(after.iter().map(|word| self.put_word(word, new)));
        }
        if let Some(old) = old {
            let removed = before.iter().filter(|word| !after.contains(word));
            transaction.add_all(removed.map(|word| self.table.delete(Key::of(word_key(word, old.id)))));
        }
    }

    fn put_word(&self, word: &str, user: &User) -> Write {
        let words = user.words.iter().map(|word| format!(" {word}")).collect();
        self.table.put(&Record { pk: word_key(word, user.id), kind: kind(word), user: user.id, words })
    }

    /// Finds the user with this card, username or email. If nobody has it, finds users by their names. Then each word of the
    /// query must be the beginning of a name. A card, a username with a digit and an email must be whole.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn find_users(&self, text: &str) -> Result<Found> {
        if let Some(user) = self.holder_of_name(text).await? {
            return Ok(Found { users: self.known_users(&[user], Strong).await?, more: false });
        }
        if text.contains('@') {
            return Ok(Found::default());
        }
        let (ids, more) = self.find_words(words(text)).await?;
        Ok(Found { users: self.known_users(&ids, Eventual).await?, more })
    }

    /// Returns who has this card, username or email, each as a whole. A username without a digit is found by its word.
    async fn holder_of_name(&self, text: &str) -> Result<Option<UserId>> {
        if text.contains('@') {
            let Ok(email) = Email::sign_in_name(text) else { return Ok(None) };
            return Ok(self.get_login(&email).await?.map(|login| login.user));
        }
        if !text.contains(|letter: char| letter.is_numeric()) {
            return Ok(None);
        }
        let card = text.parse::<Card>().map(|card| card_key(card.as_str()));
        let login = Username::sign_in_name(text).map(|name| login_key(&name));
        let keys = card.into_iter().chain(login).map(Key::of).collect();
        let found = self.table.get_batch(keys, Strong).await?;
        // A username of the form of a card has two items, and its card is nobody's.
        let holder = |item| readable::<Named>(item).filter(Named::is_whole).and_then(|named| named.user);
        Ok(found.into_iter().find_map(holder))
    }

    /// Finds users by their names: each of the words must be the beginning of a name.
    async fn find_words(&self, mut words: Vec<String>) -> Result<(Vec<UserId>, bool)> {
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.dedup();
        let Some((longest, others)) = words.split_first() else { return Ok((Vec::new(), false)) };
        let query = self.table.query("kind = :kind AND begins_with(pk, :word)").index("users").name("#user", "user");
        let mut query = query.value(":kind", kind(longest)).value(":word", format!("word#{longest}")).only("#user");
        let filters: Vec<_> = (0..others.len()).map(|at| format!("contains(words, :other{at})")).collect();
        for (at, other) in others.iter().enumerate() {
            query = query.value(&format!(":other{at}"), format!(" {other}"));
        }
        // Several words of one user may begin alike.
        let mut most = 3 * MOST_FOUND;
        if !filters.is_empty() {
            (query, most) = (query.filter(&filters.join(" AND ")), MOST_READ);
        }
        let page = query.items_within(most, 1).await?;
        let mut users: Vec<UserId> = Vec::new();
        for Word { user } in page.items.into_iter().filter_map(readable) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        let more = users.len() > MOST_FOUND || page.next.is_some();
        users.truncate(MOST_FOUND);
        Ok((users, more))
    }

    /// Reads users and their standing, in the order of their names. Who does not exist any more is left out.
    async fn known_users(&self, ids: &[UserId], consistency: Consistency) -> Result<Vec<(User, UserSessions)>> {
        let profiles = ids.iter().map(|user| Key::of(UserKey(*user))).collect();
        let (profiles, mut standings) = self.sessions.get_all_with(ids, &self.table, profiles, consistency).await?;
        let users = profiles.into_iter().filter_map(readable::<user::Record>).map(User::from);
        let mut users: Vec<_> = users.filter_map(|user| Some((standings.remove(&user.id)?, user))).collect();
        let folded = |name: &Option<Name>| name.as_ref().map(|name| fold(name.as_str()));
        users.sort_by_cached_key(|(_, user)| (folded(&user.last_name), folded(&user.first_name), *user.id.as_bytes()));
        Ok(users.into_iter().map(|(standing, user)| (user, standing)).collect())
    }
}
