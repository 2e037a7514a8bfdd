//! Pictures of users, in the Accounts table.
//!
//! | question             | key       | call                            | units   |
//! |----------------------|-----------|---------------------------------|---------|
//! | a user's picture     | picture#u | GetItem                         | ½ R each 4 KB |
//! | put it, remove it    | picture#u | one transaction                 | 2 W each KB, + 4 W |

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};
use sha2::{Digest, Sha256};

use super::user::still_there;
use crate::tables::journal::{Deed, Entry, Occasion};
use crate::tables::table::{Item, Result, Table, Transacted, string, transact};
use crate::values::UserId;

/// A picture, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The encoded image.
    pub bytes: Vec<u8>,
    /// Names these very bytes.
    pub tag: String,
}

impl Picture {
    /// A picture of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let hash = Sha256::digest(&bytes);
        Picture { tag: hash[..12].iter().map(|byte| format!("{byte:02x}")).collect(), bytes }
    }
}

fn key(user: UserId) -> String {
    format!("picture#{user}")
}

/// The picture of a user, if they have given one.
///
/// # Errors
/// When the table cannot be read.
pub async fn get(table: &Table, user: UserId) -> Result<Option<Picture>> {
    let found = table.client.get_item().table_name(&*table.name).key("pk", string(key(user))).send().await?;
    let bytes = found.item.and_then(|mut item| item.remove("bytes"));
    Ok(bytes.and_then(|bytes| bytes.as_b().ok().cloned()).map(|bytes| Picture::new(bytes.into_inner())))
}

/// Stores or removes the caller's picture. False where the account is gone.
///
/// # Errors
/// When the table cannot be written.
pub async fn set(table: &Table, picture: Option<&Picture>, occasion: &Occasion) -> Result<bool> {
    let user = occasion.who;
    let change = match picture {
        Some(picture) => {
            let bytes = AttributeValue::B(Blob::new(picture.bytes.clone()));
            let item = Item::from([("pk".to_owned(), string(key(user))), ("bytes".to_owned(), bytes)]);
            let put = Put::builder().table_name(&*table.name).set_item(Some(item)).build()?;
            TransactWriteItem::builder().put(put).build()
        }
        None => delete(table, user)?,
    };
    let items = vec![change, still_there(table, user)?, occasion.note(Entry::of_user(Deed::PictureChanged, user))?];
    Ok(matches!(transact(&table.client, items).await?, Transacted::Done))
}

/// The write that removes a picture.
pub(crate) fn delete(table: &Table, user: UserId) -> Result<TransactWriteItem> {
    let delete = Delete::builder().table_name(&*table.name).key("pk", string(key(user))).build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}
