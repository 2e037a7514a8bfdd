//! Rows of the journal: the actor, the action, what it concerns, and the letter to send.
//!
//! | question          | key      | call                                   | units |
//! |-------------------|----------|----------------------------------------|-------|
//! | record an action  | entry#id | a Put in the transaction of the action | +2 W  |
//! | record a look     | entry#id | PutItem                                | 1 W   |
//!
//! An action and its row are written in one transaction: no letter is sent for an action that failed, and no letter is
//! lost. A row is put without the keys of the table's indexes. Dispatch adds them later, so that no request waits for
//! them.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::letter::Letter;
use super::{Actor, Journal};
use crate::tables::fault::{Fault, Result};
use crate::tables::key::key;
use crate::tables::library::lending::lend::Despite;
use crate::tables::write::Write;
use crate::values::{Address, BookId, ImportId, ReservationId, Title, UserId};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Action {
    /// Registered.
    #[serde(rename = "user.registered")]
    Registered,
    /// Added a reader at the desk, or from a file.
    #[serde(rename = "user.added")]
    Added,
    /// Signed in.
    #[serde(rename = "user.signedIn")]
    SignedIn,
    /// Ended sessions.
    #[serde(rename = "user.signedOut")]
    SignedOut,
    /// A refresh token was used twice, so somebody has a copy of it. The session was ended.
    #[serde(rename = "user.sessionStolen")]
    SessionStolen,
    /// Used a refresh token again that was just spent, and got the newest one: another tab, or an answer that was lost.
    #[serde(rename = "user.refreshedAgain")]
    RefreshedAgain,
    /// Proved that the email address is theirs.
    #[serde(rename = "user.emailVerified")]
    EmailVerified,
    /// Asked for a letter that proves the email address.
    #[serde(rename = "user.verificationRequested")]
    VerificationRequested,
    /// Asked for another email address.
    #[serde(rename = "user.emailChangeRequested")]
    EmailChangeRequested,
    /// Proved that another email address is theirs. It has taken the place of the old one.
    #[serde(rename = "user.emailChanged")]
    EmailChanged,
    /// Somebody requested a reset of the password.
    #[serde(rename = "user.resetRequested")]
    ResetRequested,
    /// Issued a code with which a reader chooses a password.
    #[serde(rename = "user.codeIssued")]
    CodeIssued,
    /// Changed the password.
    #[serde(rename = "user.passwordChanged")]
    PasswordChanged,
    /// Reset the password with the token of a letter.
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
    /// Changed a user's role, group or approval, or disabled or enabled the user.
    #[serde(rename = "user.roleChanged")]
    RoleChanged,
    /// Changed the rules of the library.
    #[serde(rename = "rules.changed")]
    RulesChanged,
    /// The library wrote to a reader about overdue books.
    #[serde(rename = "user.reminded")]
    Reminded,
    /// Gave a user a card, or took it away.
    #[serde(rename = "user.cardChanged")]
    CardChanged,
    /// Blocked a user, who may not borrow.
    #[serde(rename = "user.blocked")]
    Blocked,
    /// Lifted a user's block.
    #[serde(rename = "user.unblocked")]
    Unblocked,
    /// Fetched the own data as a file.
    #[serde(rename = "user.dataFetched")]
    DataFetched,
    /// Deleted the account.
    #[serde(rename = "user.deleted")]
    Deleted,
    /// Somebody of the desk looked at the record of a reader.
    #[serde(rename = "user.looked")]
    Looked,
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
    /// Changed or removed the cover of a book.
    #[serde(rename = "book.coverChanged")]
    CoverChanged,
    /// Deleted a book.
    #[serde(rename = "book.deleted")]
    BookDeleted,
    /// Moved a book to the archive.
    #[serde(rename = "book.archived")]
    BookArchived,
    /// Moved a book from the archive back to the catalogue.
    #[serde(rename = "book.restored")]
    BookRestored,
    /// Added books from a file.
    #[serde(rename = "books.imported")]
    BooksImported,
    /// Undid an import: took books of it out of the library again.
    #[serde(rename = "import.undone")]
    ImportUndone,
    /// Finished an import of readers: who has an email address gets the first letter.
    #[serde(rename = "import.finished")]
    ImportFinished,
    /// The library let a reader who came from a file choose a password.
    #[serde(rename = "user.invited")]
    Invited,
    /// Reserved a book, and got a copy or a place in the queue.
    #[serde(rename = "book.reserved")]
    BookReserved,
    /// Checked out a ready copy.
    #[serde(rename = "book.checkedOut")]
    BookCheckedOut,
    /// Lent a book at the desk, to a reader who stood there.
    #[serde(rename = "book.lent")]
    BookLent,
    /// Undid a loan.
    #[serde(rename = "loan.undone")]
    LoanUndone,
    /// A copy is lost: it will not come back.
    #[serde(rename = "book.lost")]
    BookLost,
    /// Undid a return.
    #[serde(rename = "return.undone")]
    ReturnUndone,
    /// Undid a renewal.
    #[serde(rename = "renewal.undone")]
    RenewalUndone,
    /// Undid the putting aside of a copy: it stands on its own shelf again.
    #[serde(rename = "putAside.undone")]
    PutAsideUndone,
    /// The reader's ready copy was lent to somebody else. The reader is the first in the queue again.
    #[serde(rename = "reservation.displaced")]
    ReservationDisplaced,
    /// Put a ready copy aside for its reader.
    #[serde(rename = "book.putAside")]
    BookPutAside,
    /// Put a copy that nobody waits for any more back on its shelf.
    #[serde(rename = "book.putBack")]
    BookPutBack,
    /// The due day of a loan has passed.
    #[serde(rename = "book.overdue")]
    BookOverdue,
    /// Returned a copy.
    #[serde(rename = "book.returned")]
    BookReturned,
    /// The reader's loan is due soon.
    #[serde(rename = "book.dueSoon")]
    BookDueSoon,
    /// A copy became ready for the first reader in the queue.
    #[serde(rename = "reservation.ready")]
    ReservationReady,
    /// Cancelled a reservation.
    #[serde(rename = "reservation.cancelled")]
    ReservationCancelled,
    /// The reader did not collect a copy in time.
    #[serde(rename = "reservation.lapsed")]
    ReservationLapsed,
    /// Renewed a loan.
    #[serde(rename = "reservation.renewed")]
    ReservationRenewed,
}

