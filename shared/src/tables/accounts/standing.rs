//! What the desk and librarians change of a user.
//!
//! | question           | key                                  | call                                            | units     |
//! |--------------------|--------------------------------------|-------------------------------------------------|-----------|
//! | change a standing  | user#u in both tables, librarians    | 2 GetItem, one transaction over both tables     | 2 R, ≤ 17 W |
//! | mend a name        | the same, word#w…                    | the same                                        | + 2 W, 3 W a word |
//!
//! The profile's version rises with the standing, because its `ETag` covers both.

use super::{Accounts, User};
use crate::tables::fault::{Failure, Result};
use crate::tables::journal::{Action, Actor, Entry, Subject};
use crate::tables::sessions::{Standing, UserSessions};
use crate::tables::write::Committed;
use crate::values::{Name, Patch, UserId};

/// Names that the desk mends.
#[derive(Debug, Clone)]
pub struct NewNames {
    /// The first name.
    pub first: Patch<Name>,
    /// The last name.
    pub last: Patch<Name>,
}

impl NewNames {
    fn of(&self, user: &User) -> User {
        let mut renamed = user.clone();
        self.first.clone().apply(&mut renamed.first_name);
        self.last.clone().apply(&mut renamed.last_name);
        renamed
    }
}

/// Why a standing was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMoved {
    /// No enabled librarian would be left.
    LastLibrarian,
    /// The rules do not have the group.
    NoSuchGroup,
}

impl Accounts {
    /// Changes a user's standing, which applies to their next request, and mends their names.
    /// Returns the user as they are then; `None` if there is no such user.
    ///
    /// # Errors
    /// [`NotMoved`]; a fault of the tables.
    pub async fn change_standing(
        &self,
        id: UserId,
        change: Standing,
        names: &NewNames,
        actor: &Actor,
    ) -> Result<Option<(User, UserSessions)>, Failure<NotMoved>> {
        let mut retry = self.retry();
        loop {
            let (user, before) = (self.get_user(id).await?, self.sessions.get(id).await?);
            let (Some(user), Some(before)) = (user, before) else { return Ok(None) };
            let (differs, is_blocked_otherwise) =
                (before.differs(&change), before.is_blocked_otherwise(&change.blocked));
            let renamed = names.of(&user);
            let is_renamed = renamed != user;
            if !differs && !is_blocked_otherwise && !is_renamed {
                return Ok(Some((user, before)));
            }
            let group = change.group.as_ref().filter(|group| **group != before.group);
            if let Some(group) = group
                && !self.library.has_group(group, actor.at).await?
            {
                return Err(Failure::Refused(NotMoved::NoSuchGroup));
            }
            let changed = if is_renamed { renamed.with_words() } else { renamed }.next(actor);
            let own = self.sessions.change(id).standing(&before, &change);
            let own = if is_renamed { own.person(&changed.person()) } else { own }.write();
            let was_librarian = before.is_enabled_librarian();
            let has_new_role = change.role.is_some_and(|role| role != before.role);
            let old_group = before.group.clone();
            let after = before.with(change.clone());
            let letter = user.letter(Subject::RoleChanged { role: after.role }).filter(|_| has_new_role);
            let mut transaction = self.sessions.transaction_about(id, own, actor);
            if is_renamed {
                transaction.add(self.replace_user(&changed));
                self.move_words(&mut transaction, Some(&user), Some(&changed));
            } else {
                transaction.add(self.raise_version(id, actor));
            }
            let group = group.and_then(|group| self.library.move_member(&mut transaction, &old_group, group));
            let blocked = if change.blocked == Patch::Remove { Action::Unblocked } else { Action::Blocked };
            let entries = [
                differs.then(|| Entry::of_user(Action::RoleChanged, id).with_letter(letter)),
                is_blocked_otherwise.then(|| Entry::of_user(blocked, id)),
                is_renamed.then(|| Entry::of_user(Action::Changed, id)),
            ];
            transaction.add_all(entries.into_iter().flatten().map(|entry| self.journal.put(actor, entry)));
            let roster = match (was_librarian, after.is_enabled_librarian()) {
                (false, true) => Some(transaction.add(self.sessions.enrol(id))),
                (true, false) => Some(transaction.add(self.sessions.strike(id))),
                _ => None,
            };
            match transaction.commit().await? {
                Committed::Done => return Ok(Some((changed, after))),
                Committed::Refused(refusal) if roster.is_some_and(|part| refusal.is_at(part)) => {
                    return Err(Failure::Refused(NotMoved::LastLibrarian));
                }
                Committed::Refused(refusal) if group.is_some_and(|part| refusal.is_at(part)) => {
                    return Err(Failure::Refused(NotMoved::NoSuchGroup));
                }
                Committed::Refused(_) => retry.again_or_busy().await?,
            }
        }
    }
}
