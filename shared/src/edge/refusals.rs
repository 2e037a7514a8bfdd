//! All refusals. Each has a code for programs and a sentence for people.
//!
//! A handler returns `Err(Conflict::OthersWait.into())`. The problem document has the code, and the contract lists the
//! codes of each operation. A code never changes; a sentence may change.

use http::StatusCode;
use serde::{Serialize, Serializer};

use crate::edge::error::Error;

/// A kind of refusal: all refusals with the same status.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The status.
    pub status: StatusCode,
    /// The last part of the problem's `type`: `/problems/conflict`.
    pub slug: &'static str,
    /// The problem's `title`.
    pub title: &'static str,
    /// The description of the status in the contract.
    pub description: &'static str,
}

/// A reason to refuse a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The kind: status, slug and title.
    pub kind: &'static Kind,
    /// The problem's `code`. No two refusals share one.
    pub code: &'static str,
    /// The problem's `detail`.
    pub sentence: &'static str,
}

/// Declares the kinds of refusals, each an enum, and [`ALL`].
macro_rules! refusals {
    ($($kind:ident = $status:ident, $slug:literal, $title:literal, $description:literal {
        $($name:ident = $code:literal: $sentence:literal,)+
    })+) => {
        $(
            #[doc = $description]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $kind {
                $(#[doc = concat!("`", $code, "`")] $name,)+
            }

            impl $kind {
                const KIND: Kind =
                    Kind { status: StatusCode::$status, slug: $slug, title: $title, description: $description };

                /// Returns the refusal with its code and sentence.
                pub const fn refusal(self) -> Refusal {
                    match self {
                        $($kind::$name => Refusal { kind: &Self::KIND, code: $code, sentence: $sentence },)+
                    }
                }
            }

            impl From<$kind> for Error {
                fn from(reason: $kind) -> Self {
                    Error::Refused(reason.refusal())
                }
            }

            impl Serialize for $kind {
                /// Serialises the code, because an operation lists its refusals by their codes in the contract.
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.refusal().code)
                }
            }
        )+

        /// All refusals.
        pub const ALL: &[Refusal] = &[$($($kind::$name.refusal(),)+)+];
    };
}