impl Action {
    /// Returns whether it may change by which words a book is found.
    pub fn changes_words(self) -> bool {
        use Action::*;
        matches!(
            self,
            BookAdded | BookChanged | BookDeleted | BookArchived | BookRestored | BooksImported | ImportUndone
        )
    }

    /// Returns whether monitors receive it. Actions on books are live, and actions on users and favorites are private.
    pub fn is_live(self) -> bool {
        use Action::*;
        match self {
            BookAdded | BookChanged | BookDeleted | BookArchived | BookRestored | BookReserved | BookCheckedOut
            | BookLent | LoanUndone | BookLost | ReturnUndone | RenewalUndone | PutAsideUndone
            | ReservationDisplaced | BookPutAside | BookPutBack | BookOverdue | BookReturned | BookDueSoon
            | ReservationReady | ReservationCancelled | ReservationLapsed | ReservationRenewed => true,
            Registered
            | Added
            | CodeIssued
            | SignedIn
            | SignedOut
            | SessionStolen
            | RefreshedAgain
            | EmailVerified
            | VerificationRequested
            | EmailChangeRequested
            | EmailChanged
            | ResetRequested
            | PasswordChanged
            | PasswordReset
            | Changed
            | Renamed
            | PictureChanged
            | CoverChanged
            | RoleChanged
            | RulesChanged
            | Reminded
            | CardChanged
            | Blocked
            | Unblocked
            | DataFetched
            | Deleted
            | Looked
            | FavoriteAdded
            | FavoriteRemoved
            // A file of a thousand books is no news for a monitor.
            | BooksImported
            | ImportUndone
            | ImportFinished
            | Invited => false,
        }
    }
}

/// The book that an action concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookName {
    /// Its id.
    pub id: BookId,
    /// Its title at that time, if the request read the book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// In a row: what the desk lent it in spite of. It is stored with the book because every index copies the book, and the
    /// projection of an index cannot be changed. Answers have it beside the book.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(ignore)]
    pub(crate) despite: Vec<Despite>,
}

impl BookName {
    /// Makes the name of a book.
    pub fn new(id: BookId, title: Option<Title>) -> Self {
        BookName { id, title, despite: Vec::new() }
    }
}

/// Several books, in few bytes: a row of forty must be smaller than 1 KB. The ids of an import's transaction begin with the same six
/// bytes, their millisecond. So the text is these and then, of each id, the other ten, in base64url.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManyBooks(pub Vec<BookId>);

impl ManyBooks {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the books of a text.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text).ok()?;
        let (millisecond, rest) = bytes.split_at_checked(6)?;
        let ids = rest.chunks_exact(10);
        let rest = ids.remainder();
        let id = |own: &[u8]| <[u8; 16]>::try_from([millisecond, own].concat()).ok().map(BookId::from);
        ids.map(id).collect::<Option<_>>().filter(|_| rest.is_empty()).map(ManyBooks)
    }
}

impl Serialize for ManyBooks {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let millisecond = self.0.first().map(|book| &book.as_bytes()[..6]).unwrap_or_default();
        if self.0.iter().any(|book| &book.as_bytes()[..6] != millisecond) {
            return Err(ser::Error::custom("the books are not of one millisecond"));
        }
        let own = self.0.iter().flat_map(|book| &book.as_bytes()[6..]);
        serializer.serialize_str(&BASE64.encode(millisecond.iter().chain(own).copied().collect::<Vec<u8>>()))
    }
}

impl<'de> Deserialize<'de> for ManyBooks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        ManyBooks::read(&text).ok_or_else(|| de::Error::custom("should be the ids of books"))
    }
}

