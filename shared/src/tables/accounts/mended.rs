//! Email addresses of readers that the desk mends. That somebody at the desk says so proves no mailbox: a letter does.
//!
//! | question                                  | key                                          | call                       | units       |
//! |-------------------------------------------|----------------------------------------------|----------------------------|-------------|
//! | mend the address of a reader who signs in | user#u in both tables, login#n, limit#…      | 4 GetItem, one transaction | 4 R, 15 W |
//! | … of one who has no password yet          | … login#old, login#new, reset#u, card#c      | 3 GetItem, one transaction | 3 R, ≤ 21 W |
//!
//! Who signs in keeps the old address until the new one is proved, as after their own wish. Who has no password yet has
//! proved nothing and signs in with nothing: the new address takes the place of the old one at once, and a new letter
//! lets them choose a password. The link of an older letter, and a code from the desk, end with that.

use uuid::Uuid;

use super::limits::{Reached, VERIFICATIONS};
use super::logins::Login;
use super::names::Claimed;
use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Subject};
use crate::tables::sessions::UserSessions;
use crate::tables::write::{Committed, Transaction};
use crate::values::{Email, UserId};

/// Why an address was not mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMended {
    /// There is no such user.
    Gone,
    /// The user is a librarian or an assistant.
    OfTheDesk,
    /// It is the address with which the user signs in.
    Same,
    /// Another user has the address.
    EmailTaken,
    /// The reader or the address has had too many letters today.
    TooMany(Reached),
}

impl Accounts {
    /// Mends the email address of a reader. A letter goes to the new one: with its link, a reader who signs in confirms it,
    /// and a reader without a password chooses one. `nonce` is that of this choice.
    ///
    /// # Errors
    /// [`NotMended`]; a fault of the tables.
    pub async fn mend_address(
        &self,
        id: UserId,
        email: &Email,
        nonce: Uuid,
        actor: &Actor,
    ) -> Result<(User, UserSessions), Failure<NotMended>> {
        let refused = |why| Err(Failure::Refused(why));
        let mut retry = self.retry();
        loop {
            let (found, standing) = (self.get_user_and_login(id).await?, self.sessions.get(id).await?);
            let (Some((user, login)), Some(standing)) = (found, standing) else { return refused(NotMended::Gone) };
            if standing.role.is_desk() {
                return refused(NotMended::OfTheDesk);
            }
            let signs_in = login.hash.is_some();
            if signs_in && user.email.as_ref() == Some(email) {
                return refused(NotMended::Same);
            }
            if signs_in && self.get_login(email.as_str()).await?.is_some() {
                return refused(NotMended::EmailTaken);
            }
            let (address, pending) =
                if signs_in { (user.email.clone(), Some(email)) } else { (Some(email.clone()), None) };
            let changed = User { email: address, pending_email: pending.cloned(), ..user.clone() }.next(actor);
            let mut transaction = self.sessions.transaction(actor);
            transaction.add(self.sessions.check_member(id));
            // If the password or the address changes in between, the version changes, and this is refused.
            let profile = transaction.add(self.replace_user(&changed));
            let (claimed, counts) = if signs_in {
                (Claimed::default(), self.add_ask(&mut transaction, &user, email, actor))
            } else {
                let claimed = self.add_invitation(&mut transaction, (&user, &login), &changed, nonce, actor);
                (claimed, self.add_counts(&mut transaction, id, email, actor))
            };
            let Committed::Refused(refusal) = transaction.commit().await? else { return Ok((changed, standing)) };
            if claimed.is_email_taken(&refusal) && !refusal.is_at(profile) {
                return refused(NotMended::EmailTaken);
            }
            if counts.iter().any(|count| refusal.is_at(*count)) {
                return refused(NotMended::TooMany(VERIFICATIONS.reached(actor.at)));
            }
            retry.again_or_busy().await?;
        }
    }

    /// Adds the writes that give a reader without a password the new address, and send a letter to it. Returns what claims
    /// the address.
    fn add_invitation(
        &self,
        transaction: &mut Transaction,
        (user, login): (&User, &Login),
        changed: &User,
        nonce: Uuid,
        actor: &Actor,
    ) -> Claimed {
        let claimed = self.move_names(transaction, Some(user), Some(changed), Some(login), actor);
        transaction.add(self.put_invitation(changed, nonce, actor.at));
        let action = if changed.email == user.email { Action::VerificationRequested } else { Action::EmailChanged };
        let entry = Entry::of_user(action, user.id).with_letter(changed.letter(Subject::Added { nonce }));
        transaction.add(self.journal.put(actor, entry));
        claimed
    }
}
