//! Cards of readers.
//!
//! | question                          | key                          | call                                   | units |
//! |-----------------------------------|------------------------------|----------------------------------------|-------|
//! | whose card is this                | card#c                       | GetItem, strong                        | 1 R   |
//! | give a card, or take one away     | card#c, code#c, user#u twice | 2 GetItem, one transaction             | 2 R, ≤ 18 W |
//! | claim a username that could be a card | card#c                   | part of its transaction                | +2 W  |
//!
//! Cards and usernames are one set of names: an item `card#…` says who has a name of the form of a card, be it a card or a
//! username. It has no password hash: it names the login to which the card leads. That no copy has the same code is
//! kept by the Library table ([`Codes`]).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::Key;
use crate::tables::library::codes::{Codes, OLD_CARD_RETENTION};
use crate::tables::sessions::UserSessions;
use crate::tables::table::Consistency::Strong;
use crate::tables::write::{Committed, Part, Refusal, Transaction, Write};
use crate::values::{Card, UserId};

/// How long a new card counts as a slip of the desk: its number is free again at once.
const SLIP: SignedDuration = SignedDuration::from_mins(10);

/// An item `card#…`. Without a user it is the number of an old card.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// The name of the login to which the card leads; `None` if it is a username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<String>,
    /// When the number of an old card is free again, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

/// Who has a card, and the name of the login to which it leads.
pub(super) struct Holder {
    pub(super) user: UserId,
    pub(super) login: String,
}

/// Why a user did not get a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGiven {
    /// There is no such user.
    Gone,
    /// Another card has the number, had it within a year, or a username reads the same.
    CardTaken,
    /// A copy of a book has it.
    BarcodeTaken,
}

/// The parts of a transaction that claim a card.
pub(super) struct ClaimedCard {
    name: Part,
    username: Part,
    code: Part,
}

impl ClaimedCard {
    /// Returns why the card was refused; `None` if it was not.
    pub(super) fn why_not(&self, refusal: &Refusal) -> Result<Option<NotGiven>> {
        if let Some(item) = refusal.item(self.code).filter(|item| !item.is_empty()) {
            let is_copy = Codes::is_of_a_copy(item.clone())?;
            return Ok(Some(if is_copy { NotGiven::BarcodeTaken } else { NotGiven::CardTaken }));
        }
        let is_taken = refusal.is_at(self.name) || refusal.is_at(self.username);
        Ok(is_taken.then_some(NotGiven::CardTaken))
    }
}

pub(super) fn card_key(number: &str) -> String {
    format!("card#{number}")
}

impl Record {
    /// Returns who has the card; `None` if the item is that of a username or of an old card.
    pub(super) fn holder(self) -> Option<Holder> {
        Some(Holder { user: self.user?, login: self.login? })
    }
}

impl User {
    /// Returns how the username would read as a card; `None` if no card could have its form.
    pub(super) fn form_of_a_card(&self) -> Option<Card> {
        self.username.as_ref().and_then(|username| username.as_str().parse().ok())
    }
}

impl Accounts {
    /// Reads who has a card.
    pub(super) async fn holder_of_card(&self, card: &Card) -> Result<Option<Holder>> {
        let record: Option<Record> = self.table.get(Key::of(card_key(card.as_str())), Strong).await?;
        Ok(record.and_then(Record::holder))
    }

