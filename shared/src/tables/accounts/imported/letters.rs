//! The first letters to readers who came from a file, after their import is finished.
//!
//! Dispatch carries this out step by step, from the journal's row of the end of the import: fifty letters a minute, so that ten thousand
//! readers neither use up the library's mail of a day at once nor hold up a letter about a book. The row of a letter has an id that
//! follows from the import and the reader, so nobody gets a second one, however often a step is repeated.

use crate::tables::accounts::user::{Record, UserKey};
use crate::tables::accounts::{Accounts, User};
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry, Subject};
use crate::tables::key::Key;
use crate::tables::library::imports::members::Uninvited;
use crate::tables::sessions::epoch_is;
use crate::tables::table::Consistency::Eventual;
use crate::tables::table::readable;
use crate::values::{ImportId, UserId};

/// The most letters of a step, and the rows that it looks at in one go.
const LETTERS: usize = 50;
/// The most rows of a step.
const MOST_ROWS: usize = 1_000;

impl Accounts {
    /// Writes some of the first letters to the readers of a finished import: to those who have an email address and have not chosen a
    /// password yet. Returns whether nothing is left to do. After an undo nothing is.
    ///
    /// # Errors
    /// A fault of the tables. A second call goes on.
    pub async fn invite_some(&self, owner: UserId, import: ImportId, actor: &Actor) -> Result<bool> {
        let (mut letters, mut rows) = (0, 0);
        while letters < LETTERS && rows < MOST_ROWS {
            let (readers, next) = match self.library.uninvited(owner, import, LETTERS as u64, actor.at).await? {
                Uninvited::Some(readers, next) => (readers, next),
                Uninvited::Later => return Ok(false),
                Uninvited::None => return Ok(true),
            };
            rows += LETTERS;
            let keys = readers.iter().flatten().map(|reader| Key::of(UserKey(*reader))).collect();
            let found = self.table.get_batch(keys, Eventual).await?;
            for user in found.into_iter().filter_map(readable::<Record>).map(User::from) {
                // Who has proved the address has chosen a password.
                if user.email.is_some() && !user.email_verified {
                    self.invite(&user, import, actor).await?;
                    letters += 1;
                }
            }
            if !self.library.are_invited(owner, import, next).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets a reader choose a password by a letter, once.
    async fn invite(&self, user: &User, import: ImportId, actor: &Actor) -> Result<()> {
        let nonce = self.table.random.uuid(actor.at);
        let entry = Entry::of_user(Action::Invited, user.id).with_letter(user.letter(Subject::Added { nonce }));
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all([
            // An undo may have taken the reader out, and the reader may have chosen a password.
            epoch_is(self.sessions.check_member(user.id), None),
            self.put_invitation(user, nonce, actor.at),
            self.journal.put_once([import.as_bytes(), user.id.as_bytes()], actor, entry),
        ]);
        // Refused: the reader is gone or needs no letter, or the letter is written.
        transaction.commit().await.map(drop)
    }
}
