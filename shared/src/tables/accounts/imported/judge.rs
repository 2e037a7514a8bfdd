//! Says of each row of a part whether the library has the reader already.
//!
//! A card names a reader before an email address does, and that before the id in the file. Readers are the same if what names them and
//! their name are the same: a family may share an address, and a mistyped card may be another's.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Holder, NewMember, NotTaken, Outcome};
use crate::tables::accounts::User;
use crate::tables::key::Item;
use crate::tables::library::lending::rules::GroupRules;
use crate::tables::table::readable;
use crate::values::{Card, Group, Name, UserId, fold};

/// What there is of the rows.
#[derive(Default)]
pub(super) struct There {
    /// Whose a login is.
    logins: HashMap<String, UserId>,
    /// Whose a card is; nobody's, if it is an old one or a copy has the number.
    cards: HashMap<String, Option<UserId>>,
    /// Who has an id in the file.
    sources: HashMap<String, UserId>,
    /// Those who have one of these, and exist.
    people: HashMap<UserId, User>,
    /// Which rows of this part became which readers.
    rows: HashMap<UserId, u64>,
    /// What earlier requests with the same part have made of its rows.
    own: HashMap<u64, UserId>,
    pub(super) groups: Vec<GroupRules>,
}

/// What is read of a login.
#[derive(Deserialize)]
struct Login {
    pk: String,
    user: UserId,
}

/// Returns the username that reads as a card does.
pub(super) fn login_named_like(card: &Card) -> String {
    card.as_str().to_ascii_lowercase()
}

fn name(first: Option<&Name>, last: Option<&Name>) -> String {
    let names: Vec<&str> = [first, last].into_iter().flatten().map(Name::as_str).collect();
    fold(&names.join(" "))
}

fn is_named(user: &User, row: &NewMember) -> bool {
    let own = name(user.first_name.as_ref(), user.last_name.as_ref());
    own == name(row.first_name.as_ref(), row.last_name.as_ref())
}

impl There {
    pub(super) fn take_login(&mut self, item: Item) {
        if let Some(Login { pk, user }) = readable(item)
            && let Some(name) = pk.strip_prefix("login#")
        {
            self.logins.insert(name.to_owned(), user);
        }
    }

    pub(super) fn take_card(&mut self, code: String, reader: Option<UserId>) {
        self.cards.insert(code, reader);
    }

    pub(super) fn take_source(&mut self, source: String, reader: UserId) {
        self.sources.insert(source, reader);
    }

    pub(super) fn take_user(&mut self, user: User) {
        self.people.insert(user.id, user);
    }

    /// Returns those who have something and of whom nothing else is known yet.
    pub(super) fn unknown(&self) -> Vec<UserId> {
        let holders = self.logins.values().chain(self.cards.values().flatten()).chain(self.sources.values());
        let mut unknown: Vec<UserId> = holders.copied().filter(|user| !self.people.contains_key(user)).collect();
        unknown.sort_by_key(|user| *user.as_bytes());
        unknown.dedup();
        unknown
    }

    /// Adds what a row became.
    pub(super) fn add(&mut self, row: u64, user: User) {
        self.logins.extend(user.email.as_ref().map(|email| (email.as_str().to_owned(), user.id)));
        self.cards.extend(user.card.as_ref().map(|card| (card.as_str().to_owned(), Some(user.id))));
        self.sources.extend(user.source.clone().map(|source| (source, user.id)));
        self.rows.insert(user.id, row);
        self.take_user(user);
    }

    /// Adds what an earlier request has made of a row.
    pub(super) fn add_own(&mut self, row: u64, user: User) {
        self.own.insert(row, user.id);
        self.add(row, user);
    }

    /// Returns whether an earlier request has made a reader of the row.
    pub(super) fn is_own(&self, row: &NewMember) -> bool {
        self.own.contains_key(&row.row)
    }

    pub(super) fn has_group(&self, group: &Group) -> bool {
        self.groups.iter().any(|rules| rules.id == *group)
    }

    /// Returns who has an id in the file and does not exist any more.
    pub(super) fn gone(&self, source: &str) -> Option<UserId> {
        self.sources.get(source).copied().filter(|reader| !self.people.contains_key(reader))
    }

    fn holder(&self, user: UserId) -> Holder {
        self.rows.get(&user).map_or(Holder::Reader(user), |row| Holder::Row(*row))
    }

    /// Says what becomes of a row. That the rules have its group is not asked.
    pub(super) fn judge(&self, row: &NewMember) -> Outcome {
        if let Some(own) = self.own.get(&row.row).and_then(|user| self.people.get(user)) {
            // It came without the address of its row.
            let email = row.email.as_ref().filter(|email| own.email.as_ref() != Some(email));
            let other = email.and_then(|email| self.logins.get(email.as_str())).filter(|user| **user != own.id);
            return Outcome::Added { email_of: other.map(|user| self.holder(*user)) };
        }
        let by_email = row.email.as_ref().and_then(|email| self.logins.get(email.as_str())).copied();
        if let Some(card) = &row.card {
            let holder = self.cards.get(card.as_str()).copied();
            let username = || self.logins.get(&login_named_like(card)).map(|user| Some(*user));
            if let Some(holder) = holder.or_else(username) {
                let user =
                    holder.and_then(|user| self.people.get(&user)).filter(|user| user.card.as_ref() == Some(card));
                return match user {
                    Some(user) if is_named(user, row) || by_email == Some(user.id) => self.there(user, row),
                    _ => Outcome::Refused(NotTaken::CardTaken(holder.map(|user| self.holder(user)))),
                };
            }
        }
        let mut email_of = None;
        if let Some(user) = by_email {
            match self.people.get(&user) {
                Some(user) if is_named(user, row) => return self.there(user, row),
                _ => email_of = Some(self.holder(user)),
            }
        }
        let by_source = row.source.as_ref().and_then(|source| self.sources.get(source));
        if let Some(user) = by_source.and_then(|user| self.people.get(user)) {
            return self.there(user, row);
        }
        match email_of {
            Some(holder) if row.card.is_none() && row.source.is_none() => Outcome::Refused(NotTaken::OnlyEmail(holder)),
            email_of => Outcome::Added { email_of },
        }
    }

    fn there(&self, user: &User, row: &NewMember) -> Outcome {
        let other_card = row.card.is_some() && row.card != user.card;
        Outcome::There { holder: self.holder(user.id), other_card }
    }
}
