//! Pictures of users, in the Accounts table.
//!
//! | question              | key       | call            | units              |
//! |-----------------------|-----------|-----------------|--------------------|
//! | a user's picture      | picture#u | GetItem         | ½ R each 4 KB      |
//! | set or remove it      | picture#u | one transaction | 2 W each KB, + 4 W |

use super::Accounts;
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Key, item, key};
use crate::tables::picture::Picture;
use crate::tables::table::Consistency::Eventual;
use crate::tables::table::to_value;
use crate::tables::write::Write;
use crate::values::UserId;

key!(
    /// The key of a picture.
    PictureKey(UserId) = "picture#"
);

impl Accounts {
    /// Reads the picture of a user, if they have set one.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_picture(&self, user: UserId) -> Result<Option<Picture>> {
        Ok(self.table.get_item(Key::of(PictureKey(user)), Eventual).await?.and_then(Picture::of))
    }

    /// Sets the actor's picture, or removes it if `picture` is `None`.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn set_picture(&self, picture: Option<&Picture>, actor: &Actor) -> Result<()> {
        let change = match picture {
            Some(picture) => self.table.put_item(item([("pk", to_value(PictureKey(actor.id))), picture.attribute()])),
            None => self.delete_picture(actor.id),
        };
        let entry = self.journal.put(actor, Entry::of_user(Action::PictureChanged, actor.id));
        let mut transaction = self.sessions.transaction(actor);
        transaction.add_all([change, entry]);
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the write that removes a picture.
    pub(super) fn delete_picture(&self, user: UserId) -> Write {
        self.table.delete(Key::of(PictureKey(user)))
    }
}