    /// Gives a user another card, or takes theirs away. The old one opens nothing from now on, and for a year nobody gets
    /// its number.
    ///
    /// # Errors
    /// [`NotGiven`]; a fault of the tables.
    pub async fn change_card(
        &self,
        id: UserId,
        card: Option<&Card>,
        actor: &Actor,
    ) -> Result<(User, UserSessions), Failure<NotGiven>> {
        let refused = |why| Err(Failure::Refused(why));
        let mut retry = self.retry();
        loop {
            let (user, standing) = (self.get_user(id).await?, self.sessions.get(id).await?);
            let (Some(user), Some(standing)) = (user, standing) else { return refused(NotGiven::Gone) };
            if user.card.as_ref() == card {
                return Ok((user, standing));
            }
            let card_since = card.map(|_| actor.at);
            let changed = User { card: card.cloned(), card_since, ..user.clone() }.next(actor);
            let own = self.sessions.change(id).person(&changed.person()).write();
            let mut transaction = self.sessions.transaction_about(id, own, actor);
            let entry = Entry::of_user(Action::CardChanged, id);
            transaction.add_all([self.replace_user(&changed), self.journal.put(actor, entry)]);
            self.take_card(&mut transaction, &user, actor);
            let claimed = card.map(|card| self.claim_card(&mut transaction, card, &changed, actor));
            let Committed::Refused(refusal) = transaction.commit().await? else { return Ok((changed, standing)) };
            if let Some(why) = claimed.map(|claimed| claimed.why_not(&refusal)).transpose()?.flatten() {
                return refused(why);
            }
            retry.again_or_busy().await?;
        }
    }

    /// Adds the writes that take the card of a user away.
    pub(super) fn take_card(&self, transaction: &mut Transaction, user: &User, actor: &Actor) {
        let Some(card) = user.card.as_ref().map(Card::as_str) else { return };
        let is_slip = user.card_since.is_some_and(|since| actor.at < since + SLIP);
        if is_slip {
            self.free_card(transaction, user);
        } else {
            let expires_at = Some((actor.at + OLD_CARD_RETENTION).as_second());
            let old = Record { pk: card_key(card), user: None, login: None, expires_at };
            transaction.add(self.codes.retire_card(card, user.id, actor.at));
            transaction.add(self.of_user(self.table.put(&old), user.id));
        }
    }

    /// Adds the writes that take the card of a user away whose number nobody has used: it is free at once.
    pub(super) fn free_card(&self, transaction: &mut Transaction, user: &User) {
        let Some(card) = user.card.as_ref().map(Card::as_str) else { return };
        transaction.add(self.codes.release_card(card, user.id));
        transaction.add(self.of_user(self.table.delete(Key::of(card_key(card))), user.id));
    }

    /// Adds the writes that give a card to a user.
    pub(super) fn claim_card(
        &self,
        transaction: &mut Transaction,
        card: &Card,
        user: &User,
        actor: &Actor,
    ) -> ClaimedCard {
        ClaimedCard {
            name: transaction.add(self.claim(card, user.id, Some(user.login_of_card()), actor.at)),
            // Earlier versions claimed no form of a card for usernames.
            username: transaction.add(self.check_no_login(&card.as_str().to_ascii_lowercase())),
            code: transaction.add(self.codes.claim_card(card.as_str(), user.id, actor.at)),
        }
    }

    /// Returns the write that claims the form that a username has as a card.
    pub(super) fn claim_form(&self, form: &Card, user: UserId, now: Timestamp) -> Write {
        self.claim(form, user, None, now)
    }

    /// Returns the write that releases the form that a username had as a card.
    pub(super) fn release_form(&self, form: &Card) -> Write {
        self.table.delete(Key::of(card_key(form.as_str())))
    }

    /// Returns the write that leads a card to another login of its user.
    pub(super) fn lead_card(&self, card: &Card, user: &User) -> Write {
        let update = self.table.update(Key::of(card_key(card.as_str())), "SET login = :login");
        self.of_user(update.value(":login", user.login_of_card()), user.id)
    }

    fn claim(&self, card: &Card, user: UserId, login: Option<String>, now: Timestamp) -> Write {
        let put = self.table.put(&Record { pk: card_key(card.as_str()), user: Some(user), login, expires_at: None });
        put.when("(attribute_not_exists(pk) OR expiresAt <= :now)").value(":now", now.as_second())
    }

    /// Adds the condition that the item is that user's.
    fn of_user(&self, write: Write, user: UserId) -> Write {
        write.when("#user = :holder").name("#user", "user").value(":holder", user)
    }
}
