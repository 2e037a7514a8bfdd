//! Email addresses: proving one, and changing it.
//!
//! | question                  | key                                        | call                                  | units       |
//! |---------------------------|--------------------------------------------|---------------------------------------|-------------|
//! | prove an address          | login#n, user#u in both tables, librarians | 2 GetItem, one transaction            | 2 R, ≤ 11 W |
//! | ask for another one       | user#u, limit#verification#u, limit#…#ea   | one transaction                       | ≤ 13 W      |
//! | prove that one            | … login#old, login#new, reset#u            | 2 GetItem, one transaction            | 2 R, ≤ 15 W |
//! | send the letter again     | limit#verification#u, limit#…#ea           | one transaction                       | 8 W         |
//!
//! A new address is stored beside the old one, which signs in and receives letters until the new one is proved.

use super::limits::{Reached, VERIFICATIONS};
use super::logins::Login;
use super::names::Claimed;
use super::passwords::Proved;
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Letter, Subject};
use crate::tables::sessions::UserSessions;
use crate::tables::write::{Committed, OWN, Part, Transaction};
use crate::values::{Email, UserId};

/// Why an address was not proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotProved {
    /// It is not, or no longer, an address of the account.
    OtherAddress,
    /// Another user has registered with it since.
    EmailTaken,
}

/// Why no letter is sent to a new address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// The account or the address has had too many letters today.
    TooMany(Reached),
    /// The password has been replaced since it was verified.
    PasswordReplaced,
}

impl Accounts {
    /// Records that the actor receives mail at `email`: their address, or the one that takes its place. The user who
    /// is the first to prove the `administrator`'s address becomes a librarian. Idempotent.
    ///
    /// # Errors
    /// [`NotProved`]; a fault of the tables.
    pub async fn prove_address(
        &self,
        email: &Email,
        known: &UserSessions,
        administrator: Option<&Email>,
        actor: &Actor,
    ) -> Result<(), Failure<NotProved>> {
        const OTHER: Failure<NotProved> = Failure::Refused(NotProved::OtherAddress);
        let mut retry = self.retry();
        loop {
            let (user, login) = self.get_user_and_login(actor.id).await?.ok_or(OTHER)?;
            let is_current = user.email.as_ref() == Some(email);
            if !is_current && user.pending_email.as_ref() != Some(email) {
                return Err(OTHER);
            }
            if is_current && user.email_verified && known.verified {
                return Ok(());
            }
            let is_confirmed_anew = !(is_current && user.email_verified);
            let administrator = administrator.filter(|administrator| *administrator == email && is_confirmed_anew);
            let change = self.sessions.change(user.id).verified();
            let (change, promotion) = self.sessions.promoted(change, administrator, actor).await?;
            let mut transaction = self.sessions.transaction_with(change.write(), actor);
            let claimed = if is_current {
                let proved = User { email_verified: true, ..user };
                transaction.add(self.journal.put(actor, Entry::of_user(Action::EmailVerified, actor.id)));
                transaction.add(self.replace_user(&proved.next(actor)));
                None
            } else {
                Some(self.add_new_address(&mut transaction, user, &login, email, actor))
            };
            transaction.add_all(promotion);
            match transaction.commit().await? {
                Committed::Done => return Ok(()),
                Committed::Refused(refusal) if claimed.is_some_and(|claimed| claimed.is_email_taken(&refusal)) => {
                    return Err(Failure::Refused(NotProved::EmailTaken));
                }
                Committed::Refused(_) => retry.again_or_busy().await?,
            }
        }
    }

    /// Adds the writes that put a new address in the place of the old one. Returns what claims it. Resets go to
    /// the old address, so they end. If the password changes in between, the version changes, and this is refused.
    fn add_new_address(
        &self,
        transaction: &mut Transaction,
        user: User,
        login: &Login,
        email: &Email,
        actor: &Actor,
    ) -> Claimed {
        transaction.add(self.discard_reset(user.id));
        let letter = user.letter(Subject::EmailChanged).filter(|_| user.email_verified);
        let entry = Entry::of_user(Action::EmailChanged, user.id).with_letter(letter);
        transaction.add(self.journal.put(actor, entry));
        let new = User { email: Some(email.clone()), email_verified: true, pending_email: None, ..user.clone() };
        let claimed = self.move_names(transaction, Some(&user), Some(&new), Some(login), actor);
        transaction.add(self.replace_user(&new.next(actor)));
        claimed
    }

