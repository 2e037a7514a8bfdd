//! Every refusal, once: its code for programs and its sentence for people.
//!
//! A handler answers with one like `Err(Conflict::OthersWait.into())`. Its problem document carries the code; the contract
//! lists the codes of each operation. A code never changes, a sentence may.

use http::StatusCode;
use serde::{Serialize, Serializer};

use crate::edge::error::Error;

/// What refusals with one status have in common.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The status.
    pub status: StatusCode,
    /// The last part of the problem's `type`: `/problems/conflict`.
    pub slug: &'static str,
    /// The problem's `title`.
    pub title: &'static str,
    /// What the contract says of the status.
    pub description: &'static str,
}

/// Why a request is refused.
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
                $(#[doc = $sentence] $name,)+
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
                fn from(refused: $kind) -> Self {
                    Error::Refused(refused.refusal())
                }
            }

            impl Serialize for $kind {
                /// The code: an operation lists its refusals in the contract.
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.refusal().code)
                }
            }
        )+

        /// Every refusal there is.
        pub const ALL: &[Refusal] = &[$($($kind::$name.refusal(),)+)+];
    };
}

refusals! {
    Invalid = BAD_REQUEST, "invalid-input", "The request is not valid", "The request is not valid; `errors` names what." {
        Input = "invalid-input": "The request is not valid; `errors` names what.",
    }
    Unauthenticated = UNAUTHORIZED, "unauthenticated", "Sign in first", "Sign in first." {
        NoToken = "no-token": "Send an access token: Authorization: Bearer <token>.",
        TokenInvalid = "token-invalid": "The access token is not valid. Get a new one.",
        TokenExpired = "token-expired": "The access token has expired. Refresh it.",
        SessionEnded = "session-ended": "This session has ended. Sign in again.",
        AccountGone = "account-gone": "This account has been deleted.",
        WrongCredentials = "wrong-credentials": "The email, username or password is wrong.",
        NoRefreshToken = "no-refresh-token": "Send a refresh token, in the body or in its cookie.",
        RefreshTokenInvalid = "refresh-token-invalid": "This refresh token is not valid any more. Sign in again.",
        NoTicket = "no-ticket": "Connect with a ticket of POST /live/tickets.",
    }
    Forbidden = FORBIDDEN, "forbidden", "Forbidden", "Someone else may, you may not." {
        LibrariansOnly = "librarians-only": "Only librarians may do this.",
        NotYourBook = "not-your-book": "Only the book's owner and librarians may do this.",
        LibrariansAddBooks = "librarians-add-books": "In this library, only librarians add books.",
        WrongPassword = "wrong-password": "The password is wrong.",
        ForeignOrigin = "foreign-origin": "Pages of this origin may not do this.",
        UnknownApiKey = "unknown-api-key": "Send your frontend's API key in the X-Api-Key header.",
    }
    NotFound = NOT_FOUND, "not-found", "Not found", "There is no such thing." {
        Route = "no-such-route": "There is no such route.",
        Book = "no-such-book": "There is no such book.",
        BookOfYours = "no-such-book-of-yours": "None of your books has this title.",
        User = "no-such-user": "There is no such user.",
        Reservation = "no-such-reservation": "There is no such reservation.",
        Session = "no-such-session": "You have no such session.",
        File = "no-such-file": "There is no such file.",
    }
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed",
        "The path has other methods; the Allow header lists them." {
        Method = "method-not-allowed": "This path does not answer that method; the Allow header lists those it answers.",
    }
    Conflict = CONFLICT, "conflict", "Conflict", "The state of things is against it." {
        UsernameTaken = "username-taken": "Another user has this username.",
        EmailTaken = "email-taken": "Another user has registered with this email.",
        AccountChanged = "account-changed": "The account was changed at the same time. Try again.",
        OwnAccount = "own-account": "Another librarian has to do this to your account.",
        IsbnTaken = "isbn-taken": "Another book has this ISBN.",
        BookInUse = "book-in-use": "Copies of this book are reserved or checked out.",
        SeveralBooks = "several-books": "Several of your books have this title. Delete by id.",
        AlreadyReserved = "already-reserved": "You have reserved or borrowed this book already.",
        TooManyReservations = "too-many-reservations": "You have ten reservations, and more are not possible at once.",
        NotReady = "not-ready": "No copy is there for this reservation yet: others come first.",
        NotCheckedOut = "not-checked-out": "The copy waits for its reader and has not been collected.",
        CheckedOut = "checked-out": "The copy is checked out and has to be returned.",
        Returned = "returned": "The copy has been returned already.",
        Cancelled = "cancelled": "This reservation has been cancelled.",
        Lapsed = "lapsed": "This reservation has lapsed: the copy was not collected in time.",
        OthersWait = "others-wait": "Other readers are waiting for this book.",
    }
    Stale = PRECONDITION_FAILED, "stale", "The resource has changed",
        "It is not the version that If-Match names any more." {
        Version = "stale": "It is not the version that If-Match names any more. Get it again.",
    }
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "The request is too large", "The body is too large." {
        Body = "too-large": "The body is larger than this route takes.",
    }
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type",
        "The body is of a type that is not taken here." {
        Json = "json-expected": "Send the body as application/json.",
        Image = "image-expected": "Send the body as image/jpeg, image/png or image/webp.",
    }
    KeyReused = UNPROCESSABLE_ENTITY, "key-reused", "The Idempotency-Key is taken",
        "The Idempotency-Key went with another request." {
        Key = "key-reused": "This Idempotency-Key was sent with another request before. Choose a new one.",
    }
    TooMany = TOO_MANY_REQUESTS, "too-many-requests", "Too many requests",
        "Too many requests; `Retry-After` says how long to wait." {
        Requests = "too-many-requests": "Too many tries. The Retry-After header says how long to wait.",
    }
    Internal = INTERNAL_SERVER_ERROR, "internal", "Internal error", "Something went wrong on our side." {
        Fault = "internal": "Something went wrong on our side. The request id tells us what.",
    }
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable",
        "Temporarily unavailable; `Retry-After` says how long to wait." {
        Busy = "unavailable": "Try again in a moment.",
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
