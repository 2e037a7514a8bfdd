//! Pictures of users, in the Accounts table.
//!
//! | question              | key       | call            | units              |
//! |-----------------------|-----------|-----------------|--------------------|
//! | a user's picture      | picture#u | GetItem         | ½ R each 4 KB      |
//! | set or remove it      | picture#u | one transaction | 2 W each KB, + 4 W |

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};

use super::Accounts;
use crate::tables::fault::Result;
use crate::tables::journal::{Action, Actor, Entry};
use crate::tables::key::{Item, Key, item, key};
use crate::tables::table::Consistency::Eventual;
use crate::tables::table::to_value;
use crate::tables::write::Write;
use crate::values::UserId;

/// A picture of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The encoded image.
    pub bytes: Vec<u8>,
    /// A hash of the bytes; the `ETag`.
    pub tag: String,
}

impl Picture {
    /// Makes a picture of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let hash = Sha256::digest(&bytes);
        Picture { tag: hash[..12].iter().map(|byte| format!("{byte:02x}")).collect(), bytes }
    }
}

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
        let found = self.table.get_item(Key::of(PictureKey(user)), Eventual).await?;
        let bytes = found.and_then(|mut item| item.remove("bytes"));
        Ok(bytes.and_then(|bytes| bytes.as_b().ok().cloned()).map(|bytes| Picture::new(bytes.into_inner())))
    }

    /// Sets the actor's picture, or removes it if `picture` is `None`.
    ///
    /// # Errors
    /// A fault of the tables.
    pub async fn set_picture(&self, picture: Option<&Picture>, actor: &Actor) -> Result<()> {
        let change = match picture {
            Some(picture) => self.table.put_item(picture_item(actor.id, picture)),
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

fn picture_item(user: UserId, picture: &Picture) -> Item {
    // serde would write the bytes as a list of numbers.
    let bytes = AttributeValue::B(Blob::new(picture.bytes.clone()));
    item([("pk", to_value(PictureKey(user))), ("bytes", bytes)])
}