refusals! {
    Invalid = BAD_REQUEST, "invalid-input", "The request is not valid", "The request is not valid; `errors` names what." {
        Input = "invalid-input": "The request is not valid; `errors` names what.",
    }
    Unauthenticated = UNAUTHORIZED, "unauthenticated", "Not signed in", "The caller is not signed in." {
        NoToken = "no-token": "Send an access token: Authorization: Bearer <token>.",
        TokenInvalid = "token-invalid": "The access token is not valid. Get a new one.",
        TokenExpired = "token-expired": "The access token has expired. Refresh it.",
        SessionEnded = "session-ended": "This session has ended. Sign in again.",
        AccountGone = "account-gone": "This account has been deleted.",
        WrongCredentials = "wrong-credentials": "The email, username, card or password is wrong.",
        NoRefreshToken = "no-refresh-token": "Send a refresh token, in the body or in its cookie.",
        RefreshTokenInvalid = "refresh-token-invalid": "This refresh token is not valid any more. Sign in again.",
        NoTicket = "no-ticket": "Connect with a ticket from POST /live/tickets.",
    }
    Forbidden = FORBIDDEN, "forbidden", "Forbidden", "You do not have permission for this." {
        LibrariansOnly = "librarians-only": "Only librarians may do this.",
        DeskOnly = "desk-only": "Only librarians and assistants may do this.",
        LibrariansChangeRoles = "librarians-change-roles": "Only librarians change roles, and disable users.",
        NotYourBook = "not-your-book": "Only the book's owner and librarians may do this.",
        LibrariansAddBooks = "librarians-add-books": "Only librarians may add books in this library.",
        UnverifiedAddress = "unverified-address":
            "Confirm your email address first: follow the link in its letter. Or ask a librarian to approve your account.",
        WrongPassword = "wrong-password": "The password is wrong.",
        OtherAccount = "other-account":
            "This link belongs to another account. Sign in to that account, then confirm.",
        ForeignOrigin = "foreign-origin": "Pages of this origin may not do this.",
        UnknownApiKey = "unknown-api-key":
            "The API key in X-Api-Key is unknown, or missing. Send the key of your frontend.",
        Refused = "refused": "The firewall of this API refuses the request.",
    }
    NotFound = NOT_FOUND, "not-found", "Not found", "The resource does not exist." {
        Route = "no-such-route":
            "There is no such route. The path, the method, or the stage /v1 may be wrong.",
        Book = "no-such-book": "There is no such book.",
        BookOfYours = "no-such-book-of-yours": "None of your books has this title.",
        User = "no-such-user": "There is no such user.",
        Favorite = "no-such-favorite": "This book is not one of your favorites.",
        Reservation = "no-such-reservation": "There is no such reservation.",
        Barcode = "no-such-barcode": "This book has no such barcode.",
        Loan = "no-such-loan": "You have no such past loan.",
        Session = "no-such-session": "You have no such session.",
        Code = "unknown-code": "No book has this code.",
        Record = "no-such-record": "No catalogue that this library asks has a book with this ISBN.",
        LookUpOff = "look-up-off": "This library asks no other catalogue.",
        File = "no-such-file": "There is no such file.",
        Import = "no-such-import": "You have no such import.",
        Cover = "no-cover": "This book has no cover.",
        Switch = "no-such-switch": "This link is not valid any more. Choose your letters in your account.",
    }
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed",
        "The path does not have this method." {
        Method = "method-not-allowed": "This path does not have this method. The Allow header lists its methods.",
    }
    Conflict = CONFLICT, "conflict", "Conflict", "The current state does not allow this." {
        UsernameTaken = "username-taken": "Another user has this username, or one that looks the same.",
        EmailTaken = "email-taken": "Another user has registered with this email.",
        NoEmail = "no-email": "This account has no email address. Set one with PUT /users/me/email.",
        LastLibrarian = "last-librarian":
            "You are the last librarian. Make somebody else a librarian first.",
        OwnAccount = "own-account": "You cannot do this to your own account. Ask another librarian.",
        OfTheDesk = "of-the-desk": "Librarians and assistants choose their password and their email themselves.",
        HasEmail = "has-email": "This reader has an email address. A letter lets them choose a password.",
        Nameless = "nameless": "This reader has no name to sign in with. Give them a card first.",
        BooksAtHome = "books-at-home": "Books are still checked out to this account. Return them first.",
        IsbnTaken = "isbn-taken": "Another book has this ISBN.",
        IsbnArchived = "isbn-archived":
            "A book of the archive has this ISBN. Find it with GET /archive/books?isbn=, and restore it.",
        BarcodeTaken = "barcode-taken": "This number is on a copy of another book.",
        CardTaken = "card-taken": "This number is on a reader's card.",
        TooManyBarcodes = "too-many-barcodes": "A book can have at most a hundred barcodes.",
        BookInUse = "book-in-use": "Copies of this book are reserved or checked out.",
        SeveralBooks = "several-books": "Several of your books have this title. Delete the book by its id.",
        AlreadyReserved = "already-reserved": "You have reserved or borrowed this book already.",
        TooManyReservations = "too-many-reservations":
            "You have as many reservations as the library's rules allow.",
        NotReady = "not-ready": "No copy is ready for this reservation yet. Other readers are before you in the queue.",
        NotCheckedOut = "not-checked-out": "The reader has not collected the copy yet.",
        CheckedOut = "checked-out": "The copy is checked out. Return it first.",
        Returned = "returned": "The copy has been returned already.",
        Cancelled = "cancelled": "This reservation has been cancelled.",
        Lapsed = "lapsed": "This reservation has lapsed. The copy was not collected in time.",
        Lost = "lost": "The copy is lost.",
        AlreadyHeld = "already-held": "The reader has reserved or borrowed this book already.",
        NoCopyFree = "no-copy-free": "Every copy is out. `candidates` are the loans.",
        AllAside = "all-aside":
            "Every promised copy is put aside. Choose one of `candidates`, and send its reservation as `instead`.",
        Limit = "limit": "The reader has as many books out as the library's rules allow.",
        NotApproved = "not-approved": "The reader has neither confirmed an email address nor been approved.",
        ReaderDisabled = "reader-disabled": "The reader's account is disabled.",
        BookArchived = "book-archived": "The book is in the archive. Restore it first.",
        Ambiguous = "ambiguous": "Several readers have a copy. Choose one of `candidates`, and send its `reader`.",
        NotThisReader = "not-this-reader": "This reader does not have the book. `candidates` have it.",
        UndoTooLate = "undo-too-late": "This was more than ten minutes ago, and stays.",
        UndoNotYours = "undo-not-yours": "Somebody else did this. Only they can undo it.",
        NothingToUndo = "nothing-to-undo": "The last step of this reservation cannot be undone: only a loan, a return, a renewal, or a copy that was put aside.",
        AlreadyPromised = "already-promised": "The copy has been promised to the next reader already.",
        Undone = "undone": "This loan was undone.",
        Blocked = "blocked": "This account is blocked, and may not borrow. Ask at the desk.",
        OthersWait = "others-wait": "Other readers are waiting for this book.",
        NoRenewalsLeft = "no-renewals-left": "This loan has been renewed as often as the library's rules allow.",
        PartAhead = "part-ahead": "An earlier part is missing. GET /imports/{importId} says which one is next.",
        PartDiffers = "part-differs": "This part was sent before, with other bytes.",
        PartTriedTooOften = "part-tried-too-often":
            "Forty requests have sent this part, and none came to its end. Begin a new import: the rows that came in are skipped.",
        ImportFinished = "import-finished": "This import is finished, and takes no more parts.",
        ImportUndone = "import-undone": "This import was undone, and takes no more parts. Begin a new one.",
        TooEarly = "too-early": "The due day would not be later. Renew on another day.",
    }
    Stale = PRECONDITION_FAILED, "stale", "The resource has changed",
        "If-Match or If-None-Match excludes the version of the resource." {
        Version = "stale": "The resource has changed. Get its current version and try again.",
    }
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "The request is too large", "The body is too large." {
        Body = "too-large":
            "The body is too large. The most is 5 MiB for a picture, 1 MiB for a part of an import, 256 KiB for the library's rules, 4 KiB for sign-in and for an account's password, \
             username and email, and 64 KiB for all else.",
    }
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type",
        "The operation does not accept this media type." {
        Json = "json-expected": "Send the body as application/json.",
        Encoded = "encoded-body": "Send the body as it is, without a Content-Encoding: compressed bodies are not read.",
        Bytes = "bytes-expected": "Send the body as application/octet-stream: the bytes of the file as they are.",
        Image = "image-expected": "Send the body as image/jpeg, image/png or image/webp.",
    }
    KeyReused = UNPROCESSABLE_ENTITY, "key-reused", "The Idempotency-Key is taken",
        "Another request has used the Idempotency-Key." {
        Key = "key-reused": "Another request has used this Idempotency-Key. Use a new key.",
    }
    TooMany = TOO_MANY_REQUESTS, "too-many-requests", "Too many requests",
        "Too many requests; `Retry-After` says how long to wait." {
        Requests = "too-many-requests": "Too many requests. The Retry-After header says how long to wait.",
        DataFetched = "data-fetched": "Your data were fetched within the last hour. The Retry-After header says how long to wait.",
        QuotaUsedUp = "quota-used-up": "The quota of this frontend's API key is used up.",
    }
    Internal = INTERNAL_SERVER_ERROR, "internal", "Internal error", "Something went wrong on our side." {
        Fault = "internal": "Something went wrong on our side. The request id helps us to find the cause.",
    }
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable",
        "Temporarily unavailable; `Retry-After` says how long to wait." {
        Busy = "unavailable": "Try again in a moment.",
        CataloguesAway = "catalogues-away": "No other catalogue answers now. Try again in a moment, or type the book in.",
    }
    Timeout = GATEWAY_TIMEOUT, "timeout", "The answer took too long", "The answer took too long; `Retry-After` says how long to wait." {
        Late = "timeout": "The answer took too long. Try again in a moment.",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ALL;

    #[test]
    fn no_two_refusals_share_a_code_or_a_sentence() {
        let codes: HashSet<_> = ALL.iter().map(|refusal| refusal.code).collect();
        let sentences: HashSet<_> = ALL.iter().map(|refusal| refusal.sentence).collect();
        assert_eq!((codes.len(), sentences.len()), (ALL.len(), ALL.len()));
    }

    #[test]
    fn a_code_is_words_and_hyphens_and_a_sentence_ends() {
        for refusal in ALL {
            let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(refusal.code.split('-').all(is_word), "{}", refusal.code);
            assert!(refusal.sentence.ends_with('.'), "{}", refusal.sentence);
        }
    }
}
