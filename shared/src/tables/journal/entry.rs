//! Rows of the journal: who did what, when, from where, and the letter that goes out for it.
//!
//! | question        | key      | call                                 | units |
//! |-----------------|----------|--------------------------------------|-------|
//! | note a deed     | entry#id | a Put in the transaction of the deed | +2 W  |
//!
//! A deed and its row are there together or not at all: no letter is sent for what did not happen, none is lost for what
//! did. A row is put without the keys of the table's indexes, which are written later, where no reader waits for it.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::letter::Letter;
use crate::tables::library::book::Title;
use crate::tables::table::{Fault, Result, Table, put_new, to_item};
use crate::values::{Address, BookId, ReservationId, UserId};

/// The occasion of a deed: who, when, and from where; and the journal that it is noted in.
#[derive(Clone)]
pub struct Occasion {
    /// Names it; sorts by time.
    pub id: Uuid,
    /// Who did it.
    pub who: UserId,
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub from: Address,
    pub(crate) journal: Table,
    pub(crate) kept: SignedDuration,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Deed {
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
    /// Kept a book.
    #[serde(rename = "favorite.added")]
    FavoriteAdded,
    /// Let go of a kept book.
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

impl Deed {
    /// Whether librarians see it happen: all that concerns books, nothing that is private.
    pub fn is_live(self) -> bool {
        use Deed::*;
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

/// The book that a deed is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookName {
    /// Its id.
    pub id: BookId,
    /// Its title at that time, where who did it knew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
}

/// What a row tells besides its occasion.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What was done.
    pub what: Deed,
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
    /// The letter that goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
}

impl Entry {
    /// What was done to a user.
    pub fn of_user(what: Deed, whom: UserId) -> Self {
        Entry { what, whom: Some(whom), book: None, reservation: None, place: None, letter: None }
    }

    /// What was done to a book.
    pub fn of_book(what: Deed, id: BookId, title: Option<Title>) -> Self {
        let book = Some(BookName { id, title });
        Entry { what, whom: None, book, reservation: None, place: None, letter: None }
    }

    /// The same, with a letter if there is one to send.
    pub fn with_letter(self, letter: Option<Letter>) -> Self {
        Entry { letter, ..self }
    }
}

/// A row, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub(crate) pk: String,
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

impl Row {
    /// The row that a record of the table's stream shows, in DynamoDB's JSON (`{"pk": {"S": …}, …}`).
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(image: serde_json::Value) -> Result<Self> {
        let image: serde_dynamo::Item = serde_json::from_value(image).map_err(|error| Fault::Broken(error.into()))?;
        let row: Row = serde_dynamo::from_item(image)?;
        if row.pk.starts_with(PREFIX) { Ok(row) } else { Err(Fault::Broken("this is no row of the journal".into())) }
    }

    /// Names the row, and its letter.
    pub fn id(&self) -> Uuid {
        // Only ids go into keys.
        self.pk.strip_prefix(PREFIX).and_then(|id| id.parse().ok()).unwrap_or_default()
    }
}

const PREFIX: &str = "entry#";

pub(crate) fn key(id: Uuid) -> String {
    format!("{PREFIX}{id}")
}

impl Occasion {
    /// The write that notes what was done on this occasion.
    ///
    /// # Errors
    /// Never, unless a type's serialisation is wrong.
    pub fn note(&self, entry: Entry) -> Result<TransactWriteItem> {
        let row = Row {
            pk: key(self.id),
            who: self.who,
            at: self.at,
            from: self.from.clone(),
            entry,
            expires_at: (self.at + self.kept).as_second(),
        };
        put_new(&self.journal, to_item(&row)?)
    }

    /// A deed of the library's own on the same occasion, which concerns `who`. An occasion has one row, so this is another.
    pub(crate) fn of_the_library(&self, who: UserId) -> Result<Occasion> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|error| Fault::Broken(error.to_string().into()))?;
        let millis = u64::try_from(self.at.as_millisecond()).unwrap_or_default();
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        Ok(Occasion { id, who, from: Address::of_the_library(), ..self.clone() })
    }
}