/// The content of a row without its actor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What was done.
    pub what: Action,
    /// The user that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<UserId>,
    /// The book that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<BookName>,
    /// The books that it concerns, if they are several.
    #[serde(default, skip_serializing_if = "ManyBooks::is_empty")]
    pub books: ManyBooks,
    /// The reservation that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationId>,
    /// The reader's place in the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// The import that it concerns. No index has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// The letter to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
}

impl Entry {
    /// Makes the entry of an action on a user.
    pub fn of_user(what: Action, whom: UserId) -> Self {
        let books = ManyBooks::default();
        Entry { what, whom: Some(whom), book: None, books, reservation: None, place: None, import: None, letter: None }
    }

    /// Makes the entry of an action on several books.
    pub fn of_books(what: Action, books: Vec<BookId>) -> Self {
        Entry {
            what,
            whom: None,
            book: None,
            books: ManyBooks(books),
            reservation: None,
            place: None,
            import: None,
            letter: None,
        }
    }

    /// Makes the entry of an action on a book.
    pub fn of_book(what: Action, id: BookId, title: Option<Title>) -> Self {
        let book = Some(BookName::new(id, title));
        Entry {
            what,
            whom: None,
            book,
            books: ManyBooks::default(),
            reservation: None,
            place: None,
            import: None,
            letter: None,
        }
    }

    /// Makes the entry of the end of an import of readers. It concerns who began it.
    pub fn of_finished_import(owner: UserId, import: ImportId) -> Self {
        Entry { import: Some(import), ..Entry::of_user(Action::ImportFinished, owner) }
    }

    /// Says what the desk lent the book in spite of.
    pub fn in_spite_of(mut self, despite: Vec<Despite>) -> Self {
        if let Some(book) = &mut self.book {
            book.despite = despite;
        }
        self
    }

    /// Sets the letter.
    pub fn with_letter(self, letter: Option<Letter>) -> Self {
        Entry { letter, ..self }
    }
}

/// A row as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub(super) pk: RowKey,
    /// The actor.
    pub who: UserId,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// The actor's network address.
    pub from: Address,
    /// The content.
    #[serde(flatten)]
    pub entry: Entry,
    /// Seconds since 1970.
    pub(super) expires_at: i64,
}

key!(
    /// The key of a row.
    RowKey(Uuid) = "entry#"
);

impl Row {
    /// Reads a row from a record of the table's stream, which has DynamoDB's JSON (`{"pk": {"S": …}, …}`).
    ///
    /// # Errors
    /// If it is not a row.
    pub fn read(image: serde_json::Value) -> Result<Self> {
        let image: serde_dynamo::Item = serde_json::from_value(image).map_err(|error| Fault::Broken(error.into()))?;
        Ok(serde_dynamo::from_item(image)?)
    }

    /// Returns the id of the row and of its letter.
    pub fn id(&self) -> Uuid {
        self.pk.0
    }
}

/// How long rows about lending are stored at most, and those with a letter about books: they say who has read what.
const LENDING_RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Returns whether a row about that reservation, if it is about one, is too old to be shown. DynamoDB deletes it days later.
pub(super) fn is_private_now(reservation: Option<ReservationId>, at: Timestamp, now: Timestamp) -> bool {
    reservation.is_some() && at + LENDING_RETENTION <= now
}

impl Journal {
    /// Returns the write that records an action.
    pub(crate) fn put(&self, actor: &Actor, entry: Entry) -> Write {
        self.put_row(self.table.random.uuid(actor.at), actor, entry)
    }

    /// Records that somebody of the desk has looked at a reader's record: once in each ten minutes of the clock for both. So one
    /// write is enough, without a read; a visit that goes from one such span into the next has two rows.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn looked(&self, actor: &Actor, reader: UserId) -> Result<()> {
        let span = actor.at.as_second().div_euclid(LOOKS_WITHIN.as_secs());
        // Who looks again within the span makes the same row.
        let of = [&actor.id.as_bytes()[..], reader.as_bytes(), &span.to_be_bytes()];
        self.put_once(of, actor, Entry::of_user(Action::Looked, reader)).send().await.map(drop)
    }

    /// Returns the write that records something once: its id follows from what it is of.
    pub(crate) fn put_once<const N: usize>(&self, of: [&[u8]; N], actor: &Actor, entry: Entry) -> Write {
        let hash: [u8; 32] = of.into_iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into();
        let id = uuid::Builder::from_custom_bytes(*hash.first_chunk().expect("it has 32 bytes")).into_uuid();
        self.put_row(id, actor, entry)
    }

    fn put_row(&self, id: Uuid, actor: &Actor, entry: Entry) -> Write {
        let names_books = entry.letter.as_ref().is_some_and(|letter| letter.subject.is_about_a_book());
        let is_private = entry.reservation.is_some() || names_books;
        let retention = if is_private { self.retention.min(LENDING_RETENTION) } else { self.retention };
        let row = Row {
            pk: RowKey(id),
            who: actor.id,
            at: actor.at,
            from: actor.from.clone(),
            entry,
            expires_at: (actor.at + retention).as_second(),
        };
        self.table.put(&row).if_new()
    }
}

/// How long a look at a record is not recorded again.
const LOOKS_WITHIN: SignedDuration = SignedDuration::from_mins(10);
