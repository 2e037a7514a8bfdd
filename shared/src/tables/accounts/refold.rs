//! Brings the items of earlier versions up to date.
//!
//! | question                        | key                       | call                                            | units |
//! |---------------------------------|---------------------------|-------------------------------------------------|-------|
//! | what earlier versions stored    | index users, user#u …     | Query and BatchGetItem a page; a transaction each | |

use super::Accounts;
use super::user::User;
use crate::tables::fault::Result;
use crate::tables::table::Consistency::Strong;
use crate::tables::write::{Committed, Transaction};

/// The version of what [`Accounts::refold`] writes. Whoever has it write more raises the version.
pub const ACCOUNTS_VERSION: u32 = 2;

impl Accounts {
    /// Claims the looks of usernames that earlier versions stored, and their forms as cards, moves logins that are stored in
    /// an earlier form, stores the words of names, and copies names to the Sessions table. Returns how many changes it made. Where another user has the look or the login
    /// already, both users keep their names, and the log has the second user's id.
    ///
    /// # Errors
    /// A fault of the tables. A second call goes on.
    pub async fn refold(&self) -> Result<usize> {
        let (mut changed, mut after) = (0, None);
        loop {
            let page = self.list_users(100, after.take()).await?;
            changed += self.copy_names(&page.items).await?;
            for user in page.items {
                changed += usize::from(self.store_words(&user).await?);
                if let Some(username) = &user.username {
                    changed += usize::from(self.move_login(&user, username).await?);
                    changed += usize::from(self.claim_old_look(&user, username).await?);
                    changed += usize::from(self.claim_old_form(&user).await?);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(changed);
            }
        }
    }

    /// Stores the words of a user's names, where they are missing or were folded in an earlier form.
    async fn store_words(&self, user: &User) -> Result<bool> {
        let new = user.clone().with_words();
        let mut transaction = Transaction::of([self.set_words(&new)]);
        self.move_words(&mut transaction, Some(user), Some(&new));
        Ok(new.words != user.words && matches!(transaction.commit().await?, Committed::Done))
    }

    /// Copies the names of users to the Sessions table, where they are missing. A user who changes their names meanwhile
    /// copies them.
    async fn copy_names(&self, users: &[User]) -> Result<usize> {
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        let known = self.sessions.get_all(&ids, Strong).await?;
        let mut copied = 0;
        for user in users.iter().filter(|user| known.get(&user.id).is_some_and(|known| !known.knows_person())) {
            let names = self.sessions.change(user.id).person(&user.person()).write();
            let done = Transaction::of([names, self.check_version(user)]).commit().await?;
            copied += usize::from(matches!(done, Committed::Done));
        }
        Ok(copied)
    }
}
