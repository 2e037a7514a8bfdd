//! Verdicts: what a request has found out about its caller, carried into the write that depends on it.
//!
//! | question                       | key    | call                                              | units |
//! |--------------------------------|--------|---------------------------------------------------|-------|
//! | may the caller still do this   | user#u | a ConditionCheck of the transaction of the action | 2 W   |
//!
//! A request reads its caller's item, and decides. Until it writes, the caller may sign out, be disabled, lose the role
//! or delete the account. So the write carries the verdict as a condition: it is carried out only if the caller may do
//! the same at that moment.
//!
//! A transaction that writes the caller's own item puts the condition on that write, because DynamoDB permits one
//! operation on an item in a transaction.

use uuid::Uuid;

use super::borrowing::{Borrowing, Unfit};
use super::change::if_epoch;
use super::{Sessions, UserKey, UserSessions};
use crate::tables::journal::Actor;
use crate::tables::key::{Item, Key};
use crate::tables::table::from_item;
use crate::tables::write::{Transaction, Write};
use crate::values::{Role, SessionId, UserId};

/// A verdict on an actor, as the request read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The session of the request. It ends with the account, and when the user is disabled.
    pub session: SessionId,
    /// What else the action needs.
    pub needs: Needs,
}

/// What an action needs, beside a live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Session,
    /// The role of a librarian.
    Librarian,
    /// The role of an assistant or a librarian.
    Desk,
    /// The right to borrow.
    Borrower(Borrowing),
}

/// Why a verdict does not hold any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The session has ended.
    #[error("the caller's session has ended")]
    SessionEnded,
    /// The caller is not a librarian any more.
    #[error("the caller is not a librarian any more")]
    NotLibrarian,
    /// The caller does not work at the desk any more.
    #[error("the caller does not work at the desk any more")]
    NotDesk,
    /// The caller may not borrow any more.
    #[error(transparent)]
    NotBorrower(Unfit),
}

/// Fills in the role of a condition on who works at the desk.
fn of_the_desk(write: Write) -> Write {
    write.name("#callerRole", "role").value(":librarian", Role::Admin)
}

impl Verdict {
    /// Adds the condition that the verdict holds to a write, or a check, of the caller's item.
    fn on(self, write: Write) -> Write {
        let write = write.when("attribute_exists(sessions.#caller)").name("#caller", self.session);
        match self.needs {
            Needs::Session => write,
            Needs::Librarian => of_the_desk(write.when("#callerRole = :librarian")),
            Needs::Desk => {
                of_the_desk(write.when("#callerRole IN (:assistant, :librarian)")).value(":assistant", Role::Assistant)
            }
            Needs::Borrower(borrowing) => borrowing.on(write),
        }
        .showing_item()
    }

    /// Returns why the verdict does not hold for the caller's item, which is empty if it does not exist; `None` if it
    /// holds.
    pub(crate) fn denied(self, item: &Item) -> Option<Denied> {
        let user =
            from_item::<UserSessions>(item.clone()).ok().filter(|user| user.sessions.contains_key(&self.session));
        match (user, self.needs) {
            (None, _) => Some(Denied::SessionEnded),
            (Some(user), Needs::Librarian) if user.role != Role::Admin => Some(Denied::NotLibrarian),
            (Some(user), Needs::Desk) if !user.role.is_desk() => Some(Denied::NotDesk),
            (Some(user), Needs::Borrower(borrowing)) => {
                borrowing.refusals(&user).first().copied().map(Denied::NotBorrower)
            }
            _ => None,
        }
    }
}

impl Sessions {
    /// Starts a transaction of the actor, which fails with [`Fault::Denied`](crate::tables::Fault::Denied) if the
    /// actor's verdict does not hold any more.
    pub(crate) fn transaction(&self, actor: &Actor) -> Transaction {
        match actor.verdict {
            Some(_) => self.transaction_with(self.table.check(Key::of(UserKey(actor.id))), actor),
            None => Transaction::default(),
        }
    }

    /// Starts a transaction of the actor on a user, who may be the actor, and whose item `write` changes. It fails in the
    /// same way.
    pub(crate) fn transaction_about(&self, user: UserId, write: Write, actor: &Actor) -> Transaction {
        if user == actor.id {
            return self.transaction_with(write, actor);
        }
        let mut transaction = self.transaction(actor);
        transaction.add_all([write]);
        transaction
    }

    /// Starts a transaction of the actor that fails in the same way. Its first part is refused if the password is not the
    /// one of that epoch any more.
    pub(crate) fn transaction_if_epoch(&self, epoch: Option<Uuid>, actor: &Actor) -> Transaction {
        self.transaction_with(if_epoch(self.table.check(Key::of(UserKey(actor.id))), epoch), actor)
    }

    /// Starts a transaction that writes the actor's own item, and fails in the same way.
    pub(crate) fn transaction_with(&self, own: Write, actor: &Actor) -> Transaction {
        match actor.verdict {
            Some(verdict) => Transaction::under(verdict, verdict.on(own)),
            None => Transaction::of([own]),
        }
    }
}
