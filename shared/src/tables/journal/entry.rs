//! Rows of the journal: who did what, when, from where, and the letter that is sent for it.
//!
//! | question          | key      | call                                   | units |
//! |-------------------|----------|----------------------------------------|-------|
//! | record an action  | entry#id | a Put in the transaction of the action | +2 W  |
//!
//! An action and its row exist together or not at all: no letter is sent for what did not happen, none is lost for what
//! did. A row is put without the keys of the table's indexes. They are written later, when no reader waits for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::letter::Letter;
use super::{Actor, Journal};
use crate::tables::fault::{Fault, Result};
use crate::tables::key::key;
use crate::tables::write::Write;
use crate::values::{Address, BookId, ReservationId, Title, UserId};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Action {
    /// Registered.
    #[serde(rename = "user.registered")]
    Registered,
    /// Signed in.
    #[serde(rename = "user.signedIn")]
    SignedIn,
    /// Ended sessions.
    #[serde(rename = "user.signedOut")]
    SignedOut,
    /// A refresh token was used twice, so somebody has a copy: the session was ended.
    #[serde(rename = "user.sessionStolen")]
    SessionStolen,
    /// Proved the address.
    #[serde(rename = "user.emailVerified")]
    EmailVerified,
    /// Somebody asked for a letter that resets the password.
    #[serde(rename = "user.resetRequested")]
    ResetRequested,
    /// Chose a new password, knowing the old one.
    #[serde(rename = "user.passwordChanged")]
    PasswordChanged,
    /// Chose a new password with a letter.
    #[serde(rename = "user.passwordReset")]
    PasswordReset,
    /// Changed the profile.
    #[serde(rename = "user.changed")]
    Changed,
    /// Changed the username.
    #[serde(rename = "user.renamed")]
    Renamed,
    /// Changed or removed the picture.
    #[serde(rename = "user.pictureChanged")]
    PictureChanged,
    /// Changed what a user may do.
    #[serde(rename = "user.roleChanged")]
    RoleChanged,
    /// Deleted the account.
    #[serde(rename = "user.deleted")]
    Deleted,
    /// Added a book to the favorites.
    #[serde(rename = "favorite.added")]
    FavoriteAdded,
    /// Removed a book from the favorites.
    #[serde(rename = "favorite.removed")]
    FavoriteRemoved,
    /// Added a book.
    #[serde(rename = "book.added")]
    BookAdded,
    /// Changed a book.
    #[serde(rename = "book.changed")]
    BookChanged,
    /// Deleted a book.
    #[serde(rename = "book.deleted")]
    BookDeleted,
    /// Moved a book to the old books.
    #[serde(rename = "book.archived")]
    BookArchived,
    /// Moved a book back from the old books.
    #[serde(rename = "book.restored")]
    BookRestored,
    /// Reserved a book: a copy of it, or a place in its queue.
    #[serde(rename = "book.reserved")]
    BookReserved,
    /// Collected a reserved copy.
    #[serde(rename = "book.checkedOut")]
    BookCheckedOut,
    /// Brought a copy back.
    #[serde(rename = "book.returned")]
    BookReturned,
    /// Has to bring a copy back soon.
    #[serde(rename = "book.dueSoon")]
    BookDueSoon,
    /// Was next in the queue when a copy came free.
    #[serde(rename = "reservation.ready")]
    ReservationReady,
    /// Gave a reservation up.
    #[serde(rename = "reservation.cancelled")]
    ReservationCancelled,
    /// Did not collect a copy in time.
    #[serde(rename = "reservation.lapsed")]
    ReservationLapsed,
    /// May keep a copy for longer.
    #[serde(rename = "reservation.renewed")]
    ReservationRenewed,
}

impl Action {
    /// Whether monitors show it: all that concerns books, nothing that is private.
    pub fn is_live(self) -> bool {
        use Action::*;
        match self {
            BookAdded | BookChanged | BookDeleted | BookArchived | BookRestored | BookReserved | BookCheckedOut
            | BookReturned | BookDueSoon | ReservationReady | ReservationCancelled | ReservationLapsed
            | ReservationRenewed => true,
            Registered | SignedIn | SignedOut | SessionStolen | EmailVerified | ResetRequested | PasswordChanged
            | PasswordReset | Changed | Renamed | PictureChanged | RoleChanged | Deleted | FavoriteAdded
            | FavoriteRemoved => false,
        }
    }
}

/// The book that an action concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookName {
    /// Its id.
    pub id: BookId,
    /// Its title at that time, if the actor's request knew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
}

/// What a row records besides its actor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What was done.
    pub what: Action,
    /// The user it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<UserId>,
    /// The book it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<BookName>,
    /// The reservation it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationId>,
    /// The place in the queue that somebody got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// The letter that is sent for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
}

impl Entry {
    /// What was done to a user.
    pub fn of_user(what: Action, whom: UserId) -> Self {
        Entry { what, whom: Some(whom), book: None, reservation: None, place: None, letter: None }
    }

    /// What was done to a book.
    pub fn of_book(what: Action, id: BookId, title: Option<Title>) -> Self {
        let book = Some(BookName { id, title });
        Entry { what, whom: None, book, reservation: None, place: None, letter: None }
    }

    /// With that letter, if there is one.
    pub fn with_letter(self, letter: Option<Letter>) -> Self {
        Entry { letter, ..self }
    }
}

/// A row, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub(super) pk: RowKey,
    /// Who did it.
    pub who: UserId,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// From which address.
    pub from: Address,
    /// What.
    #[serde(flatten)]
    pub entry: Entry,
    /// Seconds since 1970.
    expires_at: i64,
}

key!(
    /// The key of a row.
    RowKey(Uuid) = "entry#"
);

impl Row {
    /// The row in a record of the table's stream, which is in DynamoDB's JSON (`{"pk": {"S": …}, …}`).
    ///
    /// # Errors
    /// If it is not a row.
    pub fn read(image: serde_json::Value) -> Result<Self> {
        let image: serde_dynamo::Item = serde_json::from_value(image).map_err(|error| Fault::Broken(error.into()))?;
        Ok(serde_dynamo::from_item(image)?)
    }

    /// Names the row, and its letter.
    pub fn id(&self) -> Uuid {
        self.pk.0
    }
}

impl Journal {
    /// The write that records what `actor` did.
    pub(crate) fn put(&self, actor: &Actor, entry: Entry) -> Write {
        let row = Row {
            pk: RowKey(self.table.random.uuid(actor.at)),
            who: actor.id,
            at: actor.at,
            from: actor.from.clone(),
            entry,
            expires_at: (actor.at + self.retention).as_second(),
        };
        self.table.put(&row).if_new()
    }
}
