//! Who may borrow.
//!
//! | question                        | key    | call                                            | units |
//! |---------------------------------|--------|-------------------------------------------------|-------|
//! | may this reader still borrow    | user#u | a ConditionCheck of the transaction of the loan | 2 W   |

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Sessions, UserKey, UserSessions};
use crate::tables::key::Key;
use crate::tables::write::Write;
use crate::values::{Day, Group, Reason, Role, UserId, milliseconds, stored};

/// A block: its user signs in, and may neither reserve, collect, renew nor borrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Why.
    #[serde(default, deserialize_with = "stored::required")]
    pub reason: Reason,
    /// Its last day. Without one it ends when somebody lifts it.
    #[serde(default, deserialize_with = "stored::optional", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub until: Option<Day>,
    /// Who blocked the user.
    pub by: UserId,
    /// When.
    #[serde(serialize_with = "milliseconds")]
    pub at: Timestamp,
}

/// What borrowing needs of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Borrowing {
    /// A verified address, an approval, or a role.
    pub approval: bool,
    /// No block on that day.
    pub unblocked_on: Option<Day>,
}

/// Why a reader may not borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The reader has neither a verified address nor an approval.
    #[error("the reader has neither a verified address nor an approval")]
    Unapproved,
    /// The reader is blocked.
    #[error("the reader is blocked")]
    Blocked,
    /// The reader is disabled.
    #[error("the reader is disabled")]
    Disabled,
    /// The account does not exist any more.
    #[error("the reader's account has been deleted")]
    Gone,
}

impl UserSessions {
    /// Returns whether the user may borrow where not all users may.
    pub fn is_approved(&self) -> bool {
        self.verified || self.approved || self.role != Role::Member
    }

    /// Returns the block that is in force on a day.
    pub fn blocked_on(&self, day: Day) -> Option<&Block> {
        self.blocked.as_ref().filter(|block| block.until.is_none_or(|last| day <= last))
    }

    /// Returns the last block, which may have ended.
    pub fn last_block(&self) -> Option<&Block> {
        self.blocked.as_ref()
    }

    /// Returns whether the last block ends, or has ended, by itself.
    pub fn has_a_block_with_an_end(&self) -> bool {
        self.blocked.as_ref().is_some_and(|block| block.until.is_some())
    }
}

impl Borrowing {
    /// Returns everything that keeps a user from borrowing.
    pub fn refusals(self, user: &UserSessions) -> Vec<Unfit> {
        let is_blocked = self.unblocked_on.is_some_and(|day| user.blocked_on(day).is_some());
        let reasons = [
            (user.disabled, Unfit::Disabled),
            (is_blocked, Unfit::Blocked),
            (self.approval && !user.is_approved(), Unfit::Unapproved),
        ];
        reasons.into_iter().filter_map(|(holds, why)| holds.then_some(why)).collect()
    }

    /// Adds the condition that the user may borrow to a write, or a check, of the user's item.
    pub(super) fn on(self, write: Write) -> Write {
        let mut write = write;
        if let Some(day) = self.unblocked_on {
            let condition = "(attribute_not_exists(blocked) OR blocked.#lastDay < :today)";
            write = write.when(condition).name("#lastDay", "until").value(":today", day);
        }
        if self.approval {
            let condition = "(verified = :yes OR approved = :yes OR #borrowersRole <> :member)";
            write = write.when(condition).name("#borrowersRole", "role").value(":member", Role::Member);
            write = write.value(":yes", true);
        }
        write
    }
}

/// Adds the condition that the user is in that group to a write, or a check, of the user's item.
pub(crate) fn if_in_group(write: Write, group: &Group) -> Write {
    let is_default = *group == Group::default();
    let condition = if is_default { "(attribute_not_exists(#in) OR #in = :in)" } else { "#in = :in" };
    write.when(condition).name("#in", "group").value(":in", group)
}

impl Sessions {
    /// Returns the check that refuses a transaction if that reader is blocked on a day, or does not exist any more.
    pub(crate) fn check_unblocked(&self, reader: UserId, day: Day) -> Write {
        Borrowing { approval: false, unblocked_on: Some(day) }.on(self.check_exists(reader))
    }

    /// Returns the same check, which also refuses if the reader is in another group.
    pub(crate) fn check_unblocked_in(&self, reader: UserId, group: &Group, day: Day) -> Write {
        if_in_group(self.check_unblocked(reader, day), group)
    }

    /// Returns the check that refuses a transaction if that reader, who is not the actor, may not borrow.
    pub(crate) fn check_borrower(&self, reader: UserId, needs: Borrowing) -> Write {
        let check = self.table.check(Key::of(UserKey(reader))).when("attribute_exists(sessions)");
        needs.on(check.when("attribute_not_exists(disabled)"))
    }
}
