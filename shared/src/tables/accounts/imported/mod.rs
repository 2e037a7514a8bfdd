//! Readers who come from a file: accounts without a password, whose first letter lets them choose one.
//!
//! | question                     | key                                       | call                               | units            |
//! |------------------------------|-------------------------------------------|------------------------------------|------------------|
//! | which rows are there already | login#n, code#c, source#s; then user#u    | 3 BatchGetItem                     | ≤ 2½ R a row     |
//! | add a reader                 | user#u in both tables, login#n, card#c, code#c, source#s, … | one transaction over four tables | ≤ 25 W + 3 a word |
//! | … again, after a lost answer | user#u                                    | BatchGetItem, strong               | 1 R a row        |
//! | the first letter             | user#u; reset#u, the journal              | BatchGetItem, one transaction each | ½ R, 6 W         |
//! | take a reader out            | all of these, and the loans               | 3 BatchGetItem, one transaction    | 3 R, ≤ 30 W + 3 a word |
//!
//! The function that reads files may write accounts only here, and only those whose ids say that they came from a file
//! ([`UserId`]). It reads of a login whose it is, and never the hash of a password.
//!
//! The id of a reader follows from the request and the row, as a book's does. So a part that is sent again finds the readers that it has
//! added, and an undo needs no list of them. `judge` says of each row whether the library has the reader. `letters` writes the first
//! letters after the import is finished. `undo` takes readers out again.

mod judge;
pub mod letters;
pub mod undo;

use std::collections::HashSet;

use super::added::NotAdded;
use super::cards::NotGiven;
use super::logins::login_key;
use super::user::{Record, UserKey};
use super::{Accounts, User};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key};
use crate::tables::library::codes::Codes;
use crate::tables::library::imports::judge::member_id;
use crate::tables::library::imports::members::{key_of_source, reader_of_source};
use crate::tables::sessions::{Standing, UserSessions};
use crate::tables::table::Consistency::{self, Eventual, Strong};
use crate::tables::table::readable;
use crate::tables::write::Committed;
use crate::values::{AttemptId, Card, Email, Group, ImportId, Name, Role, UserId};
use judge::{There, login_named_like};

/// The rows that are read at once: four keys each, and a call takes a hundred.
const AT_ONCE: usize = 25;

/// A row that could become a reader. It has a name, and a card, an email address or a source.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Its number in the file, from 1.
    pub row: u64,
    /// The first name.
    pub first_name: Option<Name>,
    /// The last name.
    pub last_name: Option<Name>,
    /// The email address.
    pub email: Option<Email>,
    /// The number of the card.
    pub card: Option<Card>,
    /// The group.
    pub group: Group,
    /// What names the reader in the file: `members#7`.
    pub source: Option<String>,
}

/// A part of a file whose rows become readers.
#[derive(Debug, Clone, Copy)]
pub struct PartOfMembers {
    /// Its import.
    pub import: ImportId,
    /// Its number.
    pub part: u32,
    /// The request that makes readers of its rows.
    pub attempt: AttemptId,
    /// Whether only to say what would happen.
    pub dry_run: bool,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It became a reader.
    Added {
        /// Who has its email address, under another name: this reader came without.
        email_of: Option<Holder>,
    },
    /// The library has the reader.
    There {
        /// Who it is.
        holder: Holder,
        /// The card of the row, if that reader does not have it.
        other_card: bool,
    },
    /// It could not be taken.
    Refused(NotTaken),
}

/// Who has a card or an email address already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// An earlier row of the same part.
    Row(u64),
    /// A reader.
    Reader(UserId),
}

/// Why a row could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// The card is another reader's, or an old one, or a username reads the same; or a copy of a book has the number.
    CardTaken(Option<Holder>),
    /// The rules do not have the group.
    NoSuchGroup,
    /// Somebody has the email address under another name, and nothing else identifies the reader.
    OnlyEmail(Holder),
}

impl NewMember {
    /// Returns the account. Without the email address, if another has it.
    fn user(&self, id: UserId, email: Option<Email>, actor: &Actor) -> User {
        let card_since = self.card.as_ref().map(|_| actor.at);
        let user = User { email, card: self.card.clone(), card_since, ..User::new(id, actor.at) };
        let (first_name, last_name) = (self.first_name.clone(), self.last_name.clone());
        User { first_name, last_name, source: self.source.clone(), ..user }.with_words()
    }
}

impl Accounts {
    /// Makes readers of rows, in their order, as an attempt that `Library::claim_part` has recorded. What became of each is in the same
    /// order. No letter is sent.
    ///
    /// # Errors
    /// A fault of the tables. Some of the rows may be readers then; a second call makes readers of the others.
    pub async fn import_members(&self, part: PartOfMembers, rows: &[NewMember], actor: &Actor) -> Result<Vec<Outcome>> {
        let mut there = There::default();
        self.read_earlier_attempts(part, rows, &mut there).await?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for some in rows.chunks(AT_ONCE) {
            self.read_there(some, Eventual, actor, &mut there).await?;
            for row in some {
                outcomes.push(self.import_member(part, row, actor, &mut there).await?);
            }
        }
        Ok(outcomes)
    }

