//! Undoing an import of readers: they go again, but for those who have chosen a password, reserved or borrowed, or who have got a role.
//!
//! The import takes no more parts from the first call on, as with books. Each reader is taken out in one transaction, whose conditions are
//! what makes a reader go; it counts them. Their cards are free at once: nobody has used them.

use std::collections::HashMap;

use crate::tables::accounts::user::{Record, UserKey};
use crate::tables::accounts::{Accounts, User};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::Key;
use crate::tables::library::imports::judge::member_id;
use crate::tables::library::imports::undo::{Kept, Step, Undoing};
use crate::tables::sessions::{Needs, UserSessions, epoch_is, if_member};
use crate::tables::table::Consistency::Strong;
use crate::tables::table::readable;
use crate::tables::write::Committed;
use crate::values::{Group, ImportId, UserId};

/// The most rows that a call looks at: some seconds of a busy laptop.
const MOST_ROWS: u64 = 500;
/// How many readers are read at once, two items each.
const AT_ONCE: usize = 50;

impl Accounts {
    /// Takes readers of an import out of the library again: those who have not chosen a password, reserved or borrowed. A call does a part
    /// of the work; the next one goes on. `None` if there is no such import.
    ///
    /// # Errors
    /// A fault of the tables. Who was taken out before it stays out.
    pub async fn undo_import(&self, owner: UserId, id: ImportId, actor: &Actor) -> Result<Option<Undoing>> {
        let (mut rows, mut next) = (0, self.library.begin_undo(owner, id).await?);
        while let Some(import) = next {
            match self.library.step_of_undo(import, rows >= MOST_ROWS, actor.at).await? {
                Step::Over(undoing) => return Ok(Some(undoing)),
                Step::AllParts(_) => return self.library.end_undo(owner, id).await,
                Step::Part(number, part) => {
                    let mut kept = Kept::default();
                    for attempt in part.attempts() {
                        let readers: Vec<UserId> = part.numbers().map(|row| member_id(attempt, row)).collect();
                        for some in readers.chunks(AT_ONCE) {
                            kept = kept.and(self.take_out(owner, id, some, actor).await?);
                        }
                    }
                    rows += part.weight();
                    next = self.library.part_is_undone(owner, id, number, kept).await?;
                }
            }
        }
        Ok(None)
    }

    /// Takes those of the readers out who have done nothing. Returns how many stay.
    async fn take_out(&self, owner: UserId, id: ImportId, readers: &[UserId], actor: &Actor) -> Result<Kept> {
        let (mut retry, mut kept) = (self.retry(), Kept::default());
        let mut rest = readers.to_vec();
        while !rest.is_empty() {
            let (found, standings) = self.read_members(&rest).await?;
            let borrowed = self.library.have_borrowed(&found.iter().map(|user| user.id).collect::<Vec<_>>()).await?;
            rest.clear();
            for user in found {
                let Some(standing) = standings.get(&user.id) else { continue };
                // A librarian stands in a list, by which the last one stays.
                if standing.has_chosen_a_password() || standing.role.is_desk() {
                    kept.signed_in += 1;
                } else if borrowed.contains(&user.id) {
                    kept.reserved += 1;
                } else if !self.remove_member(owner, id, &user, &standing.group, actor).await? {
                    rest.push(user.id);
                }
            }
            if !rest.is_empty() {
                // Somebody has done something for them in between, or another request is faster.
                retry.again_or_busy().await?;
            }
        }
        Ok(kept)
    }

    async fn read_members(&self, readers: &[UserId]) -> Result<(Vec<User>, HashMap<UserId, UserSessions>)> {
        let keys = readers.iter().map(|reader| Key::of(UserKey(*reader))).collect();
        let users = self.table.get_batch(keys, Strong).await?;
        let users = users.into_iter().filter_map(readable::<Record>).map(User::from).collect();
        Ok((users, self.sessions.get_all(readers, Strong).await?))
    }

    /// Takes a reader out in one transaction. Returns false if something is not as it was read.
    async fn remove_member(
        &self,
        owner: UserId,
        id: ImportId,
        user: &User,
        group: &Group,
        actor: &Actor,
    ) -> Result<bool> {
        let mut transaction = self.sessions.transaction(&actor.on_what_is_of(owner, Needs::Librarian));
        transaction.add_all([
            if_member(epoch_is(self.sessions.delete(user.id, group), None)),
            self.delete_user(user),
            self.discard_reset(user.id),
            self.library.check_no_loans(user.id),
            self.journal.put(actor, Entry::of_user(Action::Deleted, user.id)),
        ]);
        self.move_names(&mut transaction, Some(user), None, None, actor);
        self.free_card(&mut transaction, user);
        transaction.add_all(user.source.as_ref().map(|source| self.library.release_source(source)));
        self.library.move_member(&mut transaction, group, &Group::default());
        self.library.count_removed(&mut transaction, owner, id, 1);
        Ok(matches!(transaction.commit().await?, Committed::Done))
    }
}
