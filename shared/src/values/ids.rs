//! Ids: each kind is a type of its own.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// Defines an id: a UUID with a type of its own, so that a user's id is never used as a book's.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[schema(value_type = uuid::Uuid, example = "0192f3a4-5b6c-7d8e-9f01-23456789abcd")]
        pub struct $name(Uuid);

        impl $name {
            /// Returns a new id. It contains the time, so ids sort by age (RFC 9562, UUID version 7).
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millisecond()).expect("the time is after 1970");
                $name(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// Returns the 16 bytes of the id.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Returns the time when the id was made.
            pub fn created_at(&self) -> Timestamp {
                let (seconds, nanos) = self.0.get_timestamp().map_or((0, 0), |time| time.to_unix());
                let millis = i64::try_from(seconds).unwrap_or_default() * 1000 + i64::from(nanos / 1_000_000);
                Timestamp::from_millisecond(millis).unwrap_or_default()
            }
        }

        impl From<[u8; 16]> for $name {
            fn from(bytes: [u8; 16]) -> Self {
                $name(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            /// Reads the 36 characters with hyphens, in either case (RFC 9562, 4). It is written in lower case.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                // The other forms that the parser accepts have another length.
                let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
                id.map($name).ok_or("should be an id such as 0192f3a4-5b6c-7d8e-9f01-23456789abcd")
            }
        }
    };
}

id!(
    /// Names a book, in either store.
    BookId
);
id!(
    /// Names a user.
    UserId
);
id!(
    /// Names an import.
    ImportId
);
id!(
    /// Names a request that makes books of the rows of a part of an import.
    AttemptId
);
id!(
    /// Names one sign-in of a user.
    SessionId
);

impl UserId {
    /// Returns the id of a reader who came from a file. It sorts by age as the others do, and is of another version of UUID (RFC 9562,
    /// version 8): the function that reads files may write the items of these readers, and of nobody else.
    pub(crate) fn of_a_file(now: Timestamp, random: [u8; 10]) -> Self {
        let mut bytes = *UserId::new(now, random).as_bytes();
        bytes[6] = 0x80 | (bytes[6] & 0x0f);
        UserId::from(bytes)
    }

    /// Returns the id that stands for the library itself, and is no account's: all its digits are zero. Books whose owner has
    /// deleted the account have it.
    pub const fn of_the_library() -> Self {
        UserId(Uuid::nil())
    }
}

/// Names a reservation: the id of its book, because it is stored with the book, and an id of its own. The 32 bytes are
/// written as 43 characters of base64url (RFC 4648, 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReservationId {
    /// The book.
    pub book: BookId,
    /// The reservation among those of the book.
    pub(crate) own: Uuid,
}

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BASE64.encode([*self.book.as_bytes(), *self.own.as_bytes()].concat()).fmt(f)
    }
}

impl FromStr for ReservationId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64.decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let (book, own) = bytes
            .as_ref()
            .and_then(|bytes| bytes.split_first_chunk::<16>())
            .ok_or("should be the id of a reservation")?;
        Ok(ReservationId { book: (*book).into(), own: Uuid::from_slice(own).unwrap_or_default() })
    }
}

impl Serialize for ReservationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReservationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for ReservationId {
    fn schema() -> RefOr<Schema> {
        // The last character has the last 4 of 256 bits, and two zero bits.
        let text = ObjectBuilder::new().schema_type(Type::String);
        let text = text.pattern(Some("^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"));
        let text = text.description(Some("Names a reservation."));
        text.examples(["AZLzpFtsfY6fASNFZ4mrzQGS86RbbH2OnwEjRWeJq80"]).into()
    }
}

impl ToSchema for ReservationId {
    fn name() -> Cow<'static, str> {
        "ReservationId".into()
    }
}

#[cfg(test)]
mod tests {
    use super::{BookId, ReservationId};
    use crate::values::characters::scalars;

    const ID: &str = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";

    #[test]
    fn fl10_an_id_in_capitals_is_read_and_written_in_lower_case() {
        assert_eq!(ID.to_uppercase().parse().map(|id: BookId| id.to_string()).as_deref(), Ok(ID));
        for text in [
            ID.replace('-', ""),
            format!("{{{ID}}}"),
            format!("urn:uuid:{ID}"),
            format!(" {ID}"),
            ID.replace('-', "--"),
        ] {
            assert!(text.parse::<BookId>().is_err(), "{text}");
        }
    }

    #[test]
    fn can1_every_letter_of_an_id_that_is_accepted_is_accepted_again() {
        let reservation = "AZLzpFtsfY6fASNFZ4mrzQGS86RbbH2OnwEjRWeJq80";
        for letter in scalars() {
            for (at, id) in [(0, ID), (8, ID), (35, ID)] {
                let text = format!("{}{letter}{}", &id[..at], &id[at + 1..]);
                if let Ok(once) = text.parse::<BookId>() {
                    assert_eq!(once.to_string().parse(), Ok(once), "{text}");
                }
            }
            for at in [0, 21, 42] {
                let text = format!("{}{letter}{}", &reservation[..at], &reservation[at + 1..]);
                if let Ok(once) = text.parse::<ReservationId>() {
                    assert_eq!((once.to_string().parse(), once.to_string()), (Ok(once), text));
                }
            }
        }
    }
}