    /// Makes a reader of a row.
    async fn import_member(
        &self,
        part: PartOfMembers,
        row: &NewMember,
        actor: &Actor,
        there: &mut There,
    ) -> Result<Outcome> {
        let mut retry = self.retry();
        let mut consistency = Eventual;
        loop {
            let outcome = there.judge(row);
            let Outcome::Added { email_of } = &outcome else { return Ok(outcome) };
            if there.is_own(row) {
                return Ok(outcome);
            }
            if row.group != Group::default() && !there.has_group(&row.group) {
                return Ok(Outcome::Refused(NotTaken::NoSuchGroup));
            }
            let email = row.email.clone().filter(|_| email_of.is_none());
            let user = row.user(member_id(part.attempt, row.row), email, actor);
            let refused = if part.dry_run { None } else { self.put_member(row, &user, there, actor).await? };
            match refused {
                None => {
                    there.add(row.row, user);
                    return Ok(outcome);
                }
                Some(NotAdded::NoSuchGroup) => return Ok(Outcome::Refused(NotTaken::NoSuchGroup)),
                // What was read strongly does not say why: it is refused by an item of an earlier version.
                Some(NotAdded::Card(NotGiven::CardTaken | NotGiven::BarcodeTaken)) if consistency == Strong => {
                    return Ok(Outcome::Refused(NotTaken::CardTaken(None)));
                }
                Some(_) => {}
            }
            // Somebody has taken the card, the address or the id in between.
            consistency = Strong;
            retry.again_or_busy().await?;
            self.read_there(std::slice::from_ref(row), consistency, actor, there).await?;
        }
    }

    /// Adds a reader. Returns why not, if something of theirs is another's.
    async fn put_member(&self, row: &NewMember, user: &User, there: &There, actor: &Actor) -> Result<Option<NotAdded>> {
        // A librarian says that they are readers of the library.
        let approved = Standing { approved: Some(true), group: Some(row.group.clone()), ..Standing::default() };
        let standing = UserSessions::new(user.id, Role::Member).with(approved);
        let mut transaction = self.sessions.transaction(actor);
        let added = self.add_reader(&mut transaction, user, &standing, actor);
        let gone = row.source.as_ref().and_then(|source| there.gone(source));
        let source = row.source.as_ref().map(|source| self.library.claim_source(source, user.id, gone));
        transaction.add_all(source);
        // They were read a moment ago, and may only have come since.
        transaction.add_all(gone.map(|gone| self.sessions.check_absent(gone)));
        transaction.add_all([self.journal.put(actor, Entry::of_user(Action::Added, user.id))]);
        match transaction.commit().await? {
            Committed::Done => Ok(None),
            // If none of these was refused, another reader has the id in the file.
            Committed::Refused(refusal) => Ok(Some(added.why_not(&refusal)?.unwrap_or(NotAdded::EmailTaken))),
        }
    }

    /// Reads which readers requests have added that sent the same part before.
    async fn read_earlier_attempts(&self, part: PartOfMembers, rows: &[NewMember], there: &mut There) -> Result<()> {
        let others = self.library.members_of_other_attempts(part.import, part.part, part.attempt).await?;
        let wanted: HashSet<u64> = rows.iter().map(|row| row.row).collect();
        let others: Vec<_> = others.into_iter().filter(|(row, _)| wanted.contains(row)).collect();
        let keys = others.iter().map(|(_, user)| Key::of(UserKey(*user))).collect();
        let found =
            self.table.get_batch(keys, Strong).await?.into_iter().filter_map(readable::<Record>).map(User::from);
        for user in found {
            if let Some((row, _)) = others.iter().find(|(_, id)| *id == user.id) {
                there.add_own(*row, user);
            }
        }
        Ok(())
    }

    /// Reads who has what the rows have.
    async fn read_there(
        &self,
        rows: &[NewMember],
        consistency: Consistency,
        actor: &Actor,
        there: &mut There,
    ) -> Result<()> {
        if rows.iter().any(|row| row.group != Group::default()) {
            // A group that was added a moment ago counts.
            let known = self.library.rules(actor.at).await?;
            let has_all = rows.iter().all(|row| known.has(&row.group));
            there.groups = if has_all { known } else { self.library.current_rules(actor.at).await? }.groups.clone();
        }
        let logins = rows.iter().flat_map(|row| {
            let email = row.email.as_ref().map(|email| email.as_str().to_owned());
            email.into_iter().chain(row.card.as_ref().map(login_named_like))
        });
        let logins = unique(logins.map(|name| Key::of(login_key(&name))));
        let cards = rows.iter().filter_map(|row| row.card.as_ref()).map(Codes::key_of_card);
        let sources = rows.iter().filter_map(|row| row.source.as_deref()).map(key_of_source);
        let others = unique(cards.chain(sources));
        let logins = self.table.get_batch_of(logins, &["pk", "user"], consistency).await?;
        let others = self.library.get_markers(others, consistency).await?;
        for login in logins {
            there.take_login(login);
        }
        for item in others {
            self.take_other(item, actor, there)?;
        }
        let people = there.unknown().into_iter().map(|user| Key::of(UserKey(user))).collect();
        for record in self.table.get_batch(people, consistency).await?.into_iter().filter_map(readable::<Record>) {
            there.take_user(User::from(record));
        }
        Ok(())
    }

    fn take_other(&self, item: Item, actor: &Actor, there: &mut There) -> Result<()> {
        if let Some((source, reader)) = reader_of_source(item.clone())? {
            there.take_source(source, reader);
        } else if let Some((code, reader)) = Codes::holder(item, actor.at)? {
            there.take_card(code, reader);
        }
        Ok(())
    }
}

/// Returns each key once: DynamoDB refuses a batch that has one twice.
fn unique(keys: impl Iterator<Item = Key>) -> Vec<Key> {
    let mut seen = HashSet::new();
    keys.filter(|key| seen.insert(key.text())).collect()
}