    /// Stores an address that takes the place of the actor's when it is proved, and sends it a letter with a link. The
    /// old one gets a letter too.
    ///
    /// # Errors
    /// [`NotAsked`]; a fault of the tables.
    pub async fn ask_for_address(&self, proved: Proved, email: &Email, actor: &Actor) -> Result<(), Failure<NotAsked>> {
        let Proved { mut user, epoch, .. } = proved;
        let mut retry = self.retry();
        loop {
            let mut transaction = self.sessions.transaction_if_epoch(epoch, actor);
            let counts = self.add_ask(&mut transaction, &user, email, actor);
            let asked = User { pending_email: Some(email.clone()), ..user.clone() };
            transaction.add(self.replace_user(&asked.next(actor)));
            let Committed::Refused(refusal) = transaction.commit().await? else { return Ok(()) };
            if refusal.is_at(OWN) {
                return Err(Failure::Refused(NotAsked::PasswordReplaced));
            }
            if counts.iter().any(|count| refusal.is_at(*count)) {
                return Err(Failure::Refused(NotAsked::TooMany(VERIFICATIONS.reached(actor.at))));
            }
            user = self.get_user(user.id).await?.ok_or(Failure::Refused(NotAsked::PasswordReplaced))?;
            retry.again_or_busy().await?;
        }
    }

    /// Sends the letter that proves an address of the actor again.
    ///
    /// # Errors
    /// [`Reached`] for the account, or for the address at this network address; a fault of the tables.
    pub async fn request_verification(
        &self,
        user: &User,
        email: &Email,
        actor: &Actor,
    ) -> Result<(), Failure<Reached>> {
        let mut transaction = self.sessions.transaction(actor);
        self.add_verification(&mut transaction, user, email, actor);
        match transaction.commit().await? {
            Committed::Done => Ok(()),
            Committed::Refused(_) => Err(Failure::Refused(VERIFICATIONS.reached(actor.at))),
        }
    }

    /// Adds the writes that ask for another address: a letter to that one, and one to the address that the user has proved.
    /// Returns the parts that count.
    pub(super) fn add_ask(
        &self,
        transaction: &mut Transaction,
        user: &User,
        email: &Email,
        actor: &Actor,
    ) -> [Part; 2] {
        let letter = user.letter(Subject::EmailChangeRequested).filter(|_| user.email_verified);
        let entry = Entry::of_user(Action::EmailChangeRequested, user.id).with_letter(letter);
        transaction.add(self.journal.put(actor, entry));
        self.add_verification(transaction, user, email, actor)
    }

    /// Adds the writes that send a letter with a link to `email`, and count it. Returns the parts that count.
    fn add_verification(&self, transaction: &mut Transaction, user: &User, email: &Email, actor: &Actor) -> [Part; 2] {
        let proved = user.email_verified && user.email.as_ref() == Some(email);
        let to = user.addressee_at(email.clone(), proved);
        let letter = Letter { to: Some(to), ..Letter::to_reader(user.id, Subject::Verification) };
        let entry = Entry::of_user(Action::VerificationRequested, user.id).with_letter(Some(letter));
        transaction.add(self.journal.put(actor, entry));
        self.add_counts(transaction, user.id, email, actor)
    }

    /// Adds the writes that count a letter with a link. Returns these parts.
    pub(super) fn add_counts(
        &self,
        transaction: &mut Transaction,
        user: UserId,
        email: &Email,
        actor: &Actor,
    ) -> [Part; 2] {
        // Not of the address alone: strangers who ask for it would use up its owner's letters. Dispatch limits all together.
        let of = [user.to_string(), format!("{}#{}", email.as_str(), actor.from.as_str())];
        of.map(|of| transaction.add(self.count_write(&VERIFICATIONS, &of, actor.at)))
    }
}
